"""The plan of a bootstrap on Azure as text."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_cli.bootstrap.azure.deployer import trusted_subjects
from modelyard_cli.bootstrap.azure.plan import Plan
from modelyard_cli.bootstrap.step_text import step_lines

REACH = {
    "nowhere": "nowhere: name addresses with --allow-address, or open it with --public-network, "
    "which runners on GitHub need, since theirs change",
    "anywhere": "anywhere: identities alone protect it",
}


def plan_lines(plan: Plan) -> Iterator[str]:
    """The plan: what is right, and what would be created or changed, with reasons."""
    session = plan.session
    yield f"{plan.environment}: subscription {session.subscription_id}, {session.region}"
    yield f"  asked as {session.asked_as}"
    yield f"  the state and its keys are reached from {REACH.get(plan.reached_from, plan.reached_from)}"
    if plan.workflows is not None:
        trusted = trusted_subjects(plan.workflows)
        yield f"  {plan.names.deploy_identity} trusts {', '.join(trusted) or 'nobody yet'}"
    yield from step_lines(plan.steps)


def next_lines(plan: Plan) -> Iterator[str]:
    """How to go on."""
    yield "then:"
    yield from (f"  {command}" for command in plan.next_commands)
    if plan.secrets_provider is None:
        yield "  (once the key is made: `pulumi stack init`, with the key's version)"
    else:
        yield f"which writes this into Pulumi.{plan.environment}.yaml:"
        yield f"  secretsprovider: {plan.secrets_provider}"
    if plan.variables:
        yield "variables of the workflow that runs `pulumi up`, after azure/login:"
        yield from (f"  {name}={value}" for name, value in plan.variables.items())
