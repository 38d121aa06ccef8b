"""EnableKey and DisableKey: moto knows a key by its id alone, not by its arn."""

from __future__ import annotations

import json
from typing import Any

from moto.kms.responses import KmsResponse

from modelyard_sandbox.moto_extensions.kms.related import named_key
from modelyard_sandbox.moto_extensions.operations import add_operations


def install() -> None:
    """Put the operations in the place of moto's."""
    add_operations(KmsResponse, enable_key, disable_key)


def enable_key(self: Any) -> str:
    """EnableKey."""
    return _set(self, "Enabled")


def disable_key(self: Any) -> str:
    """DisableKey."""
    return _set(self, "Disabled")


def _set(self: Any, state: str) -> str:
    key = named_key(self)
    key.enabled, key.key_state = state == "Enabled", state
    return json.dumps(None)
