"""Showing what a bootstrap would do, and doing it for whoever agrees; the same on either cloud."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import click

from modelyard_cli.bootstrap.parts import Step
from modelyard_cli.bootstrap.step_text import counts_line, done_line
from modelyard_cli.common import emit_json


class Plan(Protocol):
    """What a bootstrap would do."""

    @property
    def steps(self) -> Sequence[Step]:
        """All of it, what is right already included."""
        ...

    @property
    def to_do(self) -> Sequence[Step]:
        """What isn't right."""
        ...

    def as_json(self) -> dict[str, Any]:
        """The plan as a document."""
        ...


@dataclass(frozen=True, slots=True)
class Consent:
    """How far the command may go."""

    apply_it: bool
    yes: bool
    """It is agreed already."""
    as_json: bool

    def check(self) -> None:
        """Refuse to ask in the middle of a document, and to agree to nothing. Raises click.UsageError."""
        if self.yes and not self.apply_it:
            raise click.UsageError("--yes agrees to what --apply does: without that nothing is changed")
        if self.as_json and self.apply_it and not self.yes:
            raise click.UsageError("--apply asks before it begins: with --format json, say --yes as well")


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan, and what is said of it."""

    plan: Plan
    carry_out: Callable[[Callable[[Step], None]], None]
    """Does what is to be done, telling of each step."""
    where: str
    """What it would be done in, as "account 123456789012"."""
    command: str
    """What does it, without --apply."""
    plan_lines: Callable[[], Iterator[str]]
    next_lines: Callable[[], Iterator[str]]
    """How to go on; asked for at the end, when more is known."""

    def make(self, consent: Consent) -> int:
        """Show the plan, and carry it out as far as is agreed. The exit code: 1 if it is declined."""
        if consent.as_json:
            if consent.apply_it:
                self.carry_out(lambda _: None)
            emit_json(self.plan.as_json())
            return 0
        for line in (*self.plan_lines(), "", counts_line(self.plan.steps)):
            click.echo(line)
        if self.plan.to_do and consent.apply_it:
            if not consent.yes and not _agreed(f"do this in {self.where}?"):
                click.echo("nothing was changed")
                return 1
            self.carry_out(lambda step: click.echo(done_line(step)))
        elif self.plan.to_do:
            click.echo(f"nothing was changed: to do it, `{self.command} --apply`")
        for line in self.next_lines():
            click.echo(line)
        return 0


def _agreed(question: str) -> bool:
    try:
        return click.confirm(question)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        message = "--apply asks before it begins, and nobody can answer here: say --yes as well"
        raise click.UsageError(message) from None
