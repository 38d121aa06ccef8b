"""What the resource manager says no with, as errors of the launcher."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from modelyard_launcher.outcomes import AnsweredError, DeniedError

if TYPE_CHECKING:
    from modelyard_launcher.azure.access import AzureAccess

UNAUTHORIZED, FORBIDDEN, MISSING, THROTTLED, SERVICES_OWN = 401, 403, 404, 429, 500
WORK_FAILED = 0
"""In the place of a status, of work that was taken on and then failed."""

LONGEST_TEXT = 400
"""Of an answer that is no document of Azure's, so many characters are shown."""


class ArmRefusedError(AnsweredError):
    """The resource manager answered a call with an error."""

    def __init__(self, message: str, mend: str, status: int, code: str) -> None:
        super().__init__(message, mend)
        self.status = status
        """HTTP status; WORK_FAILED for work that was taken on and then failed."""
        self.code = code
        """Azure's name of the error, as `ResourceNotFound`."""


class ArmDeniedError(ArmRefusedError, DeniedError):
    """The identity hasn't the right to a call."""


def refusal(
    access: AzureAccess, what: str, status: int, error: dict[str, Any] | None, text: str
) -> ArmRefusedError:
    """The error for an answer.

    Args:
        access: who asked where.
        what: the call, for people.
        status: of the answer; WORK_FAILED for work that failed.
        error: what stands under `error` in the answer, if something does.
        text: the answer as it is, for want of that.
    """
    code = str((error or {}).get("code") or (f"HTTP {status}" if status else "Failed"))
    words = str((error or {}).get("message") or text[:LONGEST_TEXT].strip() or "no reason given")
    details = "; ".join(_details(error or {}))
    message = f"{what} in {access.place}: {code}: {words}{f' ({details})' if details else ''}"
    kind = ArmDeniedError if status == FORBIDDEN else ArmRefusedError
    return kind(message, _mend(access, status), status, code)


def _details(error: dict[str, Any]) -> list[str]:
    listed: object = error.get("details")
    if not isinstance(listed, list):
        return []
    items = [cast("dict[str, Any]", item) for item in cast("list[object]", listed) if isinstance(item, dict)]
    return [str(item["message"]) for item in items if item.get("message")]


def _mend(access: AzureAccess, status: int) -> str:
    if access.kind == "sandbox":
        return access.sandbox_mend
    if status == UNAUTHORIZED:
        return "sign in anew with `az login`, to the tenant of the subscription"
    if status == FORBIDDEN:
        return "have a role assigned that allows it, or sign in as somebody who has one (`az account show`)"
    if status == MISSING:
        return "provision the environment with `pulumi up`, or check the subscription (`az account show`)"
    if status == THROTTLED or status >= SERVICES_OWN:
        return "try again in a few minutes"
    return "mend what it says, and try again"
