"""Refusals of what this resource manager doesn't have: a type, a method."""

from __future__ import annotations

from modelyard_sandbox.azure.manager.errors import ArmError, not_found
from modelyard_sandbox.azure.manager.registry import KINDS


def unknown_type(type_: str) -> ArmError:
    """The error for a type that this resource manager doesn't have."""
    namespace, _, short = type_.partition("/")
    if not any(known.startswith(f"{namespace.lower()}/") for known in KINDS):
        return not_found("InvalidResourceNamespace", f"The resource namespace '{namespace}' is invalid.")
    return not_found(
        "InvalidResourceType",
        f"The resource type '{short}' could not be found in the namespace '{namespace}'.",
    )


def no_method(method: str) -> ArmError:
    """The error for a method that a place doesn't take."""
    return ArmError(405, "HttpMethodNotAllowed", f"The http method '{method}' is not supported here.")
