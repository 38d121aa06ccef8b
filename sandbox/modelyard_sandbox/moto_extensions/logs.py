"""CloudWatch Logs: the key of an existing log group (AssociateKmsKey, DisassociateKmsKey)."""

from __future__ import annotations

import json
from typing import Any

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.responses import LogsResponse

from modelyard_sandbox.moto_extensions.store import add_operations


def install() -> None:
    """Add the operations to moto's CloudWatch Logs."""
    add_operations(LogsResponse, associate_kms_key, disassociate_kms_key)


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
