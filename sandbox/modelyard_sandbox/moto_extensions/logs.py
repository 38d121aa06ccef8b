"""CloudWatch Logs: the key of an existing log group (AssociateKmsKey, DisassociateKmsKey); names, retention.

Source: CloudWatch Logs API reference, the operations of these names and PutRetentionPolicy; 2026-11.
"""

from __future__ import annotations

import json
from typing import Any

from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
from moto.logs.responses import LogsResponse

from modelyard_sandbox.moto_extensions.constraints import constrain
from modelyard_sandbox.moto_extensions.operations import add_operations, before

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545),
    *(731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)


def install() -> None:
    """Add the operations to moto's CloudWatch Logs."""
    add_operations(LogsResponse, associate_kms_key, disassociate_kms_key)
    before(LogsResponse, "put_retention_policy", _check_retention)
    constrain(LogsResponse, "logs", InvalidParameterException)


def associate_kms_key(self: Any) -> str:
    """AssociateKmsKey, by the log group's name."""
    return _set_key(self, self._get_param("kmsKeyId"))


def disassociate_kms_key(self: Any) -> str:
    """DisassociateKmsKey, by the log group's name."""
    return _set_key(self, None)


def _set_key(self: Any, key: str | None) -> str:
    group = self.logs_backend.groups.get(self._get_param("logGroupName"))
    if group is None:
        raise ResourceNotFoundException
    group.kms_key_id = key
    return json.dumps({})


def _check_retention(self: Any) -> None:
    days = self._get_param("retentionInDays")
    if days not in RETENTION_DAYS:
        raise InvalidParameterException(
            constraint=f"Member must satisfy enum value set: {list(RETENTION_DAYS)}",
            parameter="retentionInDays",
            value=days,
        )
