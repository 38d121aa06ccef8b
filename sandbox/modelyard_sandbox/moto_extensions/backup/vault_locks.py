"""PutBackupVaultLockConfiguration and DeleteBackupVaultLockConfiguration.

Without ChangeableForDays the lock is one in governance mode, which can be changed and taken off. With it, it
is one in compliance mode: after the days of grace nobody can change it or take it off.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from moto.backup.responses import BackupResponse
from moto.core.responses import EmptyResult

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.backup.checks import DAYS_MAX, require
from modelyard_sandbox.moto_extensions.backup.errors import InvalidRequestError
from modelyard_sandbox.moto_extensions.backup.records import named_vault, refuse_if_denied
from modelyard_sandbox.moto_extensions.operations import add_operations

GRACE_DAYS_MIN = 3


def install() -> None:
    """Put the operations in the place of moto's."""
    add_operations(
        BackupResponse, put_backup_vault_lock_configuration, delete_backup_vault_lock_configuration
    )


def put_backup_vault_lock_configuration(self: Any) -> EmptyResult:
    """PutBackupVaultLockConfiguration."""
    vault = named_vault(self)
    _refuse_if_immutable(vault, "modified")
    refuse_if_denied(self, vault, "backup:PutBackupVaultLockConfiguration")
    least, most = self._get_param("MinRetentionDays"), self._get_param("MaxRetentionDays")
    grace = self._get_param("ChangeableForDays")
    require(least is None or least >= 1, f"MinRetentionDays must be 1 or more, not {least}")
    require(
        most is None or 1 <= most <= DAYS_MAX, f"MaxRetentionDays must be from 1 to {DAYS_MAX}, not {most}"
    )
    require(
        least is None or most is None or least <= most,
        f"MinRetentionDays {least} can't be greater than MaxRetentionDays {most}",
    )
    require(
        grace is None or GRACE_DAYS_MIN <= grace <= DAYS_MAX,
        f"ChangeableForDays must be from {GRACE_DAYS_MIN} to {DAYS_MAX}, not {grace}",
    )
    vault.locked = True
    vault.min_retention_days, vault.max_retention_days = least, most
    vault.changeable_for_days = grace
    vault.lock_date = None if grace is None else (clock.now() + timedelta(days=grace)).timestamp()
    return EmptyResult()


def delete_backup_vault_lock_configuration(self: Any) -> EmptyResult:
    """DeleteBackupVaultLockConfiguration."""
    vault = named_vault(self)
    _refuse_if_immutable(vault, "deleted")
    refuse_if_denied(self, vault, "backup:DeleteBackupVaultLockConfiguration")
    vault.locked = False
    vault.min_retention_days = vault.max_retention_days = None
    vault.changeable_for_days = vault.lock_date = None
    return EmptyResult()


def is_immutable(vault: Any) -> bool:
    """Whether a vault's lock is one in compliance mode whose grace is over."""
    return vault.lock_date is not None and clock.now().timestamp() >= vault.lock_date


def lock_state(vault: Any) -> str | None:
    """How a vault is locked, as jobs show it."""
    return "LOCKED" if vault.locked else None


def retention_refusal(vault: Any, lifecycle: Mapping[str, Any] | None) -> str | None:
    """Why a locked vault doesn't take a recovery point of this lifecycle; None if it does."""
    if not vault.locked:
        return None
    days = (lifecycle or {}).get("DeleteAfterDays")
    kept = None if days in (None, -1) else days
    least, most = vault.min_retention_days, vault.max_retention_days
    if least is not None and kept is not None and kept < least:
        return f"Retention of {kept} days is shorter than the vault's minimum retention of {least} days"
    if most is not None and (kept is None or kept > most):
        shown = "forever" if kept is None else f"of {kept} days"
        return f"Retention {shown} is longer than the vault's maximum retention of {most} days"
    return None


def _refuse_if_immutable(vault: Any, what: str) -> None:
    if is_immutable(vault):
        raise InvalidRequestError(
            f"Vault Lock configuration of {vault.backup_vault_name} is immutable and cannot be {what}"
        )
