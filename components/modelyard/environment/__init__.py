"""The specification of an environment: models, loader, rules, JSON Schema.

Names are imported when they are first used: completion asks for `environment_names`, which needs no models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.lazy import imported_when_used

if TYPE_CHECKING:
    from modelyard.environment.aws.spec import AwsEnvironment
    from modelyard.environment.azure.spec import AzureEnvironment
    from modelyard.environment.clouds import Environment
    from modelyard.environment.files import environment_names, find_environment_file
    from modelyard.environment.load import load_environment, parse_environment

__all__ = [
    "AwsEnvironment",
    "AzureEnvironment",
    "Environment",
    "environment_names",
    "find_environment_file",
    "load_environment",
    "parse_environment",
]

_HOMES = {
    "AwsEnvironment": "modelyard.environment.aws.spec",
    "AzureEnvironment": "modelyard.environment.azure.spec",
    "Environment": "modelyard.environment.clouds",
    "environment_names": "modelyard.environment.files",
    "find_environment_file": "modelyard.environment.files",
    "load_environment": "modelyard.environment.load",
    "parse_environment": "modelyard.environment.load",
}

__getattr__ = imported_when_used(__name__, _HOMES)
