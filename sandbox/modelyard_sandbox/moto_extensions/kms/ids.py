"""Ids of keys: those of multi-Region keys are mrk- and 32 hexadecimal digits.

moto's are longer than what its ciphertexts have room for, so that nothing could be decrypted under them.
"""

from __future__ import annotations

import re
from typing import Any

from moto.kms import models
from moto.kms.responses import KmsResponse
from moto.moto_api._internal import mock_random

from modelyard_sandbox.moto_extensions.kms.errors import NotFoundError
from modelyard_sandbox.moto_extensions.operations import add_operations

KEY_ID = re.compile(r"mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def install() -> None:
    """Put our ids in the place of moto's."""
    setattr(models, "generate_key_id", generate_key_id)  # noqa: B010 (moto exports it by use only)
    add_operations(KmsResponse, _validate_cmk_id)


def generate_key_id(multi_region: bool = False) -> str:
    """A new key's id."""
    id_ = str(mock_random.uuid4())
    return f"mrk-{id_.replace('-', '')}" if multi_region else id_


def _validate_cmk_id(self: Any, key_id: str) -> None:
    """Refuse what is no key's id or arn, and what names none of the region."""
    is_arn = key_id.startswith("arn:") and ":key/" in key_id
    if not is_arn and not KEY_ID.fullmatch(key_id):
        raise NotFoundError(f"Invalid keyId {key_id}")
    arn = self._display_arn(key_id)
    key = self.kms_backend.keys.get(self.kms_backend.get_key_id(key_id))
    if key is None or (is_arn and key.arn != arn):
        raise NotFoundError(f"Key '{arn}' does not exist")
