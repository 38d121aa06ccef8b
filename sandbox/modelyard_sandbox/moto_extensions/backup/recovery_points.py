"""Recovery points: made by jobs, listed, kept as long as their lifecycle and their vault's lock say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.moto_api._internal import mock_random

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.backup.checks import check_lifecycle
from modelyard_sandbox.moto_extensions.backup.errors import InvalidRequestError, NotFoundError
from modelyard_sandbox.moto_extensions.backup.records import (
    chosen,
    contents_of,
    forget_point,
    named_vault,
    one_page,
    points_in,
    points_of,
    refuse_if_denied,
)
from modelyard_sandbox.moto_extensions.operations import add_operations

FILTERS = {
    "ByCreatedAfter": "CreationDate",
    "ByCreatedBefore": "CreationDate",
    "ByParentRecoveryPointArn": "ParentRecoveryPointArn",
    "ByResourceArn": "ResourceArn",
    "ByResourceType": "ResourceType",
}


def install() -> None:
    """Add the operations to moto's Backup."""
    add_operations(
        BackupResponse,
        describe_recovery_point,
        list_recovery_points_by_backup_vault,
        list_recovery_points_by_resource,
        get_recovery_point_restore_metadata,
        update_recovery_point_lifecycle,
        delete_recovery_point,
    )


def describe_recovery_point(self: Any) -> ActionResult:
    """DescribeRecoveryPoint."""
    return ActionResult(named_point(self))


def list_recovery_points_by_backup_vault(self: Any) -> ActionResult:
    """ListRecoveryPointsByBackupVault."""
    points = chosen(self, points_in(self.backup_backend, named_vault(self)), FILTERS)
    plan_id = self._get_param("ByBackupPlanId")
    points = [point for point in points if plan_id in (None, point.get("CreatedBy", {}).get("BackupPlanId"))]
    return ActionResult(one_page(self, "RecoveryPoints", points))


def list_recovery_points_by_resource(self: Any) -> ActionResult:
    """ListRecoveryPointsByResource."""
    arn = self._get_param("ResourceArn")
    points = [
        {**point, "BackupSizeBytes": point["BackupSizeInBytes"]}
        for point in points_of(self.backup_backend).values()
        if point["ResourceArn"] == arn
    ]
    return ActionResult(one_page(self, "RecoveryPoints", points))


def get_recovery_point_restore_metadata(self: Any) -> ActionResult:
    """GetRecoveryPointRestoreMetadata: what a restore takes over from the backup."""
    point = named_point(self)
    name = point["ResourceArn"].rpartition(":")[2].rpartition("/")[2]
    key = {"S3": "DestinationBucketName", "EBS": "volumeId"}.get(point["ResourceType"], "file-system-id")
    return ActionResult({**point, "RestoreMetadata": {key: name}})


def update_recovery_point_lifecycle(self: Any) -> ActionResult:
    """UpdateRecoveryPointLifecycle: a locked vault's stay as they are."""
    point, vault = named_point(self), named_vault(self)
    refuse_if_denied(self, vault, "backup:UpdateRecoveryPointLifecycle", point["RecoveryPointArn"])
    _refuse_if_locked(vault, "The lifecycle of a recovery point can't be changed")
    lifecycle = dict(self._get_param("Lifecycle") or {})
    check_lifecycle(lifecycle)
    point.update(lifecycle_members(lifecycle, point["CreationDate"]))
    return ActionResult(point)


def delete_recovery_point(self: Any) -> EmptyResult:
    """DeleteRecoveryPoint: refused in a locked vault, whoever asks."""
    point, vault = named_point(self), named_vault(self)
    refuse_if_denied(self, vault, "backup:DeleteRecoveryPoint", point["RecoveryPointArn"])
    _refuse_if_locked(vault, f"Recovery point {point['RecoveryPointArn']} cannot be deleted")
    forget_point(self.backup_backend, point["RecoveryPointArn"])
    return EmptyResult()


def named_point(self: Any) -> dict[str, Any]:
    """The recovery point that a request names, with its vault."""
    return find_point(self, named_vault(self), self._get_param("RecoveryPointArn"))


def find_point(self: Any, vault: Any, arn: str) -> dict[str, Any]:
    """A vault's recovery point by its arn."""
    for point in points_in(self.backup_backend, vault):
        if point["RecoveryPointArn"] == arn:
            return point
    raise NotFoundError(f"Recovery point {arn} does not exist in {vault.backup_vault_name}")


def lifecycle_members(lifecycle: Mapping[str, Any] | None, created: datetime) -> dict[str, Any]:
    """A lifecycle, and the dates that follow from it."""
    kept = {name: value for name, value in (lifecycle or {}).items() if value not in (None, -1)}
    dates = {"MoveToColdStorageAfterDays": "MoveToColdStorageAt", "DeleteAfterDays": "DeleteAt"}
    calculated = {date: created + timedelta(days=kept[days]) for days, date in dates.items() if days in kept}
    return {"Lifecycle": kept, "CalculatedLifecycle": calculated}


def keep_point(
    backend: Any,
    vault: Any,
    lifecycle: Mapping[str, Any] | None,
    contents: Any,
    tags: Mapping[str, str],
    **members: Any,
) -> dict[str, Any]:
    """Keep a recovery point that a job has just completed, with what it holds and its tags."""
    place = f"{backend.partition}:backup:{backend.region_name}:{backend.account_id}"
    arn = f"arn:{place}:recovery-point:{mock_random.uuid4()}"
    points_of(backend)[arn] = point = _new_point(vault, arn, lifecycle, members)
    contents_of(backend)[arn] = contents
    if tags:
        backend.tag_resource(arn, dict(tags))
    return point


def _new_point(
    vault: Any, arn: str, lifecycle: Mapping[str, Any] | None, members: Mapping[str, Any]
) -> dict[str, Any]:
    moment = clock.now()
    key = vault.encryption_key_arn
    return {
        "RecoveryPointArn": arn,
        "BackupVaultName": vault.backup_vault_name,
        "BackupVaultArn": vault.backup_vault_arn,
        "Status": "COMPLETED",
        "CreationDate": moment,
        "InitiationDate": moment,
        "CompletionDate": moment,
        "IsEncrypted": bool(key),
        "EncryptionKeyArn": key,
        "StorageClass": "WARM",
        "IsParent": False,
        "VaultType": "BACKUP_VAULT",
        **lifecycle_members(lifecycle, moment),
        **members,
    }


def _refuse_if_locked(vault: Any, what: str) -> None:
    if vault.locked:
        raise InvalidRequestError(
            f"{what}: backup vault {vault.backup_vault_name} is protected by AWS Backup Vault Lock"
        )
