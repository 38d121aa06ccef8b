"""EC2's instances, launch templates, placement groups and reservations: what they refuse."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from documented_refusals.case import READ_ON, Acceptance, Account, Refusal, Request, repeated, sequence

CODES = f"EC2 API Reference, Error codes, client error codes for specific actions, {READ_ON}"
COMMON = f"EC2 API Reference, Error codes, common client error codes, {READ_ON}"
RESERVATION = f"EC2 API Reference, CreateCapacityReservation; Error codes, {READ_ON}"
GROUP = f"EC2 API Reference, CreatePlacementGroup; Error codes, {READ_ON}"
GROUPS = f"EC2 User Guide, Placement groups, rules and limitations (seven partitions a zone), {READ_ON}"
TAGS = (
    f"EC2 User Guide, Tag your Amazon EC2 resources, tag restrictions (50 a resource); Error codes, {READ_ON}"
)

GONE = "0123456789abcdef0"
TEMPLATE = {"LaunchTemplateData": {"InstanceType": "m5.large"}}


def template(account: Account, name: str = "nodes") -> str:
    """Id of a new launch template."""
    made = account.client("ec2").create_launch_template(LaunchTemplateName=name, **TEMPLATE)
    return made["LaunchTemplate"]["LaunchTemplateId"]


def reservation(account: Account, **changes: Any) -> Request:
    """One instance reserved until further notice."""
    request = {
        "InstanceType": "m5.large",
        "InstancePlatform": "Linux/UNIX",
        "AvailabilityZone": f"{account.region}a",
        "InstanceCount": 1,
    }
    return {**request, **changes}


def group_in_use(account: Account) -> Request:
    """A placement group in which an instance runs."""
    account.client("ec2").create_placement_group(GroupName="gang", Strategy="cluster")
    account.instance(Placement={"GroupName": "gang"}, SubnetId=account.subnet())
    return {"GroupName": "gang"}


def launch(account: Account, **changes: Any) -> Request:
    """One instance in a subnet."""
    request = {
        "ImageId": account.image(),
        "InstanceType": "m5.large",
        "MinCount": 1,
        "MaxCount": 1,
        "SubnetId": account.subnet(),
    }
    return {**request, **changes}


REFUSALS = (
    Refusal(
        "a placement group's name taken",
        "ec2.create_placement_group",
        "InvalidPlacementGroup.Duplicate",
        CODES,
        lambda a: repeated(a, "ec2.create_placement_group", {"GroupName": "gang", "Strategy": "cluster"}),
    ),
    Refusal(
        "a placement group that is not there, deleted",
        "ec2.delete_placement_group",
        "InvalidPlacementGroup.Unknown",
        CODES,
        lambda _: {"GroupName": "gang"},
    ),
    Refusal(
        "a placement group that is not there, described",
        "ec2.describe_placement_groups",
        "InvalidPlacementGroup.Unknown",
        CODES,
        lambda _: {"GroupNames": ["gang"]},
    ),
    Refusal(
        "a placement group in use, deleted",
        "ec2.delete_placement_group",
        "InvalidPlacementGroup.InUse",
        CODES,
        group_in_use,
    ),
    Refusal(
        "a placement group of a strategy that is not there",
        "ec2.create_placement_group",
        "InvalidParameterValue",
        f"{GROUP}, Strategy",
        lambda _: {"GroupName": "gang", "Strategy": "huddle"},
    ),
    Refusal(
        "a placement group of eight partitions",
        "ec2.create_placement_group",
        "InvalidParameterValue",
        GROUPS,
        lambda _: {"GroupName": "gang", "Strategy": "partition", "PartitionCount": 8},
    ),
    Refusal(
        "partitions of a cluster placement group",
        "ec2.create_placement_group",
        "InvalidParameterCombination",
        f"{GROUP}, PartitionCount",
        lambda _: {"GroupName": "gang", "Strategy": "cluster", "PartitionCount": 2},
    ),
    Refusal(
        "a reservation of a thousand and one instances",
        "ec2.create_capacity_reservation",
        "InvalidParameterValue",
        f"{RESERVATION}, InstanceCount (1 to 1000)",
        lambda a: reservation(a, InstanceCount=1001),
    ),
    Refusal(
        "a reservation of no instance",
        "ec2.create_capacity_reservation",
        "InvalidParameterValue",
        f"{RESERVATION}, InstanceCount (1 to 1000)",
        lambda a: reservation(a, InstanceCount=0),
    ),
    Refusal(
        "an unlimited reservation with an end",
        "ec2.create_capacity_reservation",
        "InvalidParameterCombination",
        f"{RESERVATION}, EndDateType",
        lambda a: reservation(a, EndDateType="unlimited", EndDate=datetime(2031, 1, 1, tzinfo=UTC)),
    ),
    Refusal(
        "a reservation that is not there, cancelled",
        "ec2.cancel_capacity_reservation",
        "InvalidCapacityReservationId.NotFound",
        CODES,
        lambda _: {"CapacityReservationId": f"cr-{GONE}"},
    ),
    Refusal(
        "a reservation that is not there, described",
        "ec2.describe_capacity_reservations",
        "InvalidCapacityReservationId.NotFound",
        CODES,
        lambda _: {"CapacityReservationIds": [f"cr-{GONE}"]},
    ),
    Refusal(
        "a reservation whose id is malformed",
        "ec2.cancel_capacity_reservation",
        "InvalidCapacityReservationId.Malformed",
        CODES,
        lambda _: {"CapacityReservationId": "reservation-1"},
    ),
    Refusal(
        "a launch template's name taken",
        "ec2.create_launch_template",
        "InvalidLaunchTemplateName.AlreadyExistsException",
        CODES,
        lambda a: sequence(lambda: template(a), {"LaunchTemplateName": "nodes", **TEMPLATE}),
    ),
    Refusal(
        "a launch template's name of two characters",
        "ec2.create_launch_template",
        "InvalidLaunchTemplateName.MalformedException",
        CODES,
        lambda _: {"LaunchTemplateName": "h1", **TEMPLATE},
    ),
    Refusal(
        "a launch template's name with a space",
        "ec2.create_launch_template",
        "InvalidLaunchTemplateName.MalformedException",
        CODES,
        lambda _: {"LaunchTemplateName": "gpu nodes", **TEMPLATE},
    ),
    Refusal(
        "a launch template that is not there",
        "ec2.describe_launch_template_versions",
        "InvalidLaunchTemplateId.NotFound",
        CODES,
        lambda _: {"LaunchTemplateId": f"lt-{GONE}"},
    ),
    Refusal(
        "a launch template's name that is not there",
        "ec2.create_launch_template_version",
        "InvalidLaunchTemplateName.NotFoundException",
        CODES,
        lambda _: {"LaunchTemplateName": "nodes", **TEMPLATE},
    ),
    Refusal(
        "a launch template's id that is malformed",
        "ec2.delete_launch_template",
        "InvalidLaunchTemplateId.Malformed",
        CODES,
        lambda _: {"LaunchTemplateId": "template-1"},
    ),
    Refusal(
        "a launch template's version that is not there",
        "ec2.describe_launch_template_versions",
        "InvalidLaunchTemplateId.VersionNotFound",
        CODES,
        lambda a: {"LaunchTemplateId": template(a), "Versions": ["9"]},
    ),
    Refusal(
        "an instance of an image that is not there",
        "ec2.run_instances",
        "InvalidAMIID.NotFound",
        CODES,
        lambda a: launch(a, ImageId=f"ami-{GONE}"),
    ),
    Refusal(
        "an instance of an image whose id is malformed",
        "ec2.run_instances",
        "InvalidAMIID.Malformed",
        CODES,
        lambda a: launch(a, ImageId="image-1"),
    ),
    Refusal(
        "an instance in a placement group that is not there",
        "ec2.run_instances",
        "InvalidPlacementGroup.Unknown",
        CODES,
        lambda a: launch(a, Placement={"GroupName": "gang"}),
    ),
    Refusal(
        "an instance in a subnet that is not there",
        "ec2.run_instances",
        "InvalidSubnetID.NotFound",
        CODES,
        lambda a: launch(a, SubnetId=f"subnet-{GONE}"),
    ),
    Refusal(
        "an instance whose id is malformed",
        "ec2.describe_instances",
        "InvalidInstanceID.Malformed",
        CODES,
        lambda _: {"InstanceIds": ["instance-1"]},
    ),
    Refusal(
        "an instance that is not there",
        "ec2.terminate_instances",
        "InvalidInstanceID.NotFound",
        CODES,
        lambda _: {"InstanceIds": [f"i-{GONE}"]},
    ),
    Refusal(
        "an instance with termination protection, terminated",
        "ec2.terminate_instances",
        "OperationNotPermitted",
        CODES,
        lambda a: {"InstanceIds": [a.instance(DisableApiTermination=True, SubnetId=a.subnet())]},
    ),
    Refusal(
        "a volume that is not there",
        "ec2.delete_volume",
        "InvalidVolume.NotFound",
        CODES,
        lambda _: {"VolumeId": f"vol-{GONE}"},
    ),
    Refusal(
        "a key pair's name taken",
        "ec2.create_key_pair",
        "InvalidKeyPair.Duplicate",
        CODES,
        lambda a: repeated(a, "ec2.create_key_pair", {"KeyName": "laptop"}),
    ),
    Refusal(
        "a fifty-first tag",
        "ec2.create_tags",
        "TagLimitExceeded",
        TAGS,
        lambda a: {
            "Resources": [a.vpc()],
            "Tags": [{"Key": f"key-{number}", "Value": ""} for number in range(51)],
        },
    ),
)

ACCEPTED = (
    Acceptance("ec2.create_capacity_reservation", reservation),
    Acceptance(
        "ec2.create_placement_group",
        lambda _: {"GroupName": "gang", "Strategy": "partition", "PartitionCount": 7},
    ),
    Acceptance("ec2.run_instances", launch),
    Acceptance("ec2.terminate_instances", lambda a: {"InstanceIds": [a.instance(SubnetId=a.subnet())]}),
)
