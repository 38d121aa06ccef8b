"""What goes wrong in a program's own lines, said as bad input: a program is input, as its YAML is."""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from modelyard.errors import InputError, ModelyardError, Problem
from modelyard.yaml_lines import shown_path

_OTHERS_FOLDERS = {"site-packages", "dist-packages"}

_ENGINE = "modelyard_preview.engine"
"""Stands between the program and the SDK: what the SDK raises comes through it."""

Explain = Callable[[BaseException, Problem], Problem]
"""Says more of an error than its own words, where more is known."""


@contextmanager
def program_faults(
    program: Path, *, folder: Path | None = None, explain: Explain | None = None
) -> Generator[None]:
    """Turn what the program at `program`, or a module beside or below it, raises into InputError at its line.

    What modelyard itself raises below that line is a fault of modelyard's and stays as it is. Modules
    anywhere in `folder` are the program's as well, if it is given.
    """
    folder = folder or program.resolve().parent
    try:
        yield
    except ModelyardError:
        raise
    except (Exception, SystemExit) as error:
        place = _place(error, folder)
        if place is None:
            raise
        problem = _problem(error, *place)
        raise InputError([explain(error, problem) if explain else problem]) from error


def _place(error: BaseException, folder: Path) -> tuple[Path, int] | None:
    """The innermost line of the program, unless modelyard was called from it and failed."""
    if isinstance(error, SyntaxError) and error.filename and _is_own(error.filename, folder):
        return Path(error.filename), error.lineno or 1
    place: tuple[Path, int] | None = None
    module = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        file, module = frame.f_code.co_filename, str(frame.f_globals.get("__name__", ""))
        if _is_own(file, folder):
            place = Path(file), line
        elif module.startswith("modelyard") and not module.startswith(_ENGINE):
            place = None
    return None if module.startswith(_ENGINE) else place


def _is_own(file: str, folder: Path) -> bool:
    path = Path(file)
    return path.is_relative_to(folder) and not _OTHERS_FOLDERS & set(path.parts)


def _problem(error: BaseException, file: Path, line: int) -> Problem:
    return Problem(
        field="",
        given=linecache.getline(str(file), line).strip() or "the program",
        message=_said(error),
        allowed="a program that runs to its end",
        mend=f"install it: python -m pip install {error.name}"
        if isinstance(error, ModuleNotFoundError)
        else "mend the program at this line",
        file=shown_path(file),
        line=line,
    )


def _said(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"the program leaves here, before its resources are complete (exit code {error.code or 0})"
    if isinstance(error, SyntaxError):
        return f"this isn't Python: {error.msg}"
    return f"the program raises {type(error).__name__}: {error}"
