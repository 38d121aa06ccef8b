"""A project: its name, where its program and its stacks' files are, what it declares of its configuration.

As `pulumi` reads it (pulumi/pulumi 3.259.0, sdk/go/common/workspace/project.go).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, cast

from modelyard.errors import InputError, Problem
from modelyard.validation.values import given_text, nearest
from modelyard.yaml_lines import FieldPath, YamlDocument, field_text, read_yaml, shown_path
from modelyard_preview.projects.declared import Declared, declared_config
from modelyard_preview.projects.packages import package_directories, unused_environment

FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
PROGRAM_FILE = "__main__.py"

_A_PROJECT = "a directory with a Pulumi.yaml"


@dataclass(frozen=True, slots=True)
class Project:
    """What a Pulumi.yaml says."""

    name: str
    file: Path
    program: Path
    """File of the program."""
    stacks_directory: Path
    """Where the files of its stacks are."""
    config: tuple[Declared, ...]
    packages: tuple[Path, ...]
    """Directories of the packages in the project's own virtual environment."""
    unused_environment: Path | None = None
    """The project's own virtual environment, if it is of another version of Python."""

    @property
    def root(self) -> Path:
        """The project's directory."""
        return self.file.parent


def read_project(directory: Path) -> Project:
    """The project in a directory. Raises InputError, with file and field."""
    file = _project_file(directory)
    document = read_yaml(file)
    data = cast("dict[str, Any]", document.data)
    name = data.get("name")
    if not isinstance(name, str) or not name:
        like = nearest("name", data, most=1)
        mend = (
            f"did you mean name by {like[0]}?" if like and "name" not in data else "write it, as name: shop"
        )
        refuse(document, ("name",), given_text(name), "a project needs a name", "text", mend)
    options = _python_options(document, data.get("runtime"))
    root = file.parent
    return Project(
        name=name,
        file=file,
        program=_program(document, root, data.get("main")),
        stacks_directory=_stacks_directory(document, root, data),
        config=declared_config(document, name),
        packages=package_directories(root, options),
        unused_environment=unused_environment(root, options),
    )


def refuse(
    document: YamlDocument, path: FieldPath, given: str, message: str, allowed: str, mend: str
) -> NoReturn:
    """Raise the InputError of one field of a file."""
    problem = Problem(field_text(path), given, message, allowed, mend)
    raise InputError([problem.at(document.file, document.line_of(path))])


def _project_file(directory: Path) -> Path:
    if directory.is_file() and directory.name in FILES:
        return directory.resolve()
    if not directory.is_dir():
        message = "there is no such directory" if not directory.exists() else "this is no directory"
        raise _no_project(directory, message, "check the path")
    for name in FILES:
        if (directory / name).is_file():
            return (directory / name).resolve()
    above = next((each for each in directory.resolve().parents if (each / FILES[0]).is_file()), None)
    mend = f"name the project that it lies in: {shown_path(above)}" if above else "name a project's directory"
    raise _no_project(directory, "there is no Pulumi.yaml in this directory", mend)


def _no_project(directory: Path, message: str, mend: str) -> InputError:
    return InputError([Problem("--program", str(directory), message, _A_PROJECT, mend)])


def _python_options(document: YamlDocument, runtime: Any) -> dict[str, Any]:
    """The options of the runtime, which has to be Python."""
    named: Any = cast("dict[str, Any]", runtime) if isinstance(runtime, dict) else {"name": runtime}
    if named.get("name") == "python":
        options = named.get("options")
        return cast("dict[str, Any]", options) if isinstance(options, dict) else {}
    path = ("runtime", "name") if isinstance(runtime, dict) else ("runtime",)
    refuse(
        document,
        path,
        given_text(named.get("name")),
        "only programs in Python can be run here",
        "python",
        "run `pulumi preview --json` in the project, and give what it wrote to `--file`"
        if runtime
        else "write runtime: python",
    )


def _program(document: YamlDocument, root: Path, main: Any) -> Path:
    if main is not None and not isinstance(main, str):
        refuse(document, ("main",), given_text(main), "main has to be a path", "text", "write a path")
    place = root / (main or ".")
    program = place / PROGRAM_FILE if place.is_dir() else place
    if not program.is_file():
        refuse(
            document,
            ("main",),
            given_text(main),
            f"there is no program: {shown_path(program)} isn't there",
            f"a directory with a {PROGRAM_FILE}, or a file in Python",
            f"write {shown_path(program)}" if main is None else "check main",
        )
    return program.resolve()


def _stacks_directory(document: YamlDocument, root: Path, data: dict[str, Any]) -> Path:
    """`stackConfigDir`, which was once called config."""
    key = (
        "stackConfigDir" if "stackConfigDir" in data or not isinstance(data.get("config"), str) else "config"
    )
    folder = data.get(key, ".") if key in data else "."
    if not isinstance(folder, str):
        refuse(document, (key,), given_text(folder), f"{key} has to be a path", "text", "write a path")
    return root / folder
