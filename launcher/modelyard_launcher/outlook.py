"""What holds for a job on an environment whatever the backend: its pool, its cost, what may go wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from modelyard.errors import InputError, Problem
from modelyard.validation import listed
from modelyard_launcher.clouds import AnyTarget, is_cluster, on_azure
from modelyard_launcher.costs import Cost, price_job
from modelyard_launcher.durations import SECONDS
from modelyard_launcher.job import reference_in
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.pools import PoolChoice, choose_pool
from modelyard_launcher.risks import Situation, job_risks
from modelyard_launcher.warnings import job_warnings


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a backend's plan begins with."""

    choice: PoolChoice
    cost: Cost
    warnings: Sequence[str]
    """What is allowed and yet unwise."""
    risks: Sequence[str]
    """What can fail, and what happens then."""


def look_ahead(loaded: LoadedJob, target: AnyTarget, *, now: datetime | None = None) -> Outlook:
    """The outlook of a job on a target, at a moment. Raises InputError if the job can't run there."""
    moment = now or datetime.now(UTC)
    choice = choose_pool(loaded, target, now=moment)
    problems = [*ungiven_secrets(loaded, target), *too_long(loaded, choice)]
    if problems:
        raise InputError(problems)
    cost = price_job(loaded, choice)
    situation = Situation(loaded.job, target, choice, cost, moment)
    return Outlook(choice, cost, job_warnings(loaded.job, cost, target.cloud), job_risks(situation))


def ungiven_secrets(loaded: LoadedJob, target: AnyTarget) -> Iterator[Problem]:
    """Secrets that the environment doesn't let its jobs be given. An older target says nothing of that.

    Jobs on Azure are given none.
    """
    if on_azure(target):
        yield from _secrets_on_azure(loaded)
        return
    from modelyard.planning.secrets import is_named

    if target.egress is None:
        return
    for name, reference in loaded.job.secrets.items():
        # In the recovery region a secret is read from its replica there.
        if is_named(reference_in(reference, target.region) if target.recovery else reference, target.secrets):
            continue
        yield loaded.problem(
            f"secrets.{name}",
            "a value that isn't shown",
            f"jobs of environment {target.environment} in {target.region} may not be given this secret",
            allowed=listed(target.secrets)
            if target.secrets
            else "no secret: the environment gives jobs none",
            mend="name it under jobs.secrets of the environment, and bring that up"
            + ("; or take one of these" if target.secrets else ""),
        )


def _secrets_on_azure(loaded: LoadedJob) -> Iterator[Problem]:
    for name in loaded.job.secrets:
        yield loaded.problem(
            f"secrets.{name}",
            "a value that isn't shown",
            "Azure Machine Learning hands a job no secrets by reference: jobs read them by their identity",
            allowed="no secrets on Azure",
            mend="remove it, and let the program read it from a key vault, in which the environment's job "
            "identity has the role Key Vault Secrets User",
        )


def too_long(loaded: LoadedJob, choice: PoolChoice) -> Iterator[Problem]:
    """A timeout that the service doesn't wait for: on Azure, a job has so many days at most."""
    seconds = loaded.job.timeout_seconds
    if seconds is None or not is_cluster(choice.pool):
        return
    from modelyard_launcher.azure.lots import most_days, nodes_text

    most = most_days(choice.pool)
    if seconds > most * SECONDS["d"]:
        yield loaded.problem(
            "timeout",
            loaded.job.timeout or "",
            f"Azure Machine Learning ends a job on {nodes_text(choice.pool)} after {most} days",
            allowed=f"{most}d at most on pool {choice.pool.name}",
            mend="write a shorter one: an attempt that is submitted anew goes on from its newest checkpoint",
        )
