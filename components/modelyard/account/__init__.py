"""The specification of an account: what it has once, whatever environments are in it.

Names are imported when they are first used, as those of `modelyard.environment`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelyard.account.load import load_stack, parse_account
    from modelyard.account.spec import AwsAccount

__all__ = ["AwsAccount", "load_stack", "parse_account"]

_HOMES = {
    "AwsAccount": "modelyard.account.spec",
    "load_stack": "modelyard.account.load",
    "parse_account": "modelyard.account.load",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
