"""Refusals of the resource manager, in the form that Azure Resource Manager documents (2026-11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

LOCATION_REQUIRED = "LocationRequired"


class ArmError(Exception):
    """A request that is refused."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        target: str | None = None,
        details: Sequence[tuple[str, str]] = (),
        inner: str | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.message = message
        self.target = target
        self.details = tuple(details)
        self.inner = inner
        """The code that a vault's own answers have inside."""
        super().__init__(message)

    @property
    def body(self) -> dict[str, Any]:
        """The answer's document."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.target:
            error["target"] = self.target
        if self.details:
            error["details"] = [{"code": code, "message": message} for code, message in self.details]
        if self.inner:
            error["innererror"] = {"code": self.inner}
        return {"error": error}


def bad_request(code: str, message: str, target: str | None = None) -> ArmError:
    """A request that can't be carried out as it stands."""
    return ArmError(400, code, message, target)


def conflict(code: str, message: str, target: str | None = None) -> ArmError:
    """A request that what stands already forbids."""
    return ArmError(409, code, message, target)


def not_found(code: str, message: str) -> ArmError:
    """A request for what isn't there."""
    return ArmError(404, code, message)


def no_parent(short_type: str, parent: str, work: str) -> ArmError:
    """The error for a part of what isn't there.

    Args:
        short_type: the part's type, without the namespace.
        parent: the id of what it would lie in.
        work: what is asked for: `read`, `write` or `delete`.
    """
    return not_found(
        "ParentResourceNotFound",
        f"Failed to perform '{work}' on resource(s) of type '{short_type}', because the parent resource "
        f"'{parent}' could not be found.",
    )


def fault_of_the_sandbox(asked: str, error: Exception) -> ArmError:
    """The answer where the sandbox itself failed on a request: a method and a path."""
    return ArmError(
        500,
        "InternalServerError",
        f"The sandbox failed to answer {asked}: {type(error).__name__}: {error}. Its log has more.",
    )
