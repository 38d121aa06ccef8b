"""Vaults, their access policies and their notifications."""

from __future__ import annotations

import json
from typing import Any

from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import get_service_model

from modelyard_sandbox.moto_extensions.backup.checks import VAULT_NAME, require, required
from modelyard_sandbox.moto_extensions.backup.errors import (
    AlreadyExistsError,
    InvalidParameterError,
    InvalidRequestError,
    NotFoundError,
)
from modelyard_sandbox.moto_extensions.backup.records import (
    named_vault,
    one_page,
    points_in,
    refuse_if_denied,
)
from modelyard_sandbox.moto_extensions.backup.vault_locks import is_immutable
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.policy_documents import statements_of
from modelyard_sandbox.moto_extensions.store import store_of


def install() -> None:
    """Put the operations in the place of moto's, or beside them."""
    add_operations(
        BackupResponse,
        create_backup_vault,
        describe_backup_vault,
        list_backup_vaults,
        delete_backup_vault,
        put_backup_vault_access_policy,
        get_backup_vault_access_policy,
        delete_backup_vault_access_policy,
        put_backup_vault_notifications,
        get_backup_vault_notifications,
        delete_backup_vault_notifications,
    )


def create_backup_vault(self: Any) -> ActionResult:
    """CreateBackupVault."""
    name = self._get_param("BackupVaultName")
    require(VAULT_NAME.fullmatch(name), f"Invalid backup vault name: {name}")
    standing = self.backup_backend.vaults.get(name)
    if standing is not None:
        raise AlreadyExistsError(
            "Backup vault with the same name already exists",
            standing.backup_vault_arn,
            standing.creator_request_id,
        )
    vault = self.backup_backend.create_backup_vault(
        backup_vault_name=name,
        backup_vault_tags=dict(self._get_param("BackupVaultTags") or {}),
        encryption_key_arn=self._get_param("EncryptionKeyArn"),
        creator_request_id=self._get_param("CreatorRequestId"),
    )
    return ActionResult(vault.to_dict())


def describe_backup_vault(self: Any) -> ActionResult:
    """DescribeBackupVault."""
    return ActionResult(described(self.backup_backend, named_vault(self)))


def list_backup_vaults(self: Any) -> ActionResult:
    """ListBackupVaults."""
    backend = self.backup_backend
    vaults = [described(backend, vault) for vault in list(backend.vaults.values())]
    kind = self._get_param("ByVaultType")
    return ActionResult(
        one_page(self, "BackupVaultList", [item for item in vaults if kind in (None, item["VaultType"])])
    )


def delete_backup_vault(self: Any) -> EmptyResult:
    """DeleteBackupVault: it must be empty, so a locked one stays with what it holds."""
    backend, vault = self.backup_backend, named_vault(self)
    refuse_if_denied(self, vault, "backup:DeleteBackupVault")
    count = len(points_in(backend, vault))
    if count:
        locked = " and is locked in compliance mode" if is_immutable(vault) else ""
        raise InvalidRequestError(
            f"Backup vault cannot be deleted: {vault.backup_vault_name} is not empty "
            f"({count} recovery points){locked}"
        )
    del backend.vaults[vault.backup_vault_name]
    backend.tagger.delete_all_tags_for_resource(vault.backup_vault_arn)
    for kept in ("access_policies", "vault_notifications"):
        store_of(backend, kept).pop(vault.backup_vault_name, None)
    return EmptyResult()


def put_backup_vault_access_policy(self: Any) -> EmptyResult:
    """PutBackupVaultAccessPolicy."""
    vault, policy = named_vault(self), self._get_param("Policy")
    refuse_if_denied(self, vault, "backup:PutBackupVaultAccessPolicy")
    required({"Policy": policy}, "Policy")
    try:
        statements = statements_of(policy)
    except ValueError as error:
        raise InvalidParameterError(f"Invalid policy document: {error}") from error
    require(statements, "Invalid policy document: it has no statement")
    _policies(self)[vault.backup_vault_name] = json.dumps(json.loads(policy))
    return EmptyResult()


def get_backup_vault_access_policy(self: Any) -> ActionResult:
    """GetBackupVaultAccessPolicy."""
    vault = named_vault(self)
    policy = _kept(_policies(self), vault, "access policy")
    return ActionResult({**vault.to_dict(), "Policy": policy})


def delete_backup_vault_access_policy(self: Any) -> EmptyResult:
    """DeleteBackupVaultAccessPolicy."""
    vault = named_vault(self)
    refuse_if_denied(self, vault, "backup:DeleteBackupVaultAccessPolicy")
    _policies(self).pop(vault.backup_vault_name, None)
    return EmptyResult()


def put_backup_vault_notifications(self: Any) -> EmptyResult:
    """PutBackupVaultNotifications; nobody is told anything."""
    vault, topic = named_vault(self), self._get_param("SNSTopicArn") or ""
    events = self._get_param("BackupVaultEvents") or []
    required({"BackupVaultEvents": events}, "BackupVaultEvents")
    require(topic.startswith(f"arn:{self.partition}:sns:"), f"Invalid SNS topic ARN: {topic}")
    shape: Any = get_service_model("backup").shape_for("BackupVaultEvent")
    unknown = sorted(set(events) - set(shape.enum))
    require(not unknown, f"Invalid backup vault event: {', '.join(unknown)}")
    _notifications(self)[vault.backup_vault_name] = {"SNSTopicArn": topic, "BackupVaultEvents": events}
    return EmptyResult()


def get_backup_vault_notifications(self: Any) -> ActionResult:
    """GetBackupVaultNotifications."""
    vault = named_vault(self)
    return ActionResult({**vault.to_dict(), **_kept(_notifications(self), vault, "notifications")})


def delete_backup_vault_notifications(self: Any) -> EmptyResult:
    """DeleteBackupVaultNotifications."""
    _notifications(self).pop(named_vault(self).backup_vault_name, None)
    return EmptyResult()


def described(backend: Any, vault: Any) -> dict[str, Any]:
    """A vault as the API shows it."""
    return {
        **vault.to_list_dict(),
        "NumberOfRecoveryPoints": len(points_in(backend, vault)),
        "VaultType": "BACKUP_VAULT",
        "VaultState": "AVAILABLE",
        **({"EncryptionKeyType": "CUSTOMER_MANAGED_KMS_KEY"} if vault.encryption_key_arn else {}),
    }


def _policies(self: Any) -> dict[str, Any]:
    return store_of(self.backup_backend, "access_policies")


def _notifications(self: Any) -> dict[str, Any]:
    return store_of(self.backup_backend, "vault_notifications")


def _kept(kept: dict[str, Any], vault: Any, what: str) -> Any:
    if vault.backup_vault_name not in kept:
        raise NotFoundError(f"Backup vault {vault.backup_vault_name} has no {what}")
    return kept[vault.backup_vault_name]
