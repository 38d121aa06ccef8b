"""What protects a data center's data: copies in the recovery region, and backups."""

from __future__ import annotations

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.backup import Backup, BackupArgs
from modelyard.azure.center.region import Region
from modelyard.azure.center.setting import Setting
from modelyard.azure.replication import Replication
from modelyard.catalog.azure import region
from modelyard.environment.azure.backup import Backup as BackupSpec

IMMUTABILITY = {None: "Disabled", "governance": "Unlocked", "compliance": "Locked"}
"""Azure's words for the modes of a lock."""


def replicate(setting: Setting, primary: Region, recovery: Region) -> Replication | None:
    """Copy what is written to the recovery region, but for what is backed up; None if that is everything."""
    if not setting.replicated:
        return None
    return Replication(
        f"{setting.name}-replication",
        {
            "resource_group_name": primary.group.name,
            "location": primary.site.region,
            "destination_resource_group_name": recovery.group.name,
            "destination_location": recovery.site.region,
            "accounts": {
                purpose: {
                    "source_account_id": primary.storage.account_id(purpose),
                    "source_account_name": primary.storage.account_name(purpose),
                    "destination_account_id": recovery.storage.account_id(purpose),
                    "destination_account_name": recovery.storage.account_name(purpose),
                    "containers": {purpose: purpose},
                }
                for purpose in setting.replicated
            },
        },
        opts=setting.child(),
    )


def back_up(setting: Setting, spec: BackupSpec, primary: Region, recovery: Region | None) -> Backup:
    """Back up what says so, to a vault in the primary region that may restore it in the recovery region."""
    site, environment = primary.site, setting.environment
    lock = spec.lock.mode if spec.lock is not None else None
    args: BackupArgs = {
        "resource_group_name": primary.group.name,
        "location": site.region,
        "subscription_id": environment.subscription_id,
        "vault_name": primary.names.backup_vault,
        "every_hours": spec.every_hours,
        "retention_days": spec.retention_days,
        "instances": {
            purpose: {"account_id": primary.storage.account_id(purpose), "containers": [purpose]}
            for purpose in ("datasets",)
            if setting.backs_up(purpose, site)
        },
        "redundancy": _redundancy(spec, site.region),
        "cross_region_restore": spec.geo_redundant,
        "immutability": IMMUTABILITY[lock],
        "soft_delete": "Off" if not spec.soft_delete_days else "AlwaysOn" if lock == "compliance" else "On",
        "delete_lock": spec.delete_lock,
        "log_workspace_id": primary.logs.workspace_id,
        "protect": setting.protect,
        "tags": setting.tags,
    }
    if spec.customer_key:
        args["key_uri"] = primary.keys.key_uri("backup")
        args["key_identity_id"] = primary.keys.identity("backup").id
    if recovery is not None:
        args["restore_accounts"] = {
            purpose: recovery.storage.account_id(purpose) for purpose in args["instances"]
        }
    if spec.soft_delete_days:
        args["soft_delete_days"] = spec.soft_delete_days
    if spec.multi_user is not None:
        if spec.multi_user.guard_id is not None:
            args["resource_guard_id"] = spec.multi_user.guard_id
        else:
            args["resource_guard_name"] = f"{environment.name}-guard"
            args["resource_guard_group_name"] = _guards(setting, primary).name
    return Backup(f"{setting.name}-backup", args, opts=setting.child())


def _redundancy(spec: BackupSpec, name: str) -> str:
    if spec.geo_redundant:
        return "GeoRedundant"
    return "ZoneRedundant" if region(name).availability_zones else "LocallyRedundant"


def _guards(setting: Setting, primary: Region) -> azure_native.resources.ResourceGroup:
    """The group of the guard, which somebody else than who runs `up` should own."""
    return azure_native.resources.ResourceGroup(
        f"{setting.name}-guard-group",
        resource_group_name=primary.names.guard_resource_group,
        location=primary.site.region,
        tags=setting.tags,
        opts=pulumi.ResourceOptions(parent=setting.parent, protect=setting.protect),
    )
