"""Region settings (what is opted in) and global settings of the account."""

from __future__ import annotations

from typing import Any

from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult, EmptyResult

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.backup.checks import require
from modelyard_sandbox.moto_extensions.backup.records import backend_of
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.store import store_of

RESOURCE_TYPES = (
    "Aurora",
    "CloudFormation",
    "DSQL",
    "DocumentDB",
    "DynamoDB",
    "EBS",
    "EC2",
    "EFS",
    "EKS",
    "FSx",
    "Neptune",
    "RDS",
    "Redshift",
    "Redshift Serverless",
    "S3",
    "SAP HANA on Amazon EC2",
    "Storage Gateway",
    "Timestream",
    "VirtualMachine",
)
MANAGED_BY_CHOICE = ("DynamoDB", "EFS")
GLOBAL_SETTINGS = ("isCrossAccountBackupEnabled", "isDelegatedAdministratorEnabled", "isMpaEnabled")
HOME = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""The region whose backend keeps a partition's global settings."""


def install() -> None:
    """Add the operations to moto's Backup."""
    add_operations(
        BackupResponse,
        describe_region_settings,
        update_region_settings,
        describe_global_settings,
        update_global_settings,
    )


def describe_region_settings(self: Any) -> ActionResult:
    """DescribeRegionSettings: all types are opted in until somebody opts one out."""
    return ActionResult(_region_settings(self))


def update_region_settings(self: Any) -> EmptyResult:
    """UpdateRegionSettings: what isn't named stays."""
    settings = _region_settings(self)
    for member, known in (
        ("ResourceTypeOptInPreference", RESOURCE_TYPES),
        ("ResourceTypeManagementPreference", MANAGED_BY_CHOICE),
    ):
        asked = dict(self._get_param(member) or {})
        unknown = sorted(set(asked) - set(known))
        require(not unknown, f"Invalid resource type in {member}: {', '.join(unknown)}")
        settings[member].update(asked)
    return EmptyResult()


def describe_global_settings(self: Any) -> ActionResult:
    """DescribeGlobalSettings."""
    return ActionResult(_global_settings(self))


def update_global_settings(self: Any) -> EmptyResult:
    """UpdateGlobalSettings; the account counts as its organization's management account."""
    asked = dict(self._get_param("GlobalSettings") or {})
    unknown = sorted(set(asked) - set(GLOBAL_SETTINGS))
    require(not unknown, f"Invalid global setting: {', '.join(unknown)}")
    for name, value in asked.items():
        require(str(value).lower() in ("true", "false"), f"{name} must be true or false, not {value}")
    settings = _global_settings(self)
    settings["GlobalSettings"].update(asked)
    settings["LastUpdateTime"] = clock.now()
    return EmptyResult()


def _region_settings(self: Any) -> dict[str, Any]:
    kept = store_of(self.backup_backend, "region_settings")
    kept.setdefault("ResourceTypeOptInPreference", dict.fromkeys(RESOURCE_TYPES, True))
    kept.setdefault("ResourceTypeManagementPreference", dict.fromkeys(MANAGED_BY_CHOICE, True))
    return kept


def _global_settings(self: Any) -> dict[str, Any]:
    kept = store_of(backend_of(self.current_account, HOME[self.partition]), "global_settings")
    kept.setdefault("GlobalSettings", dict.fromkeys(GLOBAL_SETTINGS, "false"))
    kept.setdefault("LastUpdateTime", clock.now())
    return kept
