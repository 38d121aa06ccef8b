"""The packages of a project's own virtual environment.

A program runs in modelyard's interpreter, with modelyard's Pulumi. What it needs besides may be in the
environment that `pulumi install` made for it: that is searched after modelyard's own packages.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_USUAL = (".venv", "venv")


def package_directories(root: Path, options: Mapping[str, Any]) -> tuple[Path, ...]:
    """Where the project's packages are: in the environment that the runtime's options name, or in one of the
    usual places. None of another version of Python, nor of the running one itself.
    """
    named = options.get("virtualenv")
    candidates = [root / named] if isinstance(named, str) and named else [root / each for each in _USUAL]
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for environment in candidates:
        if environment.resolve() == Path(sys.prefix).resolve():
            continue
        for packages in (environment / "lib" / version, environment / "Lib"):
            if (packages / "site-packages").is_dir():
                return (packages / "site-packages",)
    return ()
