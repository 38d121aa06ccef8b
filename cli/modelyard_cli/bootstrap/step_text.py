"""The steps of a bootstrap, and their progress, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modelyard_cli.bootstrap.parts import MISSING, Step

SIGNS = {"right": "ok", "create": "create", "change": "change"}


def step_lines(steps: Sequence[Step]) -> Iterator[str]:
    """What is right, and what would be created or changed, with reasons."""
    for step in steps:
        yield f"{SIGNS[step.state]:>8}  {_subject(step)}"
        if step.state != "right":
            yield f"          {step.part.why}"
            yield from _differences(step)


def counts_line(steps: Sequence[Step]) -> str:
    """How many are to be done."""
    counts = {state: sum(step.state == state for step in steps) for state in SIGNS}
    if counts["right"] == len(steps):
        return "nothing is to be done"
    return f"{counts['create']} to create, {counts['change']} to change, {counts['right']} right"


def done_line(step: Step) -> str:
    """One step that has been done."""
    return f"{'created' if step.state == 'create' else 'changed':>8}  {_subject(step)}"


def _subject(step: Step) -> str:
    return f"{step.part.subject} ({step.part.region})"


def _differences(step: Step) -> Iterator[str]:
    for difference in step.differences:
        if difference.now == MISSING:
            yield f"          {difference.wanted}"
        else:
            yield f"          {difference.what}: {difference.now} -> {difference.wanted}"
