"""An environment whose machine images may not be named yet, and the file that it is from."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.environment.files import find_environment_file
from modelyard.environment.load import load_environment, stack_part

if TYPE_CHECKING:
    from modelyard.environment.spec import AwsEnvironment
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
    return Loaded(environment, reference, find_environment_file(reference), stack_part(reference).document)
