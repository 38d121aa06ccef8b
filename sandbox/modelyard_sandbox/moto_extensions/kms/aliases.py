"""CreateAlias, UpdateAlias and DeleteAlias: names, and what is taken."""

from __future__ import annotations

import json
import re
from typing import Any

from moto.kms.responses import KmsResponse

from modelyard_sandbox.moto_extensions.kms.errors import (
    AlreadyExistsError,
    InvalidAliasNameError,
    NotFoundError,
)
from modelyard_sandbox.moto_extensions.operations import add_operations

NAME = re.compile(r"alias/[a-zA-Z0-9/_-]+")
LENGTH_MAX = 256
RESERVED = "alias/aws/"
MOTO_UPDATE, MOTO_DELETE = KmsResponse.update_alias, KmsResponse.delete_alias


def install() -> None:
    """Put the operations in the place of moto's."""
    add_operations(KmsResponse, create_alias, update_alias, delete_alias)


def create_alias(self: Any) -> str:
    """CreateAlias."""
    name, target = _checked_name(self), self._get_param("TargetKeyId")
    self._validate_cmk_id(target)
    backend = self.kms_backend
    if backend.alias_exists(name):
        arn = f"arn:{self.partition}:kms:{self.region}:{self.current_account}:{name}"
        raise AlreadyExistsError(f"An alias with the name {arn} already exists")
    backend.create_alias(target, name)
    return json.dumps(None)


def update_alias(self: Any) -> str:
    """UpdateAlias."""
    _must_exist(self, _checked_name(self))
    return MOTO_UPDATE(self)


def delete_alias(self: Any) -> str:
    """DeleteAlias."""
    _must_exist(self, _checked_name(self))
    return MOTO_DELETE(self)


def _checked_name(self: Any) -> str:
    name = self._get_param("AliasName")
    if name.startswith(RESERVED):
        raise InvalidAliasNameError(f"Alias names that begin with {RESERVED} are reserved for AWS: {name}")
    if not NAME.fullmatch(name) or len(name) > LENGTH_MAX:
        raise InvalidAliasNameError(
            f"An alias begins with alias/ and holds letters, digits and / _ - only, "
            f"{LENGTH_MAX} characters at most: {name}"
        )
    return name


def _must_exist(self: Any, name: str) -> None:
    if not self.kms_backend.alias_exists(name):
        arn = f"arn:{self.partition}:kms:{self.region}:{self.current_account}:{name}"
        raise NotFoundError(f"Alias {arn} is not found.")
