"""What an account has: regions, quotas, images of Amazon's, groups of capacity reservations."""

from __future__ import annotations

from typing import Any

from documented_refusals.case import Account
from documented_refusals.ec2_capacity import reservation

POOL = [
    {"Type": "AWS::EC2::CapacityReservationPool"},
    {
        "Type": "AWS::ResourceGroups::Generic",
        "Parameters": [{"Name": "allowed-resource-types", "Values": ["AWS::EC2::CapacityReservation"]}],
    },
]


def run(account: Account) -> None:
    """Every operation that the sandbox adds for them."""
    regions(account.client("account"), account.client("ec2"))
    quotas(account.client("service-quotas"))
    account.client("ec2").describe_images(Owners=["amazon"], IncludeDeprecated=True)
    groups(account)


def regions(client: Any, ec2: Any) -> None:
    """A region, enabled and disabled."""
    one = {"RegionName": "eu-south-1"}
    client.enable_region(**one)
    client.get_region_opt_status(**one)
    client.list_regions(RegionOptStatusContains=["ENABLED"])
    ec2.describe_regions(AllRegions=True)
    client.disable_region(**one)


def quotas(client: Any) -> None:
    """A quota, increased."""
    one = {"ServiceCode": "ec2", "QuotaCode": "L-417A185B"}
    client.get_service_quota(**one)
    client.get_aws_default_service_quota(**one)
    client.list_service_quotas(ServiceCode="ec2")
    client.list_aws_default_service_quotas(ServiceCode="vpc")
    asked = client.request_service_quota_increase(**one, DesiredValue=192)["RequestedQuota"]
    client.get_requested_service_quota_change(RequestId=asked["Id"])
    client.list_requested_service_quota_change_history_by_quota(**one)


def groups(account: Account) -> None:
    """A group with a reservation in it."""
    ec2, client = account.client("ec2"), account.client("resource-groups")
    made = ec2.create_capacity_reservation(**reservation(account))["CapacityReservation"]
    client.create_group(Name="training", Configuration=POOL)
    held = {"Group": "training", "ResourceArns": [made["CapacityReservationArn"]]}
    client.group_resources(**held)
    client.list_group_resources(Group="training")
    ec2.get_groups_for_capacity_reservation(CapacityReservationId=made["CapacityReservationId"])
    client.ungroup_resources(**held)
