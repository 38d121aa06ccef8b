"""Inspector: an account turns scans on and off for itself, and for members that it has (here none).

Source: Inspector API reference (v2), Enable, Disable, AccessDeniedException; 2026-11.
"""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import ServiceException
from moto.inspector2.responses import Inspector2Response

from modelyard_sandbox.moto_extensions.operations import before


class AccessDeniedError(ServiceException):
    """An account that is none of the caller's."""

    code = "AccessDeniedException"


def install() -> None:
    """Put the check before moto's operations."""
    for operation in ("enable", "disable"):
        before(Inspector2Response, operation, _check_accounts)


def _check_accounts(self: Any) -> None:
    for account_id in self._get_param("accountIds") or []:
        if account_id != self.current_account:
            raise AccessDeniedError(
                f"Account {self.current_account} is not the administrator of account {account_id}."
            )
