"""Where environments are kept: one stack's file each, beside or below the project's Pulumi.yaml."""

from __future__ import annotations

import re
from pathlib import Path

from modelyard.errors import InputError, Problem
from modelyard.validation.values import given_text, listed, nearest
from modelyard.yaml_lines.reading import read_yaml, shown_path

CONFIG_KEY = "modelyard:environment"
"""Key of the environment in a stack's configuration."""

_STACK_FILE = re.compile(r"Pulumi\.([^/]+)\.ya?ml")


def find_environment_file(reference: str | Path, root: Path | None = None) -> Path:
    """The file of an environment, by its name or by a path.

    A name is looked for among the stacks of the project around `root` (unset: the working directory). Raises
    InputError for a name that no stack has; a path is taken as it is.
    """
    text = str(reference)
    if isinstance(reference, Path) or "/" in text or text.endswith((".yaml", ".yml")):
        return Path(reference)
    stacks = _stack_files(root)
    if text in stacks:
        return stacks[text]
    if Path(text).is_file():
        return Path(text)
    raise InputError([_unknown(text, root)])


def environment_names(root: Path | None = None) -> list[str]:
    """The names of the project's environments, sorted; empty outside of a project. Raises nothing."""
    return sorted(name for name, path in _stack_files(root).items() if _holds_environment(path))


def _unknown(name: str, root: Path | None) -> Problem:
    start = (root or Path.cwd()).absolute()
    if _project_file(root) is None:
        return Problem(
            field="",
            given=given_text(name),
            message=f"{start} lies in no project: there is no Pulumi.yaml in it or above it",
            allowed="the path of a YAML file; an environment's name within a project",
            mend="go to the project, or name a file",
        )
    known = environment_names(root)
    like = nearest(name, known)
    folder = shown_path(_stacks_folder(root) or start)
    return Problem(
        field="",
        given=given_text(name),
        message=f'there is no environment "{name}"',
        allowed=", ".join(known) or "none yet; or the path of a YAML file",
        mend=f"did you mean {listed(like)}?" if like else f"write {folder}/Pulumi.{name}.yaml",
    )


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


def _holds_environment(path: Path) -> bool:
    """Whether a stack has an environment: the stack of an account has none."""
    try:
        return CONFIG_KEY in path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
