"""VPCs and what lies in them, read back."""

from __future__ import annotations

from collections.abc import Mapping

from modelyard_sandbox.aws.ec2_routes import DESTINATIONS, TARGETS
from modelyard_sandbox.aws.observing.base import Observer, Sight
from modelyard_sandbox.handler import Inputs
from modelyard_sandbox.meaning import COMPUTED, Meaning

SOURCE_PREFIXES = {"vpc-": "vpcId", "subnet-": "subnetId", "eni-": "eniId"}


def vpc(sight: Sight) -> Inputs:
    """A VPC, with the two attributes that its description lacks."""
    found = sight.inputs(sight.first("ec2", "DescribeVpcs", "Vpcs", VpcIds=[sight.id]))
    for name in ("enableDnsSupport", "enableDnsHostnames"):
        answer = sight.call("ec2", "DescribeVpcAttribute", VpcId=sight.id, Attribute=name)
        found[name] = answer[name[0].upper() + name[1:]]["Value"]
    return found


def subnet(sight: Sight) -> Inputs:
    """A subnet."""
    return sight.inputs(sight.first("ec2", "DescribeSubnets", "Subnets", SubnetIds=[sight.id]))


def internet_gateway(sight: Sight) -> Inputs:
    """An internet gateway, with the VPC that it is attached to."""
    gateway = sight.first(
        "ec2", "DescribeInternetGateways", "InternetGateways", InternetGatewayIds=[sight.id]
    )
    attached = [item["VpcId"] for item in gateway["Attachments"]]
    return sight.inputs(gateway) | ({"vpcId": attached[0]} if attached else {})


def address(sight: Sight) -> Inputs:
    """An elastic address."""
    return sight.inputs(sight.first("ec2", "DescribeAddresses", "Addresses", AllocationIds=[sight.id]))


def nat_gateway(sight: Sight) -> Inputs:
    """A NAT gateway, with its first address."""
    gateway = sight.first("ec2", "DescribeNatGateways", "NatGateways", NatGatewayIds=[sight.id])
    addresses = gateway.get("NatGatewayAddresses") or [{}]
    return sight.inputs({**addresses[0], **gateway})


def endpoint(sight: Sight) -> Inputs:
    """A VPC endpoint."""
    found = sight.first("ec2", "DescribeVpcEndpoints", "VpcEndpoints", VpcEndpointIds=[sight.id])
    groups = [group["GroupId"] for group in found.get("Groups", [])]
    return sight.inputs({**found, "SecurityGroupIds": groups}, {"policy": "PolicyDocument"})


def route_table(sight: Sight) -> Inputs:
    """A route table, without its routes."""
    return sight.inputs(sight.first("ec2", "DescribeRouteTables", "RouteTables", RouteTableIds=[sight.id]))


def route(sight: Sight) -> Inputs:
    """A route of the table that is given."""
    table_id = sight.given["routeTableId"]
    table = sight.first("ec2", "DescribeRouteTables", "RouteTables", RouteTableIds=[table_id])
    name, member = next((name, DESTINATIONS[name]) for name in DESTINATIONS if sight.given.get(name))
    (found,) = (item for item in table["Routes"] if item.get(member) == sight.given[name])
    ways = {way: found[said] for way, said in TARGETS.items() if found.get(said)}
    if ways.get("gatewayId", "").startswith("vpce-"):
        ways["vpcEndpointId"] = ways.pop("gatewayId")
    return {"routeTableId": table_id, name: sight.given[name], **ways}


def association(sight: Sight) -> Inputs:
    """What an association joins."""
    table_id = sight.given["routeTableId"]
    table = sight.first("ec2", "DescribeRouteTables", "RouteTables", RouteTableIds=[table_id])
    joined = next(item for item in table["Associations"] if item["RouteTableAssociationId"] == sight.id)
    return sight.inputs(joined)


def flow_log(sight: Sight) -> Inputs:
    """A flow log, with what it records under the name that its kind of source has."""
    log = sight.first("ec2", "DescribeFlowLogs", "FlowLogs", FlowLogIds=[sight.id])
    source = next(name for start, name in SOURCE_PREFIXES.items() if log["ResourceId"].startswith(start))
    return sight.inputs(log, {"iamRoleArn": "DeliverLogsPermissionArn"}) | {source: log["ResourceId"]}


OBSERVERS: Mapping[str, Observer] = {
    "aws:ec2/eip:Eip": address,
    "aws:ec2/flowLog:FlowLog": flow_log,
    "aws:ec2/internetGateway:InternetGateway": internet_gateway,
    "aws:ec2/natGateway:NatGateway": nat_gateway,
    "aws:ec2/route:Route": route,
    "aws:ec2/routeTable:RouteTable": route_table,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": association,
    "aws:ec2/subnet:Subnet": subnet,
    "aws:ec2/vpc:Vpc": vpc,
    "aws:ec2/vpcEndpoint:VpcEndpoint": endpoint,
}

MEANINGS: Mapping[str, Meaning] = {
    "aws:ec2/eip:Eip": Meaning(
        {"domain": COMPUTED, "networkBorderGroup": COMPUTED, "publicIpv4Pool": COMPUTED}
    ),
    "aws:ec2/flowLog:FlowLog": Meaning(
        {
            "logDestination": COMPUTED,
            "logDestinationType": "cloud-watch-logs",
            "logFormat": COMPUTED,
            "maxAggregationInterval": 600,
        }
    ),
    # An attachment of its own may have attached it.
    "aws:ec2/internetGateway:InternetGateway": Meaning({"vpcId": COMPUTED}),
    "aws:ec2/natGateway:NatGateway": Meaning({"connectivityType": "public", "privateIp": COMPUTED}),
    "aws:ec2/subnet:Subnet": Meaning({"availabilityZone": COMPUTED, "availabilityZoneId": COMPUTED}),
    "aws:ec2/vpc:Vpc": Meaning({"enableDnsSupport": True, "instanceTenancy": "default"}),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Meaning(
        {
            "policy": COMPUTED,
            "privateDnsEnabled": COMPUTED,
            "routeTableIds": COMPUTED,
            "securityGroupIds": COMPUTED,
            "subnetIds": COMPUTED,
            "vpcEndpointType": "Gateway",
        }
    ),
}
"""What pulumi-aws computes or fills in where a program is silent (its registry pages, 2026-11)."""
