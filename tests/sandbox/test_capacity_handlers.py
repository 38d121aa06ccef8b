"""Capacity and file systems as Pulumi asks for them: what replaces, what updates, and what deletion leaves."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from sandbox.conftest import Maker, Toy

from modelyard_sandbox.aws.registry import handler_of
from modelyard_sandbox.errors import CloudError, UnsupportedError

LUSTRE = "aws:fsx/lustreFileSystem:LustreFileSystem"
RESERVATION = "aws:ec2/capacityReservation:CapacityReservation"
BLOCK = "aws:ec2/capacityBlockReservation:CapacityBlockReservation"
PERSISTENT = {"deploymentType": "PERSISTENT_2", "storageCapacity": 2400, "perUnitStorageThroughput": 125}


@pytest.mark.parametrize(
    ("old", "new", "replaces"),
    [
        ({"storageCapacity": 2400}, {"storageCapacity": 4800}, set()),
        ({"storageCapacity": 4800}, {"storageCapacity": 2400}, {"storageCapacity"}),
        ({"perUnitStorageThroughput": 125}, {"perUnitStorageThroughput": 250}, set()),
        ({"throughputCapacity": 8000}, {"throughputCapacity": 4000}, {"throughputCapacity"}),
        ({"fileSystemTypeVersion": "2.12"}, {"fileSystemTypeVersion": "2.15"}, set()),
        ({"fileSystemTypeVersion": "2.15"}, {"fileSystemTypeVersion": "2.12"}, {"fileSystemTypeVersion"}),
        (
            {"metadataConfiguration": {"mode": "USER_PROVISIONED", "iops": 3000}},
            {"metadataConfiguration": [{"mode": "USER_PROVISIONED", "iops": 6000}]},
            set(),
        ),
        (
            {"metadataConfiguration": {"mode": "USER_PROVISIONED", "iops": 6000}},
            {"metadataConfiguration": {"mode": "USER_PROVISIONED", "iops": 3000}},
            {"metadataConfiguration"},
        ),
        ({}, {"metadataConfiguration": {"mode": "AUTOMATIC"}}, {"metadataConfiguration"}),
        ({"kmsKeyId": "a"}, {"kmsKeyId": "b"}, {"kmsKeyId"}),
        ({"securityGroupIds": ["a"]}, {"securityGroupIds": ["b"]}, {"securityGroupIds"}),
        ({"skipFinalBackup": True}, {"skipFinalBackup": False}, set()),
    ],
)
def test_a_file_system_grows_in_place_and_shrinks_by_replacement(
    old: dict[str, Any], new: dict[str, Any], replaces: set[str]
) -> None:
    assert handler_of(LUSTRE).replaces({**PERSISTENT, **old}, {**PERSISTENT, **new}) == replaces


def test_the_oldest_scratch_file_system_never_grows() -> None:
    old, new = {"storageCapacity": 1200}, {"storageCapacity": 2400}
    assert handler_of(LUSTRE).replaces(old, new) == {"storageCapacity"}


@pytest.mark.parametrize(
    ("changes", "replaces"),
    [
        ({"instanceCount": 4, "endDateType": "limited", "endDate": "2100-01-01T00:00:00Z"}, set()),
        ({"instanceType": "p5.48xlarge"}, {"instanceType"}),
        ({"instanceMatchCriteria": "targeted"}, {"instanceMatchCriteria"}),
    ],
)
def test_a_reservation_changes_its_size_and_end_in_place(changes: dict[str, Any], replaces: set[str]) -> None:
    old = {"instanceCount": 2, "instanceType": "p4d.24xlarge"}
    assert handler_of(RESERVATION).replaces(old, {**old, **changes}) == replaces


def lustre_network(make: Maker) -> dict[str, Any]:
    """Inputs of a network that lets Lustre through."""
    vpc = make.id("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    group = make.id("aws:ec2/securityGroup:SecurityGroup", name="lustre", description="d", vpcId=vpc)
    for way in ("Ingress", "Egress"):
        rule = f"aws:vpc/securityGroup{way}Rule:SecurityGroup{way}Rule"
        make.id(rule, securityGroupId=group, ipProtocol="-1", referencedSecurityGroupId=group)
    subnet = make.id("aws:ec2/subnet:Subnet", vpcId=vpc, cidrBlock="10.0.0.0/24")
    return {"subnetIds": subnet, "securityGroupIds": [group]}


def test_a_file_system_leaves_a_final_backup_if_that_is_asked_for(make: Maker) -> None:
    handler, fsx = handler_of(LUSTRE), make.cloud.client("fsx")
    network = lustre_network(make)
    kept = {**PERSISTENT, **network, "skipFinalBackup": False, "finalBackupTags": {"Owner": "a"}}
    for inputs in ({**PERSISTENT, **network}, kept):
        id_ = make.id(LUSTRE, **inputs)
        handler.delete(make.cloud, id_, inputs)
        assert handler.read(make.cloud, id_, inputs) is None
    (backup,) = fsx.describe_backups()["Backups"]
    assert backup["FileSystem"]["FileSystemId"] == id_
    assert backup["Tags"] == [{"Key": "Owner", "Value": "a"}]


def test_a_refused_file_system_leaves_nothing(make: Maker) -> None:
    with pytest.raises(CloudError) as refused:
        make(LUSTRE, **{**PERSISTENT, **lustre_network(make), "storageCapacity": 3600})
    assert str(refused.value) == (
        "fsx:CreateFileSystem answered BadRequest: Invalid Lustre FS storage capacity: 3600. "
        "Must be 1200, 2400 or a multiple of 2400 GiB."
    )
    assert list(handler_of(LUSTRE).list_ids(make.cloud) or ()) == []


def test_a_backup_is_of_something(make: Maker) -> None:
    with pytest.raises(
        UnsupportedError, match="aws:fsx/backup:Backup needs the input fileSystemId, or volumeId"
    ):
        make("aws:fsx/backup:Backup")


def test_more_than_a_page_of_links_is_listed(make: Maker) -> None:
    network = lustre_network(make)
    bucket = make.id("aws:s3/bucket:Bucket", bucket=f"linked-{make.cloud.account_id}")
    links: set[str] = set()
    for number in range(2):
        file_system = make.id(LUSTRE, **PERSISTENT, **network)
        links.add(
            make.id(
                "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation",
                fileSystemId=file_system,
                fileSystemPath="/data",
                dataRepositoryPath=f"s3://{bucket}/{number}",
            )
        )
    handler = handler_of("aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation")
    assert set(handler.list_ids(make.cloud) or ()) == links


def test_a_reservation_that_has_ended_is_gone_and_can_be_deleted(make: Maker) -> None:
    inputs = {
        "availabilityZone": "eu-central-1a",
        "instanceCount": 1,
        "instancePlatform": "Linux/UNIX",
        "instanceType": "p4d.24xlarge",
    }
    id_ = make.id(RESERVATION, **inputs)
    handler = handler_of(RESERVATION)
    make.cloud.client("ec2").cancel_capacity_reservation(CapacityReservationId=id_)
    assert handler.read(make.cloud, id_, inputs) is None
    handler.delete(make.cloud, id_, inputs)
    assert list(handler.list_ids(make.cloud) or ()) == []


def test_a_block_is_taken_from_the_state_and_stays_in_the_account(toy: Toy) -> None:
    ec2 = toy.client("ec2")
    offering = ec2.describe_capacity_block_offerings(
        InstanceType="p4d.24xlarge", InstanceCount=2, CapacityDurationHours=24
    )["CapacityBlockOfferings"][0]["CapacityBlockOfferingId"]

    def program() -> None:
        block = aws.ec2.CapacityBlockReservation(
            "block", capacity_block_offering_id=offering, instance_platform="Linux/UNIX"
        )
        pulumi.export("count", block.instance_count)

    assert toy.up(program).outputs == {"count": 2}
    assert toy.down().remaining == ()
    (reservation,) = ec2.describe_capacity_reservations()["CapacityReservations"]
    assert (reservation["State"], reservation["TotalInstanceCount"]) == ("scheduled", 2)


def test_efs_changes_its_throughput_in_place_and_is_refused_without_an_amount(make: Maker) -> None:
    type_ = "aws:efs/fileSystem:FileSystem"
    handler = handler_of(type_)
    id_, outputs = make(type_)
    assert outputs["creationToken"].startswith("terraform-")
    assert handler.replaces({"performanceMode": "maxIO"}, {}) == {"performanceMode"}
    handler.update(make.cloud, id_, {}, {"throughputMode": "elastic"})
    describe = make.cloud.client("efs").describe_file_systems
    assert describe(FileSystemId=id_)["FileSystems"][0]["ThroughputMode"] == "elastic"
    with pytest.raises(CloudError) as refused:
        handler.update(make.cloud, id_, {}, {"throughputMode": "provisioned"})
    assert str(refused.value) == (
        "efs:UpdateFileSystem answered BadRequest: "
        "ProvisionedThroughputInMibps is required when ThroughputMode is provisioned."
    )


def test_efs_stays_while_it_is_mounted(make: Maker) -> None:
    subnet = lustre_network(make)["subnetIds"]
    file_system = make.id("aws:efs/fileSystem:FileSystem")
    target = make.id("aws:efs/mountTarget:MountTarget", fileSystemId=file_system, subnetId=subnet)
    with pytest.raises(CloudError, match="efs:DeleteFileSystem answered FileSystemInUse"):
        handler_of("aws:efs/fileSystem:FileSystem").delete(make.cloud, file_system, {})
    with pytest.raises(CloudError, match="ec2:DeleteSubnet answered DependencyViolation"):
        handler_of("aws:ec2/subnet:Subnet").delete(make.cloud, subnet, {})
    handler = handler_of("aws:efs/mountTarget:MountTarget")
    assert handler.id_from(make.cloud, {"fileSystemId": file_system, "subnetId": subnet}) == target
    handler.delete(make.cloud, target, {"fileSystemId": file_system, "subnetId": subnet})
    handler_of("aws:ec2/subnet:Subnet").delete(make.cloud, subnet, {})


def test_down_takes_an_internet_gateway_away_after_the_nat_gateway_that_no_program_ties_to_it(
    toy: Toy,
) -> None:
    def program() -> None:
        vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
        subnet = aws.ec2.Subnet("net", vpc_id=vpc.id, cidr_block="10.0.0.0/24")
        address = aws.ec2.Eip("nat", domain="vpc")
        aws.ec2.NatGateway("nat", subnet_id=subnet.id, allocation_id=address.allocation_id)
        aws.ec2.InternetGateway("way", vpc_id=vpc.id)

    toy.up(program)
    assert toy.down().remaining == ()
    gateways = toy.client("ec2").describe_internet_gateways()["InternetGateways"]
    assert gateways == []
