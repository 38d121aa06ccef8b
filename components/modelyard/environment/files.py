"""Where environments are kept: one stack's file each, beside or below the project's Pulumi.yaml."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.errors import InputError, Problem
from modelyard.validation.values import given_text, listed, nearest
from modelyard.yaml_lines.reading import read_yaml, shown_path

if TYPE_CHECKING:
    from modelyard.environment.clouds import Environment

CONFIG_KEY = "modelyard:environment"
"""Key of the environment in a stack's configuration."""

ACCOUNT_KEY = "modelyard:account"
"""Key of the account in the configuration of a stack that has one instead of an environment."""

_STACK_FILE = re.compile(r"Pulumi\.([^/]+)\.ya?ml")


def find_environment_file(reference: str | Path, root: Path | None = None) -> Path:
    """The file of an environment, by its name or by a path.

    A name is looked for among the stacks of the project around `root` (unset: the working directory). Raises
    InputError for a name that no stack has, and for a project file that keeps it from being found; a path is
    taken as it is, unless nothing is there and a stack is meant.
    """
    text = str(reference)
    if isinstance(reference, Path):
        return reference
    if "/" in text or text.endswith((".yaml", ".yml")):
        _no_stack_by_its_file(Path(text), root)
        return Path(text)
    stacks = _stack_files(root)
    if text in stacks:
        return stacks[text]
    if text and os.path.lexists(text):
        return Path(text)
    raise InputError([_unknown(text, root)])


def stack_config(environment: Environment) -> dict[str, str]:
    """The configuration of a stack that holds the environment.

    Only what was given is written: a default beside a field that takes its place would contradict it.
    """
    return {CONFIG_KEY: environment.model_dump_json(exclude_unset=True)}


def stack_of(path: Path) -> str | None:
    """The stack that a file belongs to by its name, Pulumi.<stack>.yaml; None for any other file."""
    match = _STACK_FILE.fullmatch(path.name)
    return match[1] if match else None


def environment_names(root: Path | None = None) -> list[str]:
    """The names of the project's environments, sorted; empty outside of a project. Raises nothing."""
    return sorted(name for name, path in _stack_files(root).items() if _holds(path, CONFIG_KEY))


def stack_names(root: Path | None = None) -> list[str]:
    """The names of the project's environments and accounts, sorted. Raises nothing."""
    stacks = _stack_files(root).items()
    return sorted(name for name, path in stacks if _holds(path, CONFIG_KEY) or _holds(path, ACCOUNT_KEY))


def _no_stack_by_its_file(path: Path, root: Path | None) -> None:
    """Refuse a path where nothing is, and whose file is a stack of the project: its name is meant."""
    if os.path.lexists(path):
        return
    meant = [name for name in stack_names(root) if path.name in _file_names(name)]
    if meant:
        raise InputError(
            [
                Problem(
                    field="ENV",
                    given=given_text(str(path)),
                    message="there is no such file",
                    allowed=f"{', '.join(stack_names(root))}, or the path of a YAML file",
                    mend=f"did you mean {meant[0]}?",
                )
            ]
        )


def _file_names(stack: str) -> set[str]:
    return {f"{prefix}{stack}.{suffix}" for prefix in ("Pulumi.", "") for suffix in ("yaml", "yml")}


def _unknown(name: str, root: Path | None) -> Problem:
    start = (root or Path.cwd()).absolute()
    project = _project_file(root)
    if project is None:
        return Problem(
            field="ENV",
            given=given_text(name),
            message=f"{start} lies in no project: there is no Pulumi.yaml in it or above it",
            allowed="the path of a YAML file; an environment's name within a project",
            mend="go to the project, or name a file",
        )
    read_yaml(project)  # what is wrong with it is the reason, if anything is
    known = stack_names(root)
    return Problem(
        field="ENV",
        given=given_text(name),
        message=f"there is no environment {given_text(name)}",
        allowed=", ".join(known) or "none yet; or the path of a YAML file",
        mend=_mend_unknown(name, known, shown_path(_stacks_folder(root) or start)),
    )


def _mend_unknown(name: str, known: list[str], folder: str) -> str:
    if like := nearest(name, known):
        return f"did you mean {listed(like)}?"
    if re.fullmatch(r"[a-z][a-z0-9-]{0,19}", name):
        return f"write {folder}/Pulumi.{name}.yaml"
    return f"name one of these, as {known[0]}" if known else f"write {folder}/Pulumi.dev.yaml"


def _stack_files(root: Path | None) -> dict[str, Path]:
    folder = _stacks_folder(root)
    if folder is None or not folder.is_dir():
        return {}
    found = ((_STACK_FILE.fullmatch(path.name), path) for path in sorted(folder.iterdir()))
    return {match[1]: path for match, path in found if match is not None}


def _stacks_folder(root: Path | None) -> Path | None:
    """The folder of the stacks' files: the project file's `stackConfigDir`, else its own folder."""
    project = _project_file(root)
    if project is None:
        return None
    try:
        data = read_yaml(project).data
    except InputError:
        # Pulumi itself will say what is wrong with it; here it only says where to look.
        return project.parent
    folder = data.get("stackConfigDir") if isinstance(data, dict) else None
    return project.parent / folder if isinstance(folder, str) else project.parent


def _project_file(root: Path | None) -> Path | None:
    start = (root or Path.cwd()).absolute()
    candidates = (folder / "Pulumi.yaml" for folder in (start, *start.parents))
    return next((path for path in candidates if path.is_file()), None)


def _holds(path: Path, key: str) -> bool:
    """Whether a stack has something under a key: the stack of an account has no environment."""
    try:
        return key in path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
