"""What stands in front of every operation on a key: the key's policy, and the key's state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.utils import camelcase_to_underscores
from moto.kms.responses import KmsResponse

from modelyard_sandbox.moto_extensions.kms.errors import (
    AccessDeniedError,
    DisabledError,
    InvalidStateError,
)
from modelyard_sandbox.moto_extensions.kms.related import PENDING_DELETION, PENDING_REPLICA_DELETION
from modelyard_sandbox.moto_extensions.operations import add_operations, before
from modelyard_sandbox.moto_extensions.policy_documents import refusal

CRYPTOGRAPHIC = (
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "Sign",
    "Verify",
    "VerifyMac",
)
NOT_WHILE_DISABLED = frozenset({*CRYPTOGRAPHIC, "EnableKeyRotation", "DisableKeyRotation", "ReplicateKey"})
NOT_WHILE_PENDING = frozenset(
    {
        *NOT_WHILE_DISABLED,
        "CreateAlias",
        "CreateGrant",
        "DisableKey",
        "EnableKey",
        "ScheduleKeyDeletion",
        "TagResource",
        "UntagResource",
        "UpdateAlias",
        "UpdateKeyDescription",
        "UpdatePrimaryRegion",
    }
)
ALWAYS = frozenset({"CancelKeyDeletion", "GetKeyPolicy", "GetKeyRotationStatus", "PutKeyPolicy"})
"""Operations that any state allows, and a policy may deny."""


def install() -> None:
    """Put a guard in front of each operation."""
    for name in sorted(NOT_WHILE_PENDING | ALWAYS):
        before(KmsResponse, camelcase_to_underscores(name), _guard(name))
    add_operations(KmsResponse, _validate_key_policy)


def _guard(name: str) -> Callable[[Any], None]:
    def guard(self: Any) -> None:
        key = _key(self)
        if key is not None:
            refuse_if_denied(self, key, f"kms:{name}")
            _refuse_in_state(key, name)

    return guard


def refuse_if_denied(self: Any, key: Any, action: str) -> None:
    """Refuse what the key's policy denies to whoever calls."""
    account = self.current_account
    context = {"kms:CallerAccount": account}
    if action == "kms:ScheduleKeyDeletion":
        days = self._get_param("PendingWindowInDays", 30)
        context["kms:ScheduleKeyDeletionPendingWindowInDays"] = str(days)
    said = refusal(
        key.policy,
        partition=self.partition,
        account_id=account,
        action=action,
        resource=key.arn,
        context=context,
    )
    if said:
        raise AccessDeniedError(said)


def _validate_key_policy(self: Any, key_id: str, action: str) -> None:
    """In the place of moto's, which looks at neither principals nor conditions."""
    backend = self.kms_backend
    refuse_if_denied(self, backend.describe_key(backend.get_key_id(key_id)), action)


def _key(self: Any) -> Any:
    """The key that a request names, or None: the operation itself says that there is none."""
    named = self._get_param("TargetKeyId") or self._get_param("KeyId")
    if not isinstance(named, str):
        return None
    backend = self.kms_backend
    id_ = backend.get_alias_name(named)
    id_ = backend.get_key_id_from_alias(id_) if id_.startswith("alias/") else backend.get_key_id(id_)
    return backend.keys.get(id_)


def _refuse_in_state(key: Any, name: str) -> None:
    if key.key_state in (PENDING_DELETION, PENDING_REPLICA_DELETION) and name in NOT_WHILE_PENDING:
        raise InvalidStateError(f"{key.arn} is pending deletion.")
    if key.key_state == "Disabled" and name in NOT_WHILE_DISABLED:
        raise DisabledError(f"{key.arn} is disabled.")
