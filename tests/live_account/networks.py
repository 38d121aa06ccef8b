"""A network that costs nothing, for calls that only ask whether EC2 would."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from live_account.naming import tags
from live_account.place import Place

CIDR = "10.251.0.0/20"


@dataclass(frozen=True, slots=True)
class Network:
    """A VPC with a subnet in each zone, and nothing that is paid for."""

    subnet_ids: dict[str, str]
    """Id of the subnet of each zone, by zone id."""
    security_group_id: str


@contextmanager
def free_network(place: Place) -> Generator[Network]:
    """A network for as long as it is needed."""
    ec2 = place.client("ec2")
    vpc_id = ec2.create_vpc(CidrBlock=CIDR, TagSpecifications=[_tagged("vpc", place.run)])["Vpc"]["VpcId"]
    try:
        ec2.get_waiter("vpc_available").wait(VpcIds=[vpc_id])
        zones = [
            zone["ZoneId"]
            for zone in ec2.describe_availability_zones()["AvailabilityZones"]
            if zone.get("ZoneType", "availability-zone") == "availability-zone"
        ]
        subnets = {
            zone_id: ec2.create_subnet(
                VpcId=vpc_id,
                CidrBlock=f"10.251.{number}.0/24",
                AvailabilityZoneId=zone_id,
                TagSpecifications=[_tagged("subnet", place.run)],
            )["Subnet"]["SubnetId"]
            for number, zone_id in enumerate(sorted(zones))
        }
        group = ec2.create_security_group(
            VpcId=vpc_id,
            GroupName=place.run,
            Description="For calls that start nothing",
            TagSpecifications=[_tagged("security-group", place.run)],
        )
        yield Network(subnets, group["GroupId"])
    finally:
        remove_network(ec2, vpc_id)


def remove_networks(place: Place, run: str) -> None:
    """Remove what a killed run left of such networks."""
    for region in place.regions:
        ec2 = place.client("ec2", region)
        found = ec2.describe_vpcs(
            Filters=[{"Name": "tag:environment", "Values": [run]}, {"Name": "cidr", "Values": [CIDR]}]
        )
        for vpc in found["Vpcs"]:
            remove_network(ec2, vpc["VpcId"])


def remove_network(ec2: Any, vpc_id: str) -> None:
    """Delete a network, with its subnets and security groups."""
    inside = [{"Name": "vpc-id", "Values": [vpc_id]}]
    for subnet in ec2.describe_subnets(Filters=inside)["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    for group in ec2.describe_security_groups(Filters=inside)["SecurityGroups"]:
        if group["GroupName"] != "default":
            ec2.delete_security_group(GroupId=group["GroupId"])
    ec2.delete_vpc(VpcId=vpc_id)


def _tagged(kind: str, run: str) -> dict[str, Any]:
    return {
        "ResourceType": kind,
        "Tags": [{"Key": key, "Value": value} for key, value in tags(run).items()],
    }
