"""A supervisor as a job of the environment itself: it goes on when the laptop is closed.

It is a job on one CPU node, under a role that may submit and end the environment's jobs, and nothing else. It
runs the same command as a laptop would. If its machine is lost, Batch starts it again, and it takes up what
it finds. Where its region is lost, it is lost too: a run that may move is supervised from elsewhere.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from modelyard.errors import SurroundingsError
from modelyard_launcher.backends import LaunchContext, open_backend
from modelyard_launcher.clouds import aws_target
from modelyard_launcher.job import Job
from modelyard_launcher.load import given_job
from modelyard_launcher.records import RunRecord
from modelyard_launcher.resolved import ResolvedTarget

if TYPE_CHECKING:
    from modelyard_launcher.plan import Plan

_LONGEST_NAME = 48


def supervisor_image() -> str:
    """The image of this version's supervisor, by its name in the environment's registry."""
    return f"supervisor:{re.sub(r'[^A-Za-z0-9_.-]', '-', version('modelyard'))}"


def plan_in_cloud(
    context: LaunchContext, resolved: ResolvedTarget, record: RunRecord, options: list[str], image: str | None
) -> Plan:
    """What supervising a run from within its environment would mean.

    Args:
        context: where records lie.
        resolved: the environment's target.
        record: the run that is supervised.
        options: of `job supervise`, as the command takes them.
        image: one with modelyard; None for this version's own.

    Raises SurroundingsError if the run is on somebody's machine, or the environment has no role for it,
    InputError if it can't run there.
    """
    if record.backend == "local":
        raise SurroundingsError(
            f"run {record.run_id} runs on {record.owner or 'a machine'}, and nothing in the environment sees "
            "what goes on there",
            "supervise it there, without --in-cloud",
        )
    mend = "supervise it from here, or from a machine that stays on"
    target = aws_target(resolved.target, "`modelyard job supervise --in-cloud`", mend)
    role = target.roles.supervisor_role_arn
    if role is None:
        raise SurroundingsError(
            f"environment {target.environment} has no role for a supervisor",
            "add a pool without accelerators to it and bring that up, or supervise from here",
        )
    words = ["modelyard", "job", "supervise", record.run_id, "--target", context.checkpoints_uri, *options]
    job = Job.model_validate(
        {
            "name": f"supervise-{record.run_id.rsplit('-', 3)[0]}"[:_LONGEST_NAME].rstrip("-"),
            "image": image or supervisor_image(),
            "run": shlex.join(words),
            "resources": {"cpus": 1, "memory": 2},
            "retry": {"attempts": 7, "exit_codes": [3]},
        }
    )
    roles = target.roles.model_copy(update={"job_role_arn": role})
    there = replace(resolved, target=target.model_copy(update={"roles": roles}))
    return open_backend(record.backend, context).plan(given_job(job), there)


def submit_in_cloud(context: LaunchContext, plan: Plan, on_event: Callable[[str], None]) -> RunRecord:
    """Submit the supervisor; its own record."""
    backend = open_backend(plan.backend, context)
    return backend.submit(plan, detach=True, on_line=lambda *_: None, on_event=on_event)
