"""Programs of the image that are asked something, and may never answer: a broken device can hang them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_KILLED_SECONDS = 1.0
"""How long the end of a killed program is waited for: one that waits for a device can't be ended."""


class Answer(NamedTuple):
    """What a program answered."""

    exit_code: int | None
    """None if it didn't answer in time, or couldn't be started."""
    out: str
    err: str
    """What it wrote on standard error; without an exit code, why there is none."""


def find_program(name: str, variables: Mapping[str, str], also: Sequence[Path] = ()) -> str | None:
    """A program on the path that these variables name, or in one of the other directories."""
    places = [variables.get("PATH") or "", *(str(directory) for directory in also)]
    return next((found for place in places if place and (found := shutil.which(name, path=place))), None)


def ask(command: Sequence[str], variables: Mapping[str, str], seconds: float) -> Answer:
    """What a program answers. It is killed if it takes longer, and left behind if that doesn't end it."""
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(variables),
            start_new_session=True,
        )
    except OSError as error:
        return Answer(None, "", f"it can't be started: {error.strerror}")
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=_KILLED_SECONDS)
        return Answer(None, "", f"it didn't answer within {seconds:g} seconds")
    return Answer(process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))
