"""A life for every type of azure-native that the sandbox has, one module for what belongs together.

A module has `LIVES`, by type without `azure-native:` (the inputs, a change that is made in place, the id that
it must get) and `furnish`, which makes what these need around them.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from arming import Maker

Life = tuple[dict[str, Any], dict[str, Any], str]


def furnishings() -> dict[str, Callable[[Maker], None]]:
    """What makes the surroundings of each type."""
    return {type_: module.furnish for module in _modules() for type_ in module.LIVES}


def lives() -> dict[str, Life]:
    """The life of each type."""
    return {type_: life for module in _modules() for type_, life in module.LIVES.items()}


def _modules() -> list[Any]:
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}") for name in names]
