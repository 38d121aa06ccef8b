"""The plan of a bootstrap, and its progress, as text."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_cli.bootstrap.parts import MISSING, Step
from modelyard_cli.bootstrap.plan import Plan

SIGNS = {"right": "ok", "create": "create", "change": "change"}


def plan_lines(plan: Plan) -> Iterator[str]:
    """The plan: what is right, and what would be created or changed, with reasons."""
    naming = plan.naming
    yield f"{plan.environment}: account {naming.place.account_id}, {', '.join(naming.regions)}"
    yield f"  asked as {plan.session.identity_arn}"
    for step in plan.steps:
        yield f"{SIGNS[step.state]:>8}  {_subject(step)}"
        if step.state != "right":
            yield f"          {step.part.why}"
            yield from _differences(step)


def outcome_line(plan: Plan) -> str:
    """How many are to be done."""
    if not plan.to_do:
        return "nothing is to be done"
    counts = {state: sum(step.state == state for step in plan.steps) for state in ("create", "change")}
    right = len(plan.steps) - len(plan.to_do)
    return f"{counts['create']} to create, {counts['change']} to change, {right} right"


def next_lines(plan: Plan) -> Iterator[str]:
    """How to go on."""
    role = plan.deploy_role_arn
    yield f"then, as {role}:" if role else "then, with your own rights:"
    yield from (f"  {command}" for command in plan.next_commands)


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
