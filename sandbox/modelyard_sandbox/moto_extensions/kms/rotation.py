"""A key's rotation: its period, which moto drops, and that replicas follow their primary.

Source: EnableKeyRotation (90 to 2560 days, 365 by default; set on the primary of multi-Region keys).
"""

from __future__ import annotations

import json
from typing import Any

from moto.kms.exceptions import ValidationException
from moto.kms.responses import KmsResponse

from modelyard_sandbox.moto_extensions.kms.errors import UnsupportedError
from modelyard_sandbox.moto_extensions.kms.related import is_primary, named_key, related
from modelyard_sandbox.moto_extensions.operations import add_operations

DEFAULT_DAYS = 365
DAYS_MIN, DAYS_MAX = 90, 2560


def install() -> None:
    """Put the operations in the place of moto's."""
    add_operations(KmsResponse, enable_key_rotation, disable_key_rotation, get_key_rotation_status)


def enable_key_rotation(self: Any) -> str:
    """EnableKeyRotation."""
    days = self._get_param("RotationPeriodInDays") or DEFAULT_DAYS
    if not DAYS_MIN <= days <= DAYS_MAX:
        raise ValidationException(f"RotationPeriodInDays must be from {DAYS_MIN} to {DAYS_MAX}, not {days}")
    for key in _keys_to_rotate(self):
        key.key_rotation_status, key.rotation_days = True, days
    return json.dumps(None)


def disable_key_rotation(self: Any) -> str:
    """DisableKeyRotation."""
    for key in _keys_to_rotate(self):
        key.key_rotation_status = False
    return json.dumps(None)


def get_key_rotation_status(self: Any) -> str:
    """GetKeyRotationStatus."""
    key = named_key(self)
    _refuse_asymmetric(key)
    period = {"RotationPeriodInDays": key.rotation_days} if key.key_rotation_status else {}
    return json.dumps({"KeyId": key.arn, "KeyRotationEnabled": key.key_rotation_status, **period})


def _keys_to_rotate(self: Any) -> list[Any]:
    key = named_key(self)
    _refuse_asymmetric(key)
    if not key.multi_region:
        return [key]
    if not is_primary(key):
        raise UnsupportedError(f"{key.arn} is a replica key; its primary key decides on rotation.")
    return list(related(self.current_account, key.id).values())


def _refuse_asymmetric(key: Any) -> None:
    if key.key_spec != "SYMMETRIC_DEFAULT":
        raise UnsupportedError(f"{key.arn} is {key.key_spec}: only symmetric encryption keys rotate.")
