"""The options that say how a subject is judged, and how the answer is written."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any, Final

import click

from modelyard_cli.common import AnyFunction, format_option

FORMATS: Final = ("text", "json", "sarif", "junit", "markdown", "summary")


@dataclass(frozen=True, slots=True)
class Judging:
    """What the options say."""

    rules: tuple[str, ...]
    """Rules to ask, by id or code; all of them if none is named."""
    base: str | None
    fail_on: str
    """`all` findings or only `new` ones."""
    fail_on_unknown: bool
    suppressions: str | None
    config: str | None
    policy_from: str | None
    today: date
    outputs: tuple[tuple[str, str], ...]
    """Formats and files beside standard output."""
    output_format: str

    @property
    def formats(self) -> set[str]:
        """All formats that are asked for."""
        return {self.output_format, *(name for name, _ in self.outputs)}


def judging_options(function: AnyFunction) -> AnyFunction:
    """The options, given to the command as `judging`."""
    names = [each.name for each in fields(Judging)]

    @wraps(function)
    def packed(*arguments: Any, **given: Any) -> Any:
        judging = Judging(**{name: given.pop(name) for name in names})
        if judging.fail_on == "new" and judging.base is None:
            raise click.UsageError("--fail-on new needs a base to be new against: give --base FILE")
        return function(*arguments, judging=judging, **given)

    made: Any = packed
    for option in reversed(_OPTIONS):
        made = option(made)
    return made


def _outputs(
    ctx: click.Context, param: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """`FORMAT=FILE` taken apart."""
    del ctx, param
    found: list[tuple[str, str]] = []
    taken: set[str] = set()
    for text in given:
        name, equals, file = text.partition("=")
        if name not in FORMATS or not equals or not file:
            raise click.BadParameter(f"{text!r} isn't FORMAT=FILE with a format of {', '.join(FORMATS)}")
        if os.path.realpath(file) in taken:
            raise click.BadParameter(f"two reports can't go into one file: {file}")
        taken.add(os.path.realpath(file))
        found.append((name, file))
    return tuple(found)


def _day(ctx: click.Context, param: click.Parameter, given: datetime | None) -> date:
    """The day that is given, or today by universal time."""
    del ctx, param
    return (given or datetime.now(UTC)).date()


_FILE: Final = click.Path()

_OPTIONS: Final[list[Callable[..., Any]]] = [
    click.option(
        "--rule",
        "rules",
        metavar="RULE",
        multiple=True,
        help="Ask this rule only, by id or code; may be given several times.",
    ),
    click.option(
        "--base",
        metavar="FILE",
        type=_FILE,
        help="Tell new, fixed and old findings apart by FILE: what `check --format json`, `preview --format "
        "json`, `pulumi preview --json` or `pulumi stack export` wrote of the base, or the YAML of an "
        "environment.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice(("all", "new")),
        default="all",
        show_default=True,
        help="Which findings make the answer no: all, or those that --base doesn't have.",
    ),
    click.option(
        "--fail-on-unknown", is_flag=True, help="What can't be judged before the deployment fails as well."
    ),
    click.option(
        "--suppressions",
        metavar="FILE",
        type=_FILE,
        help="Findings that somebody answers for; without it modelyard.suppressions.yaml of the project.",
    ),
    click.option(
        "--config",
        metavar="FILE",
        type=_FILE,
        help="Level and options of rules; without it modelyard.policies.yaml of the project.",
    ),
    click.option(
        "--policy-from",
        metavar="DIR",
        type=_FILE,
        help="Take suppressions and configuration from DIR, where the base branch is checked out; what the "
        "project's own files would change is shown as pending.",
    ),
    click.option(
        "--today",
        metavar="DAY",
        type=click.DateTime(("%Y-%m-%d",)),
        callback=_day,
        help="Judge suppressions as on that day, as 2026-12-31; without it as today.",
    ),
    click.option(
        "--output",
        "outputs",
        metavar="FORMAT=FILE",
        multiple=True,
        callback=_outputs,
        help="Write a report to a file as well, as sarif=report.sarif; may be given several times.",
    ),
    format_option(*FORMATS),
]
