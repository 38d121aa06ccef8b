"""How the demo is told: each stage with what it did and how long it took."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

import click


@dataclass
class Stage:
    """One stage, done or under way."""

    name: str
    seconds: float = 0.0
    said: list[str] = field(default_factory=list[str])

    def as_dict(self) -> dict[str, object]:
        """The JSON form: name, seconds, said."""
        return {**asdict(self), "seconds": round(self.seconds, 3)}


@dataclass
class Story:
    """The stages so far. `aside` sends the telling to standard error, where JSON has standard output."""

    aside: bool = False
    stages: list[Stage] = field(default_factory=list[Stage])

    @contextmanager
    def stage(self, name: str) -> Generator[Stage]:
        """Tell a stage: its name when it begins, its time when it has ended, however it did."""
        stage = Stage(name)
        self.stages.append(stage)
        click.secho(f"{len(self.stages)}. {name}", bold=True, err=self.aside)
        started = time.perf_counter()
        try:
            yield stage
        finally:
            stage.seconds = time.perf_counter() - started
            click.secho(f"   {stage.seconds:.1f} s", dim=True, err=self.aside)

    def say(self, line: str) -> None:
        """Tell something of the stage that is under way."""
        self.stages[-1].said.append(line)
        click.echo(f"   {line}", err=self.aside)

    def line(self, line: str) -> None:
        """Pass on a line of the training program: told, and not kept."""
        click.echo(f"   | {line}", err=self.aside)
