"""The target as Pulumi's state has it: `pulumi stack output launch_target`.

The last place to ask: it takes a second, and access to the state, which who submits jobs needs for nothing
else.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from modelyard_launcher.clouds import AnyTarget, parsed_target

OUTPUT = "launch_target"

_SECONDS = 60.0
"""How long Pulumi may take: a state in the cloud that can't be reached would be asked for minutes."""


@dataclass(frozen=True, slots=True)
class StackAnswer:
    """What Pulumi said."""

    target: AnyTarget | None
    note: str
    """Where the target comes from; or why there is none."""


def ask_pulumi(project: Path, stack: str) -> StackAnswer | None:
    """The target of a stack by its outputs; None where there is no `pulumi` to ask."""
    command = shutil.which("pulumi")
    if command is None or not (project / "Pulumi.yaml").is_file():
        return None
    question = f"`pulumi stack output {OUTPUT} --stack {stack}`"
    try:
        done = subprocess.run(
            [command, "stack", "output", OUTPUT, "--stack", stack, "--non-interactive"],
            cwd=project,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return StackAnswer(None, f"{question} didn't answer within {_SECONDS:g} seconds")
    except OSError as error:
        return StackAnswer(None, f"{question} can't be run: {error.strerror}")
    if done.returncode != 0:
        return StackAnswer(None, f"{question} says: {_last_line(done.stderr) or 'nothing'}")
    try:
        return StackAnswer(parsed_target(done.stdout), question)
    except ValidationError as error:
        return StackAnswer(None, f"{question} gives no modelyard.target/1: {error.errors()[0]['msg']}")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("error: ") if lines else ""
