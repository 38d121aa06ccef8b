"""The environment of the stack that is running."""

from pathlib import Path

import pulumi
from pulumi.runtime import get_root_directory

from modelyard.environment.files import CONFIG_KEY, find_environment_file
from modelyard.environment.load import parse_environment
from modelyard.environment.spec import AwsEnvironment
from modelyard.errors import InputError
from modelyard.yaml_lines import YamlDocument, read_yaml


def stack_environment() -> AwsEnvironment:
    """The environment in the stack's configuration, checked before anything is registered.

    Raises pulumi.RunError, which the engine shows as it is: every problem, at its line of the stack's file.
    """
    data = pulumi.Config("modelyard").require_object("environment")
    try:
        file = find_environment_file(pulumi.get_stack(), Path(get_root_directory()))
        written = read_yaml(file).under("config").under(CONFIG_KEY)
    except InputError:
        # The environment may come from elsewhere, as from the Automation API.
        return _parsed(data, None)
    return _parsed(data, written)


def _parsed(data: object, written: YamlDocument | None) -> AwsEnvironment:
    try:
        if written is None:
            return parse_environment(data)
        return parse_environment(data, file=written.file, locate=written.line_of, written=written.written)
    except InputError as error:
        raise pulumi.RunError(f"{error}") from error
