"""KMS: the period of a key's rotation, which moto drops.

Source: KMS API reference, EnableKeyRotation (90 to 2560 days, 365 by default), 2026-11.
"""

from __future__ import annotations

import json
from typing import Any

from moto.kms.exceptions import ValidationException
from moto.kms.responses import KmsResponse

from modelyard_sandbox.moto_extensions.store import add_operations, store_of

DEFAULT_DAYS = 365
DAYS_MIN, DAYS_MAX = 90, 2560
MOTO_ENABLE, MOTO_STATUS = KmsResponse.enable_key_rotation, KmsResponse.get_key_rotation_status


def install() -> None:
    """Put the operations in the place of moto's."""
    add_operations(KmsResponse, enable_key_rotation, get_key_rotation_status)


def enable_key_rotation(self: Any) -> str:
    """EnableKeyRotation."""
    days = self._get_param("RotationPeriodInDays") or DEFAULT_DAYS
    if not DAYS_MIN <= days <= DAYS_MAX:
        raise ValidationException(f"RotationPeriodInDays must be from {DAYS_MIN} to {DAYS_MAX}, not {days}")
    answer = MOTO_ENABLE(self)
    store_of(self.kms_backend, "rotation_days")[_key(self)] = days
    return answer


def get_key_rotation_status(self: Any) -> str:
    """GetKeyRotationStatus."""
    status = json.loads(MOTO_STATUS(self))
    days = store_of(self.kms_backend, "rotation_days").get(_key(self))
    period = {"RotationPeriodInDays": days} if status["KeyRotationEnabled"] and days else {}
    return json.dumps({**status, **period})


def _key(self: Any) -> str:
    return self.kms_backend.get_key_id(self._get_param("KeyId"))
