"""The stacks of a project, by their files, and the one that is meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from modelyard.errors import InputError, Problem
from modelyard.validation.values import given_text, listed, nearest
from modelyard.yaml_lines import shown_path
from modelyard_preview.projects.project import FILES, Project

DEFAULT_STACK = "dev"
DEFAULT_ORGANIZATION = "organization"
"""What a program is told where no organization is named, as by Pulumi without its cloud."""

_STACK_FILE = re.compile(r"Pulumi\.(.+)\.(?:yaml|yml|json)")
_NAME = re.compile(r"(?:([^/]+)/)?(?:[^/]+/)?([A-Za-z0-9_.-]{1,100})")


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack."""

    name: str
    organization: str
    file: Path | None
    """None for a stack without configuration of its own."""


def choose_stack(project: Project, wanted: str | None) -> Stack:
    """The stack that is asked for, as `dev` or `acme/dev`; without a name the only one. Raises InputError."""
    files = _stack_files(project)
    if wanted is None:
        if len(files) > 1:
            message = "the project has several stacks, and none is named"
            raise _refused("nothing", message, listed(files), f"name one, as --stack {next(iter(files))}")
        name, file = next(iter(files.items()), (DEFAULT_STACK, None))
        return Stack(name, DEFAULT_ORGANIZATION, file)
    match = _NAME.fullmatch(wanted)
    if match is None:
        allowed = "letters, digits, dots, dashes and underscores, as dev or acme/dev"
        raise _refused(given_text(wanted), "this can't be the name of a stack", allowed, "check the name")
    organization, name = match[1], match[2]
    if name not in files and files:
        like = nearest(name, files)
        where = shown_path(project.stacks_directory / f"Pulumi.{name}.yaml")
        mend = f"did you mean {listed(like)}?" if like else f"name one of these, or write {where}"
        raise _refused(given_text(wanted), "the project has no file of this stack", listed(files), mend)
    return Stack(name, organization or DEFAULT_ORGANIZATION, files.get(name))


def _stack_files(project: Project) -> dict[str, Path]:
    """The files of the stacks by name, sorted."""
    folder = project.stacks_directory
    if not folder.is_dir():
        return {}
    found = ((_STACK_FILE.fullmatch(path.name), path) for path in sorted(folder.iterdir()))
    return {match[1]: path for match, path in found if match and path.name not in FILES}


def _refused(given: str, message: str, allowed: str, mend: str) -> InputError:
    return InputError([Problem("--stack", given, message, allowed, mend)])
