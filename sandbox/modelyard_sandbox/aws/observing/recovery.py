"""Locks, replication, replicas and restore tests, read back."""

from __future__ import annotations

from collections.abc import Mapping

from modelyard_sandbox.aws.observing.base import Observer, Sight
from modelyard_sandbox.aws.s3_recovery import BucketReplicationConfig
from modelyard_sandbox.handler import Inputs
from modelyard_sandbox.meaning import COMPUTED, Meaning


def vault_lock(sight: Sight) -> Inputs:
    """A vault's lock; the days of grace aren't shown."""
    found = sight.call("backup", "DescribeBackupVault", BackupVaultName=sight.id)
    return sight.inputs(found)


def vault_policy(sight: Sight) -> Inputs:
    """A vault's access policy."""
    return sight.inputs(sight.call("backup", "GetBackupVaultAccessPolicy", BackupVaultName=sight.id))


def region_settings(sight: Sight) -> Inputs:
    """What a region is opted in to: of the types that the program names, or of all."""
    found = sight.call("backup", "DescribeRegionSettings")
    shown: Inputs = {}
    for name, member in (
        ("resourceTypeManagementPreference", "ResourceTypeManagementPreference"),
        ("resourceTypeOptInPreference", "ResourceTypeOptInPreference"),
    ):
        named = sight.given.get(name) or found[member]
        shown[name] = {kind: found[member][kind] for kind in named if kind in found[member]}
    return shown


def restore_testing_plan(sight: Sight) -> Inputs:
    """When recovery points are tried."""
    found = sight.call("backup", "GetRestoreTestingPlan", RestoreTestingPlanName=sight.id)[
        "RestoreTestingPlan"
    ]
    inputs = sight.inputs(found, {"name": "RestoreTestingPlanName"})
    return inputs | sight.tags("backup", "ListTags", "Tags", ResourceArn=found["RestoreTestingPlanArn"])


def restore_testing_selection(sight: Sight) -> Inputs:
    """Which resources a plan tries."""
    plan = sight.given["restoreTestingPlanName"]
    found = sight.call(
        "backup",
        "GetRestoreTestingSelection",
        RestoreTestingPlanName=plan,
        RestoreTestingSelectionName=sight.id,
    )["RestoreTestingSelection"]
    return sight.inputs(found, {"name": "RestoreTestingSelectionName"})


def replication(sight: Sight) -> Inputs:
    """Where a bucket's objects are copied to."""
    found = sight.call("s3", "GetBucketReplication", Bucket=sight.id)["ReplicationConfiguration"]
    return {"bucket": sight.id, **sight.inputs(found, BucketReplicationConfig.renames)}


def object_lock(sight: Sight) -> Inputs:
    """A bucket's object lock, with its default retention."""
    found = sight.call("s3", "GetObjectLockConfiguration", Bucket=sight.id)["ObjectLockConfiguration"]
    return {"bucket": sight.id, **sight.inputs(found)}


def replica_key(sight: Sight) -> Inputs:
    """A replica with its policy and its tags."""
    found = sight.call("kms", "DescribeKey", KeyId=sight.id)["KeyMetadata"]
    policy = sight.call("kms", "GetKeyPolicy", KeyId=sight.id, PolicyName="default")["Policy"]
    primary = found["MultiRegionConfiguration"]["PrimaryKey"]["Arn"]
    inputs = sight.inputs({**found, "Policy": policy, "PrimaryKeyArn": primary})
    return inputs | sight.tags("kms", "ListResourceTags", "Tags", KeyId=sight.id)


def grant(sight: Sight) -> Inputs:
    """The right of a principal to use a key."""
    key_id, _, grant_id = sight.id.rpartition(":")
    found = sight.first("kms", "ListGrants", "Grants", KeyId=key_id, GrantId=grant_id)
    inputs = sight.inputs({**found, "KeyId": key_id, "Constraints": None})
    contexts = {
        # An encryption context is AWS's own in part, which in tags would be left out.
        f"{name[0].lower()}{name[1:]}": dict(context)
        for name, context in (found.get("Constraints") or {}).items()
        if context
    }
    return {**inputs, "constraints": [contexts]} if contexts else inputs


def registry_replication(sight: Sight) -> Inputs:
    """What is copied out of the registry."""
    return sight.inputs(sight.call("ecr", "DescribeRegistry"))


OBSERVERS: Mapping[str, Observer] = {
    "aws:backup/regionSettings:RegionSettings": region_settings,
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": restore_testing_plan,
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": restore_testing_selection,
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": vault_lock,
    "aws:backup/vaultPolicy:VaultPolicy": vault_policy,
    "aws:ecr/replicationConfiguration:ReplicationConfiguration": registry_replication,
    "aws:kms/grant:Grant": grant,
    "aws:kms/replicaKey:ReplicaKey": replica_key,
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": object_lock,
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": replication,
}

MEANINGS: Mapping[str, Meaning] = {
    "aws:backup/regionSettings:RegionSettings": Meaning({"resourceTypeManagementPreference": COMPUTED}),
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": Meaning(
        {
            "name": COMPUTED,
            "recoveryPointSelection.selectionWindowDays": COMPUTED,
            "scheduleExpressionTimezone": COMPUTED,
            "startWindowHours": COMPUTED,
        }
    ),
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": Meaning(
        {"name": COMPUTED, "restoreMetadataOverrides": COMPUTED, "validationWindowHours": COMPUTED}
    ),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": Meaning(
        unseen=frozenset({"changeableForDays"})
    ),
    "aws:kms/grant:Grant": Meaning(unseen=frozenset({"grantCreationTokens", "retireOnDelete"})),
    "aws:kms/replicaKey:ReplicaKey": Meaning(
        {"enabled": True, "policy": COMPUTED},
        unseen=frozenset({"bypassPolicyLockoutSafetyCheck", "deletionWindowInDays"}),
    ),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": Meaning(
        {"objectLockEnabled": "Enabled"}, unseen=frozenset({"expectedBucketOwner", "token"})
    ),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": Meaning(
        {"rules[].id": COMPUTED}, frozenset({"rules"}), frozenset({"token"})
    ),
}
"""What pulumi-aws computes or fills in where a program is silent (its registry pages, 2026-11)."""
