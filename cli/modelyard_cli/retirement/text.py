"""The plan of a retirement on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.text import Text

from modelyard_preview.retirement import Retirement, Step


def retirement(plan: Retirement) -> Iterator[Text]:
    """The steps in order, what is held until when, and what remains."""
    yield Text.assemble((plan.environment, "bold"), ": how to leave it. Nothing is done by this command")
    if not plan.asked:
        yield Text(
            f"  the {plan.place} was not asked: everything counts as full, and dates are the latest that "
            "they can be if it is retired today",
            style="yellow",
        )
    for number, step in enumerate(plan.steps, 1):
        yield Text("")
        yield _title(number, step)
        yield Text(f"   {step.why}", style="dim")
        for command in step.commands:
            yield Text(f"   $ {command}")
    yield Text("")
    yield Text("held", style="bold")
    for hold in plan.holds:
        yield Text(f"  {hold.subject}: {hold.reason}; until {_moment(hold.until)}")
    if not plan.holds:
        yield Text("  nothing")
    yield Text("")
    yield Text("what remains after the last step", style="bold")
    for left in plan.remains:
        yield Text(f"  {left.subject}: {left.reason}; until {_ended_by(left.until)}")


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _ended_by(until: str) -> str:
    """A moment as people write it; what else ends something as it is."""
    try:
        return _moment(datetime.fromisoformat(until))
    except ValueError:
        return until


def _title(number: int, step: Step) -> Text:
    when = f" (not before {_moment(step.not_before)})" if step.not_before else ""
    return Text.assemble((f"{number}. {step.title}", "bold"), (when, "yellow"))
