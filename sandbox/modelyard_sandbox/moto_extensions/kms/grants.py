"""CreateGrant: what a grant may allow. That a grantee then may is not evaluated."""

from __future__ import annotations

from typing import Any

from moto.core.utils import get_service_model
from moto.kms.responses import KmsResponse

from modelyard_sandbox.moto_extensions.kms.errors import ValidationError
from modelyard_sandbox.moto_extensions.kms.related import named_key
from modelyard_sandbox.moto_extensions.operations import add_operations

MOTO_CREATE_GRANT = KmsResponse.create_grant


def install() -> None:
    """Put the operation in the place of moto's."""
    add_operations(KmsResponse, create_grant)


def create_grant(self: Any) -> str:
    """CreateGrant."""
    named_key(self)
    shape: Any = get_service_model("kms").shape_for("GrantOperation")
    unknown = [name for name in self._get_param("Operations") or [] if name not in shape.enum]
    if unknown:
        raise ValidationError(f"Operations takes {', '.join(shape.enum)}, not {', '.join(unknown)}")
    return MOTO_CREATE_GRANT(self)
