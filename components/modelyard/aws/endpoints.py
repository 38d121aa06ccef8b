"""The ways from a private network to the cloud's services."""

from collections.abc import Mapping
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.planning.arns import Place
from modelyard.planning.endpoints import KEEPING_SERVICES
from modelyard.planning.policies.buckets import s3_endpoint_policy
from modelyard.planning.policies.endpoints import own_identities_policy
from modelyard.wiring.tokens import AWS, token


class EndpointsArgs(TypedDict):
    """Arguments of Endpoints."""

    place: Place
    """Account and region."""
    vpc_id: pulumi.Input[str]
    """Id of the VPC."""
    interface_services: list[str]
    """Services that get an interface endpoint, as ecr.api."""
    subnet_ids: list[pulumi.Output[str]]
    """Subnets that get an address of each interface endpoint."""
    route_table_ids: list[pulumi.Output[str]]
    """Route tables that get a route to S3."""
    client_security_group_id: pulumi.Input[str]
    """Security group of who uses the endpoints."""
    shared_buckets: list[pulumi.Input[str]]
    """Buckets of other accounts that nodes may read."""
    tags: Mapping[str, pulumi.Input[str]]
    """Tags of everything."""


class Endpoints(pulumi.ComponentResource):
    """A gateway endpoint for S3, which costs nothing, and interface endpoints for the services asked for.

    Part of Network, which plans the addresses that they take.
    """

    def __init__(self, name: str, args: EndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token(AWS, "Endpoints"), name, {}, opts)
        self._name, self._args = name, args
        self._s3()
        if args["interface_services"]:
            group = self._security_group()
            for service in args["interface_services"]:
                self._interface(service, group)
        self.register_outputs({})

    def _named(self, label: str) -> dict[str, pulumi.Input[str]]:
        return {**self._args["tags"], "Name": label}

    def _service_name(self, service: str) -> str:
        return f"com.amazonaws.{self._args['place'].region}.{service}"

    def _s3(self) -> None:
        args, child = self._args, f"{self._name}-s3"
        gateway = aws.ec2.VpcEndpoint(
            child,
            region=args["place"].region,
            vpc_id=args["vpc_id"],
            service_name=self._service_name("s3"),
            vpc_endpoint_type="Gateway",
            route_table_ids=args["route_table_ids"],
            policy=pulumi.Output.all(*args["shared_buckets"]).apply(
                lambda buckets: s3_endpoint_policy(args["place"], buckets)
            ),
            tags=self._named(child),
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.vpc.SecurityGroupEgressRule(
            child,
            region=args["place"].region,
            security_group_id=args["client_security_group_id"],
            prefix_list_id=gateway.prefix_list_id,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            description="HTTPS to S3 through its gateway endpoint",
            tags=args["tags"],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _security_group(self) -> aws.ec2.SecurityGroup:
        args, opts = self._args, pulumi.ResourceOptions(parent=self)
        group = aws.ec2.SecurityGroup(
            self._name,
            region=args["place"].region,
            description="Interface endpoints: HTTPS from nodes",
            vpc_id=args["vpc_id"],
            tags=self._named(self._name),
            opts=opts,
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-from-nodes",
            region=args["place"].region,
            security_group_id=group.id,
            referenced_security_group_id=args["client_security_group_id"],
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            description="HTTPS from nodes",
            tags=args["tags"],
            opts=opts,
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-to-endpoints",
            region=args["place"].region,
            security_group_id=args["client_security_group_id"],
            referenced_security_group_id=group.id,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            description="HTTPS to interface endpoints",
            tags=args["tags"],
            opts=opts,
        )
        return group

    def _interface(self, service: str, group: aws.ec2.SecurityGroup) -> None:
        args, child = self._args, f"{self._name}-{service.replace('.', '-')}"
        actions = KEEPING_SERVICES.get(service)
        aws.ec2.VpcEndpoint(
            child,
            region=args["place"].region,
            vpc_id=args["vpc_id"],
            service_name=self._service_name(service),
            vpc_endpoint_type="Interface",
            subnet_ids=args["subnet_ids"],
            security_group_ids=[group.id],
            private_dns_enabled=True,
            policy=own_identities_policy(args["place"], actions) if actions else None,
            tags=self._named(child),
            opts=pulumi.ResourceOptions(parent=self),
        )
