"""Capacity, Lustre and EFS, read back."""

from __future__ import annotations

from collections.abc import Mapping

from modelyard_sandbox.aws.fsx import FIXED, RENAMES, SETTINGS
from modelyard_sandbox.aws.observing.base import Observer, Sight
from modelyard_sandbox.handler import Inputs
from modelyard_sandbox.meaning import COMPUTED, Meaning


def capacity_reservation(sight: Sight) -> Inputs:
    """A capacity reservation, or what was bought as a block; its offering isn't shown."""
    found = sight.first(
        "ec2", "DescribeCapacityReservations", "CapacityReservations", CapacityReservationIds=[sight.id]
    )
    return sight.inputs(found, {"instanceCount": "TotalInstanceCount"})


def lustre(sight: Sight) -> Inputs:
    """A Lustre file system; its security groups and what it was made of aren't shown."""
    found = sight.first("fsx", "DescribeFileSystems", "FileSystems", FileSystemIds=[sight.id])
    config = found["LustreConfiguration"]
    linked = {**config.get("DataRepositoryConfiguration", {})}
    # pulumi-aws takes the one subnet as text.
    return sight.inputs({**found, **config, **linked, "SubnetIds": found["SubnetIds"][0]}, RENAMES)


def association(sight: Sight) -> Inputs:
    """A link of a directory to a bucket."""
    return sight.inputs(
        sight.first("fsx", "DescribeDataRepositoryAssociations", "Associations", AssociationIds=[sight.id])
    )


def backup(sight: Sight) -> Inputs:
    """A backup."""
    found = sight.first("fsx", "DescribeBackups", "Backups", BackupIds=[sight.id])
    return sight.inputs({**found, "FileSystemId": found["FileSystem"]["FileSystemId"]})


def efs(sight: Sight) -> Inputs:
    """An EFS file system, with what moves between its storage classes."""
    found = sight.first("efs", "DescribeFileSystems", "FileSystems", FileSystemId=sight.id)
    policies = sight.call("efs", "DescribeLifecycleConfiguration", FileSystemId=sight.id)
    return sight.inputs({**found, **policies})


def efs_policy(sight: Sight) -> Inputs:
    """Who may mount a file system."""
    return sight.inputs(sight.call("efs", "DescribeFileSystemPolicy", FileSystemId=sight.id))


def mount_target(sight: Sight) -> Inputs:
    """A mount target, with its security groups."""
    found = sight.first("efs", "DescribeMountTargets", "MountTargets", MountTargetId=sight.id)
    groups = sight.call("efs", "DescribeMountTargetSecurityGroups", MountTargetId=sight.id)
    return sight.inputs({**found, "SecurityGroups": groups["SecurityGroups"]})


OBSERVERS: Mapping[str, Observer] = {
    "aws:ec2/capacityBlockReservation:CapacityBlockReservation": capacity_reservation,
    "aws:ec2/capacityReservation:CapacityReservation": capacity_reservation,
    "aws:efs/fileSystem:FileSystem": efs,
    "aws:efs/fileSystemPolicy:FileSystemPolicy": efs_policy,
    "aws:efs/mountTarget:MountTarget": mount_target,
    "aws:fsx/backup:Backup": backup,
    "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation": association,
    "aws:fsx/lustreFileSystem:LustreFileSystem": lustre,
}

MEANINGS: Mapping[str, Meaning] = {
    "aws:ec2/capacityBlockReservation:CapacityBlockReservation": Meaning(
        unseen=frozenset({"capacityBlockOfferingId"})
    ),
    "aws:ec2/capacityReservation:CapacityReservation": Meaning(
        {"endDateType": "unlimited", "instanceMatchCriteria": "open", "tenancy": "default"}
    ),
    "aws:efs/fileSystem:FileSystem": Meaning(
        dict.fromkeys(
            (
                "availabilityZoneName",
                "creationToken",
                "encrypted",
                "kmsKeyId",
                "performanceMode",
                "throughputMode",
            ),
            COMPUTED,
        ),
        frozenset({"lifecyclePolicies"}),
    ),
    "aws:efs/fileSystemPolicy:FileSystemPolicy": Meaning(
        unseen=frozenset({"bypassPolicyLockoutSafetyCheck"})
    ),
    "aws:efs/mountTarget:MountTarget": Meaning(
        {"ipAddress": COMPUTED, "ipAddressType": COMPUTED, "securityGroups": COMPUTED}
    ),
    "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation": Meaning(
        {"importedFileChunkSize": COMPUTED, "s3": COMPUTED}, unseen=frozenset({"deleteDataInFilesystem"})
    ),
    "aws:fsx/lustreFileSystem:LustreFileSystem": Meaning(
        {
            **dict.fromkeys(
                (*FIXED, *SETTINGS, "fileSystemTypeVersion", "kmsKeyId", "storageCapacity"), COMPUTED
            ),
            "deploymentType": "SCRATCH_1",
            "storageType": "SSD",
            "dataCompressionType": "NONE",
        },
        unseen=frozenset({"backupId", "finalBackupTags", "securityGroupIds", "skipFinalBackup"}),
    ),
}
"""What pulumi-aws computes or fills in where a program is silent (its registry pages, 2026-11)."""
