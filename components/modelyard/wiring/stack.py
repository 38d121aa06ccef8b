"""The environment or the account of the stack that is running."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pulumi
from pulumi.runtime import get_root_directory

from modelyard.account.load import parse_account
from modelyard.environment.clouds import Environment
from modelyard.environment.files import ACCOUNT_KEY, CONFIG_KEY, find_environment_file
from modelyard.environment.load import SpecT, parse_environment
from modelyard.errors import InputError
from modelyard.yaml_lines import YamlDocument, read_yaml

if TYPE_CHECKING:
    from modelyard.account.spec import AwsAccount


def stack_environment() -> Environment:
    """The environment in the stack's configuration, checked before anything is registered.

    Raises pulumi.RunError, which the engine shows as it is: every problem, at its line of the stack's file.
    """
    return _parsed(parse_environment, pulumi.Config("modelyard").require_object("environment"), CONFIG_KEY)


def stack_account() -> AwsAccount | None:
    """The account in the stack's configuration, checked likewise; none in the stack of an environment."""
    data = pulumi.Config("modelyard").get_object("account")
    return None if data is None else _parsed(parse_account, data, ACCOUNT_KEY)


def _parsed(parse: Callable[..., SpecT], data: object, key: str) -> SpecT:
    written = _written(key)
    try:
        if written is None:
            return parse(data)
        return parse(data, file=written.file, locate=written.line_of, written=written.written)
    except InputError as error:
        raise pulumi.RunError(f"{error}") from error


def _written(key: str) -> YamlDocument | None:
    """What the stack's file says; none where the configuration comes from elsewhere, as from the Automation
    API.
    """
    try:
        file = find_environment_file(pulumi.get_stack(), Path(get_root_directory()))
        return read_yaml(file).under("config").under(key)
    except (InputError, KeyError):
        return None
