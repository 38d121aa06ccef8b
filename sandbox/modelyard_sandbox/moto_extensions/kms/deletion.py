"""ScheduleKeyDeletion and CancelKeyDeletion.

A primary with replicas waits, as PendingReplicaDeletion, until the last of them is deleted (not only
scheduled to be).
"""

from __future__ import annotations

import json
from typing import Any

from moto.core.utils import unix_time
from moto.kms.models import Key
from moto.kms.responses import KmsResponse

from modelyard_sandbox.moto_extensions.kms.errors import InvalidStateError, ValidationError
from modelyard_sandbox.moto_extensions.kms.related import (
    PENDING_DELETION,
    PENDING_REPLICA_DELETION,
    named_key,
    replicas_of,
    schedule,
)
from modelyard_sandbox.moto_extensions.operations import add_operations

DAYS_MIN, DAYS_MAX, DAYS_DEFAULT = 7, 30, 30
MOTO_TO_DICT = Key.to_dict


def install() -> None:
    """Put the operations in the place of moto's."""
    add_operations(KmsResponse, schedule_key_deletion, cancel_key_deletion)
    Key.to_dict = to_dict


def schedule_key_deletion(self: Any) -> str:
    """ScheduleKeyDeletion."""
    days = self._get_param("PendingWindowInDays", DAYS_DEFAULT)
    if not DAYS_MIN <= days <= DAYS_MAX:
        raise ValidationError(
            f"PendingWindowInDays must be between {DAYS_MIN} and {DAYS_MAX} days inclusive, not {days}"
        )
    key = named_key(self)
    key.enabled = False
    key.pending_window_days = days
    if replicas_of(self.current_account, key):
        key.key_state = PENDING_REPLICA_DELETION
    else:
        schedule(key, days)
    answer = {"KeyId": key.arn, "KeyState": key.key_state, "PendingWindowInDays": days}
    when = {"DeletionDate": unix_time(key.deletion_date)} if key.deletion_date else {}
    return json.dumps({**answer, **when})


def cancel_key_deletion(self: Any) -> str:
    """CancelKeyDeletion: the key is Disabled then."""
    key = named_key(self)
    if key.key_state not in (PENDING_DELETION, PENDING_REPLICA_DELETION):
        raise InvalidStateError(f"{key.arn} is not pending deletion.")
    key.key_state = "Disabled"
    key.deletion_date = None
    return json.dumps({"KeyId": key.arn})


def to_dict(self: Any) -> dict[str, Any]:
    """A key's description; a waiting primary says how long it will wait once its replicas are gone."""
    described = MOTO_TO_DICT(self)
    metadata = described["KeyMetadata"]
    if self.key_state == PENDING_REPLICA_DELETION:
        metadata["PendingDeletionWindowInDays"] = self.pending_window_days
    return {"KeyMetadata": {name: value for name, value in metadata.items() if value is not None}}
