"""The plan of a bootstrap on AWS as text."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_cli.bootstrap.plan import Plan
from modelyard_cli.bootstrap.step_text import step_lines


def plan_lines(plan: Plan) -> Iterator[str]:
    """The plan: what is right, and what would be created or changed, with reasons."""
    naming = plan.naming
    yield f"{plan.environment}: account {naming.place.account_id}, {', '.join(naming.regions)}"
    yield f"  asked as {plan.session.identity_arn}"
    yield from step_lines(plan.steps)


def next_lines(plan: Plan) -> Iterator[str]:
    """How to go on."""
    role = plan.deploy_role_arn
    yield f"then, as {role}:" if role else "then, with your own rights:"
    yield from (f"  {command}" for command in plan.next_commands)
