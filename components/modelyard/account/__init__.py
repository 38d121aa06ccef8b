"""The specification of an account: what it has once, whatever environments are in it.

Names are imported when they are first used, as those of `modelyard.environment`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.lazy import imported_when_used

if TYPE_CHECKING:
    from modelyard.account.load import load_stack, parse_account
    from modelyard.account.spec import AwsAccount

__all__ = ["AwsAccount", "load_stack", "parse_account"]

_HOMES = {
    "AwsAccount": "modelyard.account.spec",
    "load_stack": "modelyard.account.load",
    "parse_account": "modelyard.account.load",
}

__getattr__ = imported_when_used(__name__, _HOMES)
