"""Pulumi's protocol without the SDK that carries it, which would take as long to import as all the rest."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Generator
from importlib.util import find_spec
from types import ModuleType

PACKAGES = {"pulumi": "", "pulumi.runtime": "/runtime"}
"""The packages around `pulumi.runtime.proto`, and where below the SDK they are."""


@contextlib.contextmanager
def without_the_sdk() -> Generator[None]:
    """Within, `pulumi.runtime.proto` is imported alone: empty packages stand around it.

    Afterwards they are gone, so that whoever imports the SDK gets it, with the same messages.
    """
    spec = None if "pulumi" in sys.modules else find_spec("pulumi")
    if spec is None:
        yield
        return
    for name, below in PACKAGES.items():
        sys.modules[name] = ModuleType(name)
        sys.modules[name].__path__ = [place + below for place in spec.submodule_search_locations or ()]
    try:
        yield
    finally:
        for name in PACKAGES:
            del sys.modules[name]
