"""Where an environment's program is."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from modelyard.environment.files import find_environment_file
from modelyard.errors import InputError, Problem
from modelyard.yaml_lines import read_yaml, shown_path

PROJECT_FILE = "Pulumi.yaml"
PROGRAM_FILE = "__main__.py"


def find_program(reference: str | Path) -> Path:
    """The program of an environment's project: the one that its file lies in, else the one around the working
    directory, so that an environment may be a file of its own anywhere.

    Raises:
        InputError: neither is a project with a program, or a project file can't be read.
    """
    file = find_environment_file(reference)
    projects = [project_file(start) for start in (file.resolve().parent, Path.cwd())]
    programs = [_program_of(project) for project in projects if project is not None]
    for program in programs:
        if program.is_file():
            return program
    raise InputError(
        [
            Problem(
                field="",
                given=str(reference),
                message="there is no program to run for this environment",
                allowed=f"a project: a {PROJECT_FILE} whose `main` folder has a {PROGRAM_FILE}",
                mend=f"write {shown_path(programs[0])}"
                if programs
                else "go to the project's directory and try again",
                file=str(file),
            )
        ]
    )


def project_file(start: Path) -> Path | None:
    """The Pulumi.yaml of a directory, or the nearest above it."""
    candidates = (directory / PROJECT_FILE for directory in (start, *start.parents))
    return next((file for file in candidates if file.is_file()), None)


def project_around(program: Path) -> tuple[str, Path]:
    """Name and directory of a program's project; a program without one is its directory's."""
    folder = program.resolve().parent
    project = project_file(folder)
    return (project_name(project), project.parent) if project else (folder.name, folder)


def project_name(project: Path) -> str:
    """The name that a Pulumi.yaml gives. Raises InputError if it can't be read."""
    return str(_settings(project).get("name", project.parent.name))


def _program_of(project: Path) -> Path:
    return project.parent / str(_settings(project).get("main", ".")) / PROGRAM_FILE


def _settings(project: Path) -> dict[str, object]:
    data = read_yaml(project).data
    return cast("dict[str, object]", data) if isinstance(data, dict) else {}
