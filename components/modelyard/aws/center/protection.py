"""What brings a data center back: copies in another region, and backups."""

from __future__ import annotations

import pulumi

from modelyard.aws.backup import Backup, BackupArgs
from modelyard.aws.center.region import Region
from modelyard.aws.center.setting import Keys, Setting
from modelyard.aws.encryption import Encryption
from modelyard.aws.registry_replication import RegistryReplication
from modelyard.aws.replica_keys import ReplicaKeys
from modelyard.aws.replication import ReplicatedBucketArgs, Replication, ReplicationArgs
from modelyard.environment.aws.backup import Backup as BackupSpec
from modelyard.environment.aws.sites import Site


def primary_keys(setting: Setting) -> Encryption:
    """The keys of the primary region; the recovery region's are their replicas."""
    environment = setting.environment
    return Encryption(
        f"{setting.name}-keys",
        {
            "account_id": environment.account_id,
            "region": environment.regions.primary,
            "purposes": setting.key_purposes,
            "rotation_days": environment.encryption.rotation_days,
            "deletion_window_days": environment.encryption.deletion_window_days,
            "spot": setting.uses_spot(setting.primary),
            "multi_region": setting.recovery is not None,
            "protect": setting.protect,
            "tags": setting.tags,
        },
        opts=setting.child(),
    )


def replica_keys(setting: Setting, site: Site, keys: Encryption) -> ReplicaKeys:
    """The keys of the recovery region."""
    environment = setting.environment
    return ReplicaKeys(
        setting.child_name(site, "keys"),
        {
            "account_id": environment.account_id,
            "region": site.region,
            "primary_key_arns": {purpose: keys.key_arn(purpose) for purpose in setting.key_purposes},
            "deletion_window_days": environment.encryption.deletion_window_days,
            "spot": setting.uses_spot(site),
            "protect": setting.protect,
            "tags": setting.tags,
        },
        opts=setting.child(),
    )


def replicate(setting: Setting, primary: Region, recovery: Region) -> None:
    """Copy what is written to buckets and to the registry from the primary region to the recovery region."""
    environment, destination = setting.environment, recovery.site.region
    args: ReplicationArgs = {
        "environment": environment.name,
        "region": primary.site.region,
        "destination_region": destination,
        "buckets": {purpose: _copied(setting, purpose, primary, recovery) for purpose in setting.stores},
        "tags": setting.tags,
    }
    # Both sides have to be versioned before anything is copied.
    opts = setting.child(primary.storage, recovery.storage)
    Replication(f"{setting.name}-replication", setting.bounded(args), opts=opts)
    if environment.recovery is not None and environment.recovery.replicate_registry:
        RegistryReplication(
            f"{setting.name}-registry",
            {
                "account_id": environment.account_id,
                "region": primary.site.region,
                "rules": [{"repository_prefix": f"{environment.name}/", "destination_region": destination}],
            },
            # Images are copied into the repository that stands there, under its own key.
            opts=setting.child(primary.cluster, recovery.cluster),
        )


def back_up(
    setting: Setting, spec: BackupSpec, keys: Keys, primary: Region, recovery: Region | None
) -> Backup:
    """Back up what says `backed_up`, and copy it to the recovery region."""
    environment = setting.environment
    args: BackupArgs = {
        "environment": environment.name,
        "account_id": environment.account_id,
        "region": environment.regions.primary,
        "vault_key_arn": keys.key_arn("backup"),
        "every_hours": spec.every_hours,
        "start_window_minutes": spec.start_window_minutes,
        "completion_window_minutes": spec.completion_window_minutes,
        "retention_days": spec.retention_days,
        "bucket_names": _buckets(setting, primary, recovery),
        "data_key_arns": _data_keys(setting, keys, recovery),
        "protect": setting.protect,
        # The plan's objective, which policies hold its schedule to.
        "tags": {**setting.tags, "rpo-hours": str(spec.rpo_hours)},
    }
    if recovery is not None:
        args["copy_region"] = recovery.site.region
        args["copy_vault_key_arn"] = recovery.keys.key_arn("backup")
        args["copy_retention_days"] = spec.copy_retention_days or spec.retention_days
    _add_lock(args, spec)
    _add_restore_tests(args, spec, setting, primary)
    # It waits for no bucket: what waits for others keeps them when a locked vault has to stay.
    return Backup(f"{setting.name}-backup", setting.bounded(args), opts=setting.child())


def _copied(setting: Setting, purpose: str, primary: Region, recovery: Region) -> ReplicatedBucketArgs:
    promotion = setting.environment.storage.checkpoints.promotion
    return {
        "source_bucket": primary.storage.bucket_name(purpose),
        "source_key_arn": primary.keys.key_arn(purpose),
        "destination_bucket": recovery.storage.bucket_name(purpose),
        "destination_key_arn": recovery.keys.key_arn(purpose),
        "object_lock": purpose == "checkpoints" and promotion is not None,
    }


def _buckets(setting: Setting, primary: Region, recovery: Region | None) -> list[pulumi.Input[str]]:
    """The dataset bucket, and its replica: what is lost with one region is restored into the other."""
    if not setting.backs_up_datasets:
        return []
    holders = [primary, *([recovery] if recovery is not None else [])]
    return [holder.storage.bucket_name("datasets") for holder in holders]


def _data_keys(setting: Setting, keys: Keys, recovery: Region | None) -> list[pulumi.Input[str]]:
    """Keys of what is backed up, where it is and where it is restored to."""
    purposes = [
        *(["datasets"] if setting.backs_up_datasets else []),
        *(["files"] if setting.backed_up_kinds else []),
    ]
    holders = [keys, *([recovery.keys] if recovery is not None else [])]
    return [holder.key_arn(purpose) for holder in holders for purpose in purposes]


def _add_lock(args: BackupArgs, spec: BackupSpec) -> None:
    if spec.lock is not None:
        args["lock_mode"] = spec.lock.mode
        args["lock_min_retention_days"] = spec.lock.min_retention_days
        args["lock_max_retention_days"] = spec.lock.max_retention_days
        if spec.lock.mode == "compliance":
            args["lock_changeable_for_days"] = spec.lock.grace_days


def _add_restore_tests(args: BackupArgs, spec: BackupSpec, setting: Setting, primary: Region) -> None:
    if spec.restore_testing is None:
        return
    kinds = setting.backed_up_kinds
    args["restore_test_every"] = spec.restore_testing.every
    args["restore_test_window_days"] = spec.restore_testing.window_days
    args["restore_test_keep_hours"] = spec.restore_testing.keep_hours
    args["restore_test_types"] = [
        *(["S3"] if setting.backs_up_datasets else []),
        *(["EFS"] if "efs" in kinds else []),
        *(["FSx"] if "fsx_lustre" in kinds else []),
    ]
    if "fsx_lustre" in kinds:
        args["restore_test_subnet_id"] = primary.first_subnet_id
        args["restore_test_security_group_ids"] = [primary.network.fabric_security_group_id]
