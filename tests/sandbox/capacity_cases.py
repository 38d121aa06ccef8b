"""The cases of capacity and of file systems, for the tests that run over every type."""

from __future__ import annotations

from typing import Any

TAGS = {"tags": {"Owner": "a"}, "tagsAll": {"Owner": "a", "Default": "x"}}
NEW_TAGS = {"tags": {"Owner": "b"}, "tagsAll": {"Owner": "b"}}


def an_offering(cloud: Any) -> str:
    """The id of a capacity block that is on offer."""
    offerings = cloud.call(
        "ec2",
        "DescribeCapacityBlockOfferings",
        InstanceType="p4d.24xlarge",
        InstanceCount=1,
        CapacityDurationHours=24,
    )
    return offerings["CapacityBlockOfferings"][0]["CapacityBlockOfferingId"]


CAPACITY_CASES: dict[str, dict[str, Any]] = {
    "reservation": {
        "type": "aws:ec2/capacityReservation:CapacityReservation",
        "inputs": {
            "availabilityZone": "eu-central-1a",
            "instanceCount": 2,
            "instancePlatform": "Linux/UNIX",
            "instanceType": "p4d.24xlarge",
            "instanceMatchCriteria": "targeted",
            "placementGroupArn": "{placement.arn}",
            **TAGS,
        },
        "update": {
            "instanceCount": 4,
            "endDateType": "limited",
            "endDate": "2100-01-01T00:00:00Z",
            **NEW_TAGS,
        },
        "needs": ("placement",),
        "outputs": ("arn", "ownerId"),
    },
    "block": {
        "type": "aws:ec2/capacityBlockReservation:CapacityBlockReservation",
        "inputs": {"capacityBlockOfferingId": an_offering, "instancePlatform": "Linux/UNIX", **TAGS},
        "update": NEW_TAGS,
        "outputs": ("arn", "availabilityZone", "endDate", "instanceCount", "reservationType", "startDate"),
    },
    "lustre_group": {
        "type": "aws:ec2/securityGroup:SecurityGroup",
        "inputs": {"name": "lustre", "description": "Lustre", "vpcId": "{vpc}"},
        "needs": ("vpc",),
    },
    "lustre_in": {
        "type": "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "inputs": {
            "securityGroupId": "{lustre_group}",
            "ipProtocol": "-1",
            "referencedSecurityGroupId": "{lustre_group}",
        },
        "needs": ("lustre_group",),
    },
    "lustre_out": {
        "type": "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "inputs": {
            "securityGroupId": "{lustre_group}",
            "ipProtocol": "-1",
            "referencedSecurityGroupId": "{lustre_group}",
        },
        "needs": ("lustre_group",),
    },
    "lustre": {
        "type": "aws:fsx/lustreFileSystem:LustreFileSystem",
        "inputs": {
            "deploymentType": "PERSISTENT_2",
            "storageCapacity": 1200,
            "perUnitStorageThroughput": 125,
            "subnetIds": "{subnet}",
            "securityGroupIds": ["{lustre_group}"],
            "kmsKeyId": "{key.arn}",
            "dataCompressionType": "LZ4",
            "metadataConfiguration": {"mode": "USER_PROVISIONED", "iops": 3000},
            "rootSquashConfiguration": {"rootSquash": "65534:65534"},
            "efaEnabled": False,
            "skipFinalBackup": True,
            **TAGS,
        },
        "update": {
            "storageCapacity": 2400,
            "perUnitStorageThroughput": 250,
            "dataCompressionType": None,
            "metadataConfiguration": {"mode": "USER_PROVISIONED", "iops": 6000},
            "weeklyMaintenanceStartTime": "2:03:00",
            **NEW_TAGS,
        },
        "needs": ("subnet", "key", "lustre_in", "lustre_out"),
        "outputs": ("arn", "dnsName", "mountName", "networkInterfaceIds", "ownerId", "vpcId"),
    },
    "link": {
        "type": "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation",
        "inputs": {
            "fileSystemId": "{lustre}",
            "fileSystemPath": "/data",
            "dataRepositoryPath": "s3://bucket-{account}/data",
            "batchImportMetaDataOnCreate": True,
            "importedFileChunkSize": 2048,
            "s3": {"autoImportPolicy": {"events": ["NEW", "CHANGED"]}},
            **TAGS,
        },
        "update": {
            "s3": {
                "autoImportPolicy": {"events": ["NEW", "CHANGED", "DELETED"]},
                "autoExportPolicy": {"events": ["NEW"]},
            },
            **NEW_TAGS,
        },
        "needs": ("lustre", "bucket"),
        "outputs": ("arn", "associationId"),
    },
    "kept_lustre": {
        "type": "aws:fsx/lustreFileSystem:LustreFileSystem",
        "inputs": {
            "deploymentType": "PERSISTENT_1",
            "storageType": "HDD",
            "driveCacheType": "READ",
            "storageCapacity": 6000,
            "perUnitStorageThroughput": 12,
            "fileSystemTypeVersion": "2.12",
            "automaticBackupRetentionDays": 7,
            "dailyAutomaticBackupStartTime": "05:00",
            "copyTagsToBackups": True,
            "subnetIds": "{subnet}",
            "securityGroupIds": ["{lustre_group}"],
        },
        "update": {
            "storageCapacity": 12000,
            "fileSystemTypeVersion": "2.15",
            "automaticBackupRetentionDays": 0,
            "dailyAutomaticBackupStartTime": None,
        },
        "needs": ("subnet", "lustre_in", "lustre_out"),
        "outputs": ("arn", "mountName"),
    },
    "lustre_backup": {
        "type": "aws:fsx/backup:Backup",
        "inputs": {"fileSystemId": "{kept_lustre}", **TAGS},
        "update": NEW_TAGS,
        "needs": ("kept_lustre",),
        "outputs": ("arn", "ownerId", "type"),
    },
    "restored": {
        "type": "aws:fsx/lustreFileSystem:LustreFileSystem",
        "inputs": {
            "backupId": "{lustre_backup}",
            "subnetIds": "{subnet}",
            "securityGroupIds": ["{lustre_group}"],
            "deploymentType": "PERSISTENT_1",
            "storageType": "HDD",
            "driveCacheType": "NONE",
            "perUnitStorageThroughput": 12,
        },
        "needs": ("lustre_backup", "subnet"),
        "outputs": ("arn", "mountName"),
    },
    "efs": {
        "type": "aws:efs/fileSystem:FileSystem",
        "inputs": {
            "creationToken": "homes",
            "encrypted": True,
            "kmsKeyId": "{key.arn}",
            "throughputMode": "provisioned",
            "provisionedThroughputInMibps": 128,
            "lifecyclePolicies": [{"transitionToIa": "AFTER_30_DAYS"}],
            **TAGS,
        },
        "update": {
            "throughputMode": "elastic",
            "provisionedThroughputInMibps": None,
            "lifecyclePolicies": [
                {"transitionToIa": "AFTER_7_DAYS"},
                {"transitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
            ],
            **NEW_TAGS,
        },
        "needs": ("key",),
        "outputs": ("arn", "dnsName", "ownerId", "sizeInBytes"),
    },
    "mount": {
        "type": "aws:efs/mountTarget:MountTarget",
        "inputs": {"fileSystemId": "{efs}", "subnetId": "{subnet}", "securityGroups": ["{group}"]},
        "update": {"securityGroups": ["{lustre_group}"]},
        "needs": ("efs", "subnet", "group", "lustre_group"),
        "outputs": (
            "availabilityZoneName",
            "dnsName",
            "ipAddress",
            "mountTargetDnsName",
            "networkInterfaceId",
        ),
    },
}
