"""A private network."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.aws.endpoints import Endpoints
from modelyard.aws.network_plan import interface_services, plan_network
from modelyard.planning.addresses import SubnetPlan
from modelyard.planning.arns import Place
from modelyard.planning.names import flow_log_group
from modelyard.planning.policies.document import service_trust
from modelyard.planning.policies.roles import flow_log_policy
from modelyard.wiring.arguments import check_args
from modelyard.wiring.outputs import together
from modelyard.wiring.tokens import AWS, token


class NetworkArgs(TypedDict):
    """Arguments of Network."""

    environment: str
    """Name of the environment; part of the names of roles and log groups."""
    account_id: str
    """Account that the network belongs to."""
    region: str
    """Region that the network is in."""
    cidr: str
    """IPv4 range, /16 to /28."""
    zone_ids: list[str]
    """Ids of the availability zones that get a subnet, as euc1-az1."""
    egress: str
    """`endpoints`: interface endpoints, nothing reaches the internet. `nat`: one NAT gateway."""
    interface_services: NotRequired[list[str]]
    """Services that get an interface endpoint with egress `endpoints`, as ecr.api; each costs by the hour in
    each zone. Unset: what nodes of a GpuCluster call. Empty: none, so that S3 alone is reached."""
    logs_key_arn: pulumi.Input[str]
    """ARN of the key for flow logs."""
    flow_log_retention_days: NotRequired[pulumi.Input[int]]
    """Days that flow logs are kept. Unset: 365."""
    protect: NotRequired[bool]
    """Whether the VPC is protected from deletion, and so from a change of its range. Unset: no."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """ARN of the boundary of the role that delivers flow logs. Unset: none."""
    shared_buckets: NotRequired[list[pulumi.Input[str]]]
    """Buckets of other accounts that nodes may read."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything."""


class Network(pulumi.ComponentResource):
    """A network whose nodes have no public address.

    One private subnet a zone; an S3 gateway endpoint; the cloud's other services by interface endpoints or
    one NAT gateway; a default security group that lets nothing pass; flow logs of all traffic. Nodes share
    the fabric security group: all traffic among themselves, both ways, as EFA demands, and HTTPS to
    services.
    """

    vpc_id: pulumi.Output[str]
    """Id of the VPC."""

    private_subnet_ids: pulumi.Output[dict[str, str]]
    """Id of the private subnet of each zone, by zone id."""

    fabric_security_group_id: pulumi.Output[str]
    """Id of the security group that nodes share."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, NetworkArgs)
        plan = plan_network(name, args)
        super().__init__(token(AWS, "Network"), name, {}, opts)
        self._name, self._args, self._region = name, args, args["region"]
        self._tags = args.get("tags", {})
        self._vpc = aws.ec2.Vpc(
            name,
            region=self._region,
            cidr_block=plan.cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=self._named(name),
            # What would delete the network, as another range would, is refused by the engine.
            opts=pulumi.ResourceOptions(parent=self, protect=args.get("protect") or None),
        )
        aws.ec2.DefaultSecurityGroup(
            name,
            region=self._region,
            vpc_id=self._vpc.id,
            ingress=[],
            egress=[],
            tags=self._named(f"{name}-closed"),
            opts=self._child(),
        )
        self._flow_logs()
        subnets = {subnet.zone_id: self._subnet("private", subnet) for subnet in plan.private}
        tables = {
            zone_id: self._route_table("private", zone_id, subnet) for zone_id, subnet in subnets.items()
        }
        if plan.public is not None:
            self._nat(plan.public, tables)
        fabric = self._fabric_security_group()
        Endpoints(
            f"{name}-endpoints",
            {
                "place": Place(args["account_id"], args["region"]),
                "vpc_id": self._vpc.id,
                "interface_services": interface_services(args),
                "subnet_ids": [subnet.id for subnet in subnets.values()],
                "route_table_ids": [table.id for table in tables.values()],
                "client_security_group_id": fabric.id,
                "shared_buckets": args.get("shared_buckets", []),
                "tags": self._tags,
            },
            opts=self._child(),
        )
        self.vpc_id = self._vpc.id
        self._subnets = subnets
        self.private_subnet_ids = together({zone: subnet.id for zone, subnet in subnets.items()})
        self.fabric_security_group_id = fabric.id
        self.register_outputs(
            {
                "vpcId": self.vpc_id,
                "privateSubnetIds": self.private_subnet_ids,
                "fabricSecurityGroupId": self.fabric_security_group_id,
            }
        )

    def subnet_id(self, zone_id: str) -> pulumi.Output[str]:
        """Id of the private subnet of one zone. Raises KeyError for a zone that has none."""
        return self._subnets[zone_id].id

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _named(self, label: str) -> dict[str, pulumi.Input[str]]:
        return {**self._tags, "Name": label}

    def _subnet(self, kind: str, plan: SubnetPlan) -> aws.ec2.Subnet:
        child = f"{self._name}-{kind}-{plan.zone_id}"
        return aws.ec2.Subnet(
            child,
            region=self._region,
            vpc_id=self._vpc.id,
            cidr_block=plan.cidr,
            availability_zone_id=plan.zone_id,
            map_public_ip_on_launch=False,
            tags=self._named(child),
            opts=self._child(),
        )

    def _route_table(self, kind: str, zone_id: str, subnet: aws.ec2.Subnet) -> aws.ec2.RouteTable:
        child = f"{self._name}-{kind}-{zone_id}"
        table = aws.ec2.RouteTable(
            child, region=self._region, vpc_id=self._vpc.id, tags=self._named(child), opts=self._child()
        )
        aws.ec2.RouteTableAssociation(
            child,
            region=self._region,
            route_table_id=table.id,
            subnet_id=subnet.id,
            opts=self._child(),
        )
        return table

    def _nat(self, plan: SubnetPlan, private_tables: dict[str, aws.ec2.RouteTable]) -> None:
        name = self._name
        gateway = aws.ec2.InternetGateway(
            name, region=self._region, vpc_id=self._vpc.id, tags=self._named(name), opts=self._child()
        )
        subnet = self._subnet("public", plan)
        public_table = self._route_table("public", plan.zone_id, subnet)
        to_internet = aws.ec2.Route(
            f"{name}-public",
            region=self._region,
            route_table_id=public_table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            opts=self._child(),
        )
        address = aws.ec2.Eip(
            f"{name}-nat",
            region=self._region,
            domain="vpc",
            tags=self._named(f"{name}-nat"),
            opts=self._child(),
        )
        nat = aws.ec2.NatGateway(
            name,
            region=self._region,
            subnet_id=subnet.id,
            allocation_id=address.allocation_id,
            tags=self._named(name),
            # A NAT gateway without its way out fails to start.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[to_internet]),
        )
        for zone_id, table in private_tables.items():
            aws.ec2.Route(
                f"{name}-nat-{zone_id}",
                region=self._region,
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=nat.id,
                opts=self._child(),
            )

    def _fabric_security_group(self) -> aws.ec2.SecurityGroup:
        child = f"{self._name}-fabric"
        group = aws.ec2.SecurityGroup(
            child,
            region=self._region,
            description="Nodes of the cluster: all traffic among themselves, HTTPS to services",
            vpc_id=self._vpc.id,
            tags=self._named(child),
            opts=self._child(),
        )
        # EFA's health check fails unless a group lets all traffic from itself in and to itself out.
        aws.vpc.SecurityGroupIngressRule(
            f"{child}-from-itself",
            region=self._region,
            security_group_id=group.id,
            referenced_security_group_id=group.id,
            ip_protocol="-1",
            description="All traffic from nodes",
            tags=self._tags,
            opts=self._child(),
        )
        aws.vpc.SecurityGroupEgressRule(
            f"{child}-to-itself",
            region=self._region,
            security_group_id=group.id,
            referenced_security_group_id=group.id,
            ip_protocol="-1",
            description="All traffic to nodes",
            tags=self._tags,
            opts=self._child(),
        )
        if self._args["egress"] == "nat":
            aws.vpc.SecurityGroupEgressRule(
                f"{child}-to-internet",
                region=self._region,
                security_group_id=group.id,
                cidr_ipv4="0.0.0.0/0",
                ip_protocol="tcp",
                from_port=443,
                to_port=443,
                description="HTTPS through the NAT gateway",
                tags=self._tags,
                opts=self._child(),
            )
        return group

    def _flow_logs(self) -> None:
        args, child = self._args, f"{self._name}-flow-logs"
        place = Place(args["account_id"], args["region"])
        group = aws.cloudwatch.LogGroup(
            child,
            region=self._region,
            name=flow_log_group(args["environment"]),
            retention_in_days=args.get("flow_log_retention_days", 365),
            kms_key_id=args["logs_key_arn"],
            tags=self._tags,
            opts=self._child(),
        )
        role = aws.iam.Role(
            child,
            name=f"{args['environment']}-{args['region']}-flow-logs",
            description="Delivers flow logs",
            assume_role_policy=service_trust("vpc-flow-logs.amazonaws.com", args["account_id"]),
            permissions_boundary=args.get("permissions_boundary"),
            tags=self._tags,
            opts=self._child(),
        )
        policy = aws.iam.RolePolicy(
            child,
            role=role.name,
            policy=flow_log_policy(place, flow_log_group(args["environment"])),
            opts=self._child(),
        )
        aws.ec2.FlowLog(
            child,
            region=self._region,
            vpc_id=self._vpc.id,
            traffic_type="ALL",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            tags=self._named(child),
            # Delivery starts with the flow log: the right to it must be there first.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
