"""Versions that have to be alike on all nodes, and the interpreter that has the job's framework.

The image's Python is asked, as the job's program would find it, and imports nothing: distributions tell
their versions themselves.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

from modelyard_node.preflight.programs import ask, find_program

FRAMEWORKS = ("torch", "jax")
"""What takes part in all-reduces, the one that is taken first where there are both."""

DISTRIBUTIONS = (
    "torch",
    "jax",
    "jaxlib",
    "nvidia-nccl-cu11",
    "nvidia-nccl-cu12",
    "nvidia-nccl-cu13",
    "nvidia-cuda-runtime-cu12",
    "nvidia-cuda-runtime",
)
"""What is asked of the image's Python, as it is called where it is installed from."""

_ASK = f"""
import importlib.metadata, importlib.util, json, platform
found = {{}}
for name in {DISTRIBUTIONS!r}:
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
has = [name for name in {FRAMEWORKS!r} if importlib.util.find_spec(name)]
print(json.dumps({{"python": platform.python_version(), "has": has, "versions": found}}))
"""


class Interpreter(NamedTuple):
    """A Python of the image."""

    path: str
    frameworks: tuple[str, ...]
    """Those of FRAMEWORKS that it has."""
    versions: dict[str, str]


def find_interpreter(variables: Mapping[str, str], seconds: float) -> Interpreter | None:
    """The first Python that has a framework, as programs find them; the first at all if none has; None if
    none answers.
    """
    named = [find_program(name, variables) for name in ("python", "python3")]
    found: list[Interpreter] = []
    for path in dict.fromkeys([*filter(None, named), sys.executable]):
        answer = ask([path, "-c", _ASK], variables, seconds)
        told = _parsed(answer.out) if answer.exit_code == 0 else None
        if told is None:
            continue
        versions = {"python": str(told["python"]), **told["versions"]}
        found.append(Interpreter(path, tuple(told["has"]), versions))
        if told["has"]:
            return found[-1]
    return found[0] if found else None


def choose_framework(interpreter: Interpreter | None, distribution: str) -> str | None:
    """What the all-reduce is done with: the job's own framework, if it says which."""
    if interpreter is None:
        return None
    wanted = {"torchrun": "torch", "jax": "jax"}.get(distribution)
    if wanted in interpreter.frameworks:
        return wanted
    return interpreter.frameworks[0] if interpreter.frameworks else None


def versions_of(interpreter: Interpreter | None, **others: str | None) -> dict[str, str]:
    """What this node's versions are, by name; what isn't known is left out."""
    known = {"kernel": platform.release(), **(interpreter.versions if interpreter else {})}
    return {**known, **{name: value for name, value in others.items() if value}}


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return dict(json.loads(text.strip().splitlines()[-1]))
    except (ValueError, IndexError, TypeError):
        return None
