"""Names of a package that are imported when they are first used: who needs one doesn't wait for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def imported_when_used(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """A package's `__getattr__`, by the module that each of its names comes from.

    It raises AttributeError for any other name.
    """

    def attribute(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package} has no attribute {name}")
        from importlib import import_module

        return getattr(import_module(homes[name]), name)

    return attribute
