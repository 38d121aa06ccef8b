"""The packages of a project's own virtual environment.

A program runs in modelyard's interpreter, with modelyard's Pulumi. What it needs besides may be in the
environment that `pulumi install` made for it: that is searched after modelyard's own packages.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
"""The version of Python that runs, as directories of packages have it."""

_USUAL = (".venv", "venv")


def package_directories(root: Path, options: Mapping[str, Any]) -> tuple[Path, ...]:
    """Where the project's packages are: in the environment that the runtime's options name, or in one of the
    usual places. None of another version of Python, nor of the running one itself.
    """
    for environment in _environments(root, options):
        if environment.resolve() == Path(sys.prefix).resolve():
            continue
        for packages in (environment / "lib" / f"python{VERSION}", environment / "Lib"):
            if (packages / "site-packages").is_dir():
                return (packages / "site-packages",)
    return ()


def unused_environment(root: Path, options: Mapping[str, Any]) -> Path | None:
    """The project's environment whose packages can't be used here, where there is no other."""
    if package_directories(root, options):
        return None
    made = (each for each in _environments(root, options) if (each / "pyvenv.cfg").is_file())
    return next((each for each in made if each.resolve() != Path(sys.prefix).resolve()), None)


def _environments(root: Path, options: Mapping[str, Any]) -> list[Path]:
    named = options.get("virtualenv")
    return [root / named] if isinstance(named, str) and named else [root / each for each in _USUAL]
