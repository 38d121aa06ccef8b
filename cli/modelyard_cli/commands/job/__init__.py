"""`modelyard job`: training jobs, from the plan to the end."""

from __future__ import annotations

import click

from modelyard_cli.common import example
from modelyard_cli.lazy import LazyGroup

COMMANDS: dict[str, str] = {
    "plan": "What submitting a job would mean, before it is",
    "build": "Build a job's image and push it to the environment's registry",
    "preflight": "Check a job's nodes and the network between them",
    "submit": "Submit a job and follow it, or leave it to itself",
    "list": "The runs of an environment, the newest first",
    "status": "How a run stands, what it cost, why it waits or ended",
    "logs": "What the ranks of a run wrote",
    "wait": "Wait until runs have ended",
    "cancel": "End runs",
    "supervise": "See a run through failures of machines and regions",
}
"""Every command with its line in the help."""


@click.group(
    "job",
    cls=LazyGroup,
    lines=COMMANDS,
    package="modelyard_cli.commands.job",
    epilog=example("modelyard job submit workloads/cnn/job.yaml --env dev"),
    short_help="Training jobs: plan, build, submit, watch, supervise, cancel",
)
def command() -> None:
    """Training jobs: plan, build, submit, watch, supervise, cancel."""
