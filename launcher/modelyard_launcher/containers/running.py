"""Runs a command of a container engine: its lines are passed on, and its last ones kept."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from modelyard_launcher.follow import line_as_seen

KEPT_LINES = 20
"""Lines that are kept of what a command writes."""

_END_SECONDS = 10.0
"""What an engine gets to end in order, once it is interrupted."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command of an engine."""

    words: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """Variables that it finds beside the user's own. Never a credential."""

    def shown(self) -> str:
        """As it can be typed."""
        variables = [f"{name}={shlex.quote(value)}" for name, value in self.environment.items()]
        return " ".join([*variables, shlex.join(self.words)])

    def as_dict(self) -> dict[str, object]:
        """The JSON form."""
        return {"command": list(self.words), "environment": dict(self.environment)}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    exit_code: int
    tail: Sequence[str]
    """Its last lines."""

    @property
    def last_word(self) -> str:
        """Its last line that says something."""
        return next((line.strip() for line in reversed(self.tail) if line.strip()), "it said nothing")


def run_shown(
    command: Command, on_line: Callable[[str], None], more: Mapping[str, str] | None = None
) -> Ended:
    """Run a command to its end, passing on each line that it writes.

    Args:
        command: the command.
        on_line: takes its lines, standard error among them.
        more: variables that are never shown: where its own login lies.

    Whatever ends the wait (Ctrl-C, too), the command has ended when this returns or raises.
    """
    tail: deque[str] = deque(maxlen=KEPT_LINES)
    process = subprocess.Popen(
        list(command.words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **command.environment, **(more or {})},
    )
    try:
        assert process.stdout is not None  # noqa: S101 (opened as a pipe above)
        for raw in process.stdout:
            line = line_as_seen(raw.rstrip(b"\r\n"))
            tail.append(line)
            on_line(line)
        process.stdout.close()
        return Ended(process.wait(), list(tail))
    finally:
        end(process)


def answer_of(
    words: Sequence[str], more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a short command that answers, and return what it said."""
    return subprocess.run(
        list(words),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env={**os.environ, **(more or {})},
        check=False,
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process, if it hasn't: in order, then at once."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
