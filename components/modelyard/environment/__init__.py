"""The specification of an environment: models, loader, rules, JSON Schema.

Names are imported when they are first used: completion asks for `environment_names`, which needs no models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelyard.environment.files import environment_names, find_environment_file
    from modelyard.environment.load import load_environment, parse_environment
    from modelyard.environment.spec import AwsEnvironment, Environment

__all__ = [
    "AwsEnvironment",
    "Environment",
    "environment_names",
    "find_environment_file",
    "load_environment",
    "parse_environment",
]

_HOMES = {
    "AwsEnvironment": "modelyard.environment.spec",
    "Environment": "modelyard.environment.spec",
    "environment_names": "modelyard.environment.files",
    "find_environment_file": "modelyard.environment.files",
    "load_environment": "modelyard.environment.load",
    "parse_environment": "modelyard.environment.load",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
