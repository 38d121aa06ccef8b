"""The environment of the stack that is running."""

from pathlib import Path

import pulumi
from pulumi.runtime import get_root_directory

from modelyard.environment.load import parse_environment
from modelyard.environment.spec import AwsEnvironment
from modelyard.yaml_lines import read_yaml

CONFIG_KEY = "modelyard:environment"


def stack_environment() -> AwsEnvironment:
    """The environment in the stack's configuration, checked before anything is registered.

    Raises InputError, which points at the line of the stack's file where there is one.
    """
    data = pulumi.Config("modelyard").require_object("environment")
    path = Path(get_root_directory() or ".") / "stacks" / f"Pulumi.{pulumi.get_stack()}.yaml"
    if not path.is_file():
        return parse_environment(data)
    lines = read_yaml(path)
    return parse_environment(
        data, file=str(path), locate=lambda field: lines.line_of(("config", CONFIG_KEY, *field))
    )
