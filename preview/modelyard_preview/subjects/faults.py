"""What goes wrong in somebody else's program, said so that whoever reads it can mend it."""

from __future__ import annotations

import contextlib
import re
import traceback
from collections.abc import Generator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi

from modelyard.errors import InputError, ModelyardError, Problem
from modelyard.yaml_lines import shown_path
from modelyard_preview.engine import ProgramError
from modelyard_preview.engine.closed import is_credential
from modelyard_preview.engine.monitor import RAISED_HERE
from modelyard_preview.engine.values import PLACEHOLDER
from modelyard_preview.program_faults import program_faults
from modelyard_preview.projects import Project, Stack, StackSettings
from modelyard_preview.projects.packages import VERSION

_PLUGINS = {"pulumi_awsx", "pulumi_eks"}
"""Packages of components that don't run where their program does: installing them wouldn't help."""
_LONGEST = 400
"""Characters of an error's own words that are shown."""


@contextlib.contextmanager
def foreign_program_faults(
    project: Project, stack: Stack, settings: StackSettings, stacks: Mapping[str, Mapping[str, Any]]
) -> Generator[None]:
    """Turn whatever the program raises into InputError; a fault of modelyard's own stays as it is.

    `stacks` are the outputs of other stacks that are given.
    """

    def explain(error: BaseException, problem: Problem) -> Problem:
        if isinstance(error, KeyError) and error.args and _lacks_output(error, problem, stacks):
            return _missing_output(str(error.args[0]), problem)
        return _explained(error, problem, project, stack, settings)

    try:
        with program_faults(project.program, folder=project.root, explain=explain):
            yield
    except ProgramError as error:
        raise InputError([_placed(problem, project.root) for problem in error.problems]) from error
    except ModelyardError:
        raise
    except (Exception, SystemExit) as error:
        if _is_ours(error):
            raise
        problem = Problem(
            field="",
            given="the program",
            message=f"the program raises {type(error).__name__}: {error}",
            allowed="a program that runs to its end",
            mend="see what the message names; `pulumi preview` shows where it comes from",
            file=shown_path(project.file),
        )
        raise InputError([explain(error, problem)]) from error


def _placed(problem: Problem, root: Path) -> Problem:
    """A problem whose file is named from the working directory on, as all others are."""
    if problem.file is None or Path(problem.file).is_absolute():
        return problem
    return replace(problem, file=shown_path(root / problem.file))


def _is_ours(error: BaseException) -> bool:
    """Whether an error comes out of modelyard's own code: by its innermost line, which the SDK may have lost
    where the monitor raised it, and by the monitor's note.
    """
    if any(note.startswith(RAISED_HERE) for note in getattr(error, "__notes__", ())):
        return True
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return bool(frames) and str(frames[-1].f_globals.get("__name__", "")).startswith("modelyard")


def _explained(
    error: BaseException, problem: Problem, project: Project, stack: Stack, settings: StackSettings
) -> Problem:
    if isinstance(error, pulumi.ConfigMissingError):
        return _missing_config(error.key, problem, stack, settings)
    if isinstance(error, ModuleNotFoundError) and error.name:
        return _missing_module(error.name.partition(".")[0], problem, project)
    if isinstance(error, KeyError) and error.args and is_credential(str(error.args[0])):
        name = error.args[0]
        return replace(
            problem,
            field=name,
            message=f"the program reads the variable {name} of the environment; a preview runs without what "
            "may be a credential",
            allowed="variables that are no credentials, the configuration",
            mend=f"take it from the configuration, or use os.environ.get({name!r})",
        )
    if _asks_for_credentials(error):
        return replace(
            problem,
            message=f"{problem.message}; a preview runs without credentials",
            mend="pass what it asks for in by configuration, or leave the call out in a preview",
        )
    words = " ".join(problem.message.replace(PLACEHOLDER, "(unknown)").split())
    return replace(problem, message=words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…")


def _asks_for_credentials(error: BaseException) -> bool:
    """Whether a cloud's library found no credentials, as they name such errors."""
    return re.search(r"credential|authentication", type(error).__name__, re.IGNORECASE) is not None


def _missing_config(key: str, problem: Problem, stack: Stack, settings: StackSettings) -> Problem:
    message = f"the program needs the configuration value {key}, which the stack {stack.name} doesn't have"
    if settings.imports:
        message += "; values from Pulumi ESC aren't known here"
    return replace(
        problem,
        field=key,
        message=message,
        allowed="a value of the stack, or a default of the project",
        mend=f"write {key}: with a value under config: in {settings.shown_file}",
    )


def _missing_module(name: str, problem: Problem, project: Project) -> Problem:
    if name in _PLUGINS:
        return replace(
            problem,
            field=name,
            message=(
                f"the program imports {name}, whose components run as plugins of Pulumi's, which don't run "
                "here"
            ),
            allowed="resources, components that the program or its packages have in Python",
            mend="run `pulumi preview --json --show-sames`, and give what it wrote to `--file`",
        )
    asked = _in_requirements(name, project)
    package = f"-r {shown_path(asked)}" if asked else name.replace("_", "-")
    message = f"the program imports {name}, which isn't installed beside modelyard"
    mend = f"install it: python -m pip install {package}"
    if project.unused_environment:
        own = shown_path(project.unused_environment)
        message += f"; the project's own environment {own} isn't of Python {VERSION}, which modelyard runs on"
        mend += f"; or make {own} with Python {VERSION}"
    return replace(
        problem,
        field=name,
        message=message,
        allowed="modules of the program, and installed packages",
        mend=mend,
    )


def _lacks_output(error: KeyError, problem: Problem, stacks: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether an output of another stack was looked up in vain: by where that is done. The SDK may have lost
    that; then no line of the program is known, and the answers do without such an output.
    """
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    if frames and frames[-1].f_globals.get("__name__") == pulumi.StackReference.__module__:
        return True
    lack = [name for name, outputs in stacks.items() if error.args[0] not in outputs]
    return problem.line is None and bool(lack)


def _missing_output(name: str, problem: Problem) -> Problem:
    return replace(
        problem,
        field=name,
        message=f"the program requires the output {name} of another stack, which the answers don't have",
        allowed="outputs that the answers give; all of a stack without answers are unknown",
        mend=f"write {name}: with a value under its stack in the file that --answers names",
    )


def _in_requirements(name: str, project: Project) -> Path | None:
    """The project's requirements, if the module's package is among them."""
    wanted = re.sub(r"[-_.]+", "-", name).lower()
    for file in (project.program.parent / "requirements.txt", project.root / "requirements.txt"):
        with contextlib.suppress(OSError, UnicodeDecodeError):
            for line in file.read_text(encoding="utf-8").splitlines():
                package = re.split(r"[<>=!~\[;@ ]", line.strip(), maxsplit=1)[0]
                if re.sub(r"[-_.]+", "-", package).lower() == wanted:
                    return file
    return None
