"""An environment whose machine images may not be named yet, and the file that it is from."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.environment.files import find_environment_file
from modelyard.environment.load import load_environment, stack_part
from modelyard.errors import InputError, Problem

if TYPE_CHECKING:
    from modelyard.environment.aws.spec import AwsEnvironment
    from modelyard.yaml_lines.document import YamlDocument


@dataclass(frozen=True, slots=True)
class Loaded:
    """An environment and the file that it is from."""

    environment: AwsEnvironment
    reference: str
    """How it was named: by its name or by its file."""
    path: Path
    document: YamlDocument
    """The environment's part of the file, as it is written."""

    def command(self, words: str) -> str:
        """A command of modelyard's for it, to copy."""
        return f"`modelyard {words} {shlex.quote(self.reference)}`"


def load_unpinned(reference: str) -> Loaded:
    """The environment of a name or a file, without asking for its machine images. Raises InputError."""
    environment = load_environment(reference, before_pinning=True)
    if environment.cloud != "aws":
        raise InputError([_nothing_to_pin(environment.name, environment.cloud)])
    return Loaded(environment, reference, find_environment_file(reference), stack_part(reference).document)


def _nothing_to_pin(name: str, cloud: str) -> Problem:
    return Problem(
        field="cloud",
        given=cloud,
        message=f'nodes of environment "{name}" run Azure Machine Learning\'s own images, which nobody pins',
        allowed="an environment with cloud: aws",
        mend="nothing is to be done: `modelyard pin-images` is for AWS",
    )
