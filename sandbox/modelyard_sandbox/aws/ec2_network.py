"""VPC, subnets, gateways and addresses."""

from __future__ import annotations

import time
from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.ec2 import Ec2Handler, default_vpc_ids, filters
from modelyard_sandbox.aws.handler import Inputs, Outputs, changed
from modelyard_sandbox.aws.waiting import POLL_SECONDS
from modelyard_sandbox.errors import CloudError

HELD_SECONDS = 2.0
"""How long an internet gateway is tried to be detached; the AWS provider tries for 20 minutes."""


class Vpc(Ec2Handler):
    """A network of its own."""

    type = "aws:ec2/vpc:Vpc"
    inputs = frozenset({"cidrBlock", "enableDnsHostnames", "enableDnsSupport", "instanceTenancy"})
    replace_on = frozenset({"cidrBlock", "instanceTenancy"})
    describe, ids, found, id_member, resource_type = "DescribeVpcs", "VpcIds", "Vpcs", "VpcId", "vpc"

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(cloud, "CreateVpc", inputs, "cidrBlock", "instanceTenancy")
        return self.call(cloud, "CreateVpc", **request, **self.tag_specifications(inputs))["Vpc"]["VpcId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        for name, default in (("enableDnsSupport", True), ("enableDnsHostnames", False)):
            if changed(old, new, name):
                member = name[0].upper() + name[1:]
                self.call(
                    cloud, "ModifyVpcAttribute", VpcId=id_, **{member: {"Value": new.get(name, default)}}
                )
        self.retag(cloud, id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        vpc = self.one(cloud, id_)
        if vpc is None:
            return None
        tables = self.call(
            cloud,
            "DescribeRouteTables",
            Filters=[*filters(vpc_id=id_), {"Name": "association.main", "Values": ["true"]}],
        )["RouteTables"]
        groups = self.call(cloud, "DescribeSecurityGroups", Filters=filters(vpc_id=id_, group_name="default"))
        acls = self.call(cloud, "DescribeNetworkAcls", Filters=filters(vpc_id=id_, default="true"))[
            "NetworkAcls"
        ]
        main = tables[0]["RouteTableId"]
        return {
            "arn": self.arn(cloud, id_),
            "ownerId": cloud.account_id,
            "cidrBlock": vpc["CidrBlock"],
            "dhcpOptionsId": vpc["DhcpOptionsId"],
            "mainRouteTableId": main,
            "defaultRouteTableId": main,
            "defaultSecurityGroupId": groups["SecurityGroups"][0]["GroupId"],
            "defaultNetworkAclId": acls[0]["NetworkAclId"],
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteVpc", VpcId=id_)

    @override
    def is_aws_own(self, cloud: Cloud, item: dict[str, Any]) -> bool:
        return bool(item["IsDefault"])


class Subnet(Ec2Handler):
    """A range of a VPC in one zone."""

    type = "aws:ec2/subnet:Subnet"
    inputs = frozenset(
        {"availabilityZone", "availabilityZoneId", "cidrBlock", "mapPublicIpOnLaunch", "vpcId"}
    )
    replace_on = inputs - {"mapPublicIpOnLaunch"}
    describe, ids, found, id_member, resource_type = (
        "DescribeSubnets",
        "SubnetIds",
        "Subnets",
        "SubnetId",
        "subnet",
    )

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(cloud, "CreateSubnet", inputs, *self.replace_on)
        return self.call(cloud, "CreateSubnet", **request, **self.tag_specifications(inputs))["Subnet"][
            "SubnetId"
        ]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "mapPublicIpOnLaunch"):
            value = bool(new.get("mapPublicIpOnLaunch", False))
            self.call(cloud, "ModifySubnetAttribute", SubnetId=id_, MapPublicIpOnLaunch={"Value": value})
        self.retag(cloud, id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        subnet = self.one(cloud, id_)
        return subnet and {
            "arn": self.arn(cloud, id_),
            "ownerId": cloud.account_id,
            "availabilityZone": subnet["AvailabilityZone"],
            "availabilityZoneId": subnet["AvailabilityZoneId"],
            "cidrBlock": subnet["CidrBlock"],
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteSubnet", SubnetId=id_)

    @override
    def is_aws_own(self, cloud: Cloud, item: dict[str, Any]) -> bool:
        return item["VpcId"] in default_vpc_ids(cloud)


class InternetGateway(Ec2Handler):
    """A VPC's way to the internet."""

    type = "aws:ec2/internetGateway:InternetGateway"
    inputs = frozenset({"vpcId"})
    describe, ids, found = "DescribeInternetGateways", "InternetGatewayIds", "InternetGateways"
    id_member, resource_type = "InternetGatewayId", "internet-gateway"

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        answer = self.call(cloud, "CreateInternetGateway", **self.tag_specifications(inputs))
        return answer["InternetGateway"]["InternetGatewayId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "vpcId"):
            if old.get("vpcId"):
                self._detach(cloud, id_, old["vpcId"])
            if new.get("vpcId"):
                self.call(cloud, "AttachInternetGateway", InternetGatewayId=id_, VpcId=new["vpcId"])
        self.retag(cloud, id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        gateway = self.one(cloud, id_)
        return gateway and {"arn": self.arn(cloud, id_), "ownerId": cloud.account_id}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        gateway = self.one(cloud, id_)
        for attachment in (gateway or {}).get("Attachments", []):
            self._detach(cloud, id_, attachment["VpcId"])
        self.call(cloud, "DeleteInternetGateway", InternetGatewayId=id_)

    def _detach(self, cloud: Cloud, id_: str, vpc_id: str) -> None:
        """Detach it; NAT gateways that are being deleted at the same time may hold it for a moment."""
        deadline = time.monotonic() + HELD_SECONDS
        while True:
            try:
                self.call(cloud, "DetachInternetGateway", InternetGatewayId=id_, VpcId=vpc_id)
            except CloudError as error:
                if error.code != "DependencyViolation" or time.monotonic() > deadline:
                    raise
                time.sleep(POLL_SECONDS)
            else:
                return

    @override
    def is_aws_own(self, cloud: Cloud, item: dict[str, Any]) -> bool:
        vpcs = {attachment["VpcId"] for attachment in item["Attachments"]}
        return bool(vpcs & default_vpc_ids(cloud))


class Eip(Ec2Handler):
    """An elastic address."""

    type = "aws:ec2/eip:Eip"
    inputs = frozenset({"domain", "networkBorderGroup", "publicIpv4Pool"})
    replace_on = inputs
    describe, ids, found = "DescribeAddresses", "AllocationIds", "Addresses"
    id_member, resource_type = "AllocationId", "elastic-ip"

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(cloud, "AllocateAddress", inputs, *self.inputs)
        return self.call(cloud, "AllocateAddress", **request, **self.tag_specifications(inputs))[
            "AllocationId"
        ]

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        address = self.one(cloud, id_)
        return address and {
            "arn": self.arn(cloud, id_),
            "allocationId": id_,
            "associationId": address.get("AssociationId", ""),
            "publicIp": address["PublicIp"],
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "ReleaseAddress", AllocationId=id_)


class NatGateway(Ec2Handler):
    """Outward-only way to the internet."""

    type = "aws:ec2/natGateway:NatGateway"
    inputs = frozenset({"allocationId", "connectivityType", "privateIp", "subnetId"})
    replace_on = inputs
    describe, ids, found = "DescribeNatGateways", "NatGatewayIds", "NatGateways"
    id_member, resource_type = "NatGatewayId", "natgateway"

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(
            cloud, "CreateNatGateway", inputs, *self.inputs, renames={"privateIp": "PrivateIpAddress"}
        )
        return self.call(cloud, "CreateNatGateway", **request, **self.tag_specifications(inputs))[
            "NatGateway"
        ]["NatGatewayId"]

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        gateway = self.one(cloud, id_)
        if gateway is None or self.is_aws_own(cloud, gateway):
            return None
        addresses = gateway.get("NatGatewayAddresses") or [{}]
        return {
            "arn": self.arn(cloud, id_),
            "networkInterfaceId": addresses[0].get("NetworkInterfaceId", ""),
            "publicIp": addresses[0].get("PublicIp", ""),
            "privateIp": addresses[0].get("PrivateIp", ""),
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteNatGateway", NatGatewayId=id_)

    @override
    def is_aws_own(self, cloud: Cloud, item: dict[str, Any]) -> bool:
        # A deleted gateway is described for about an hour.
        return item["State"] == "deleted"
