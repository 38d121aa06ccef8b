"""Errors of the cloud with the property at fault."""

from __future__ import annotations

from typing import Any

from modelyard_sandbox.errors import CloudError, PartialError, SandboxError
from modelyard_sandbox.handler import BaseHandler, Inputs


def worded(handler: BaseHandler[Any], inputs: Inputs, error: SandboxError) -> str:
    """The error as it is worded, with the input that it is about, where that is certain."""
    cause = error.cause if isinstance(error, PartialError) else error
    path = handler.at_fault(inputs, cause) if isinstance(cause, CloudError) else None
    return f"{error}\n  property: {path}" if path else str(error)
