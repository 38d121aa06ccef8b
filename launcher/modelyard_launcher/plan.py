"""The plan of a job: everything that submitting it would mean, before it is (`modelyard.plan/1`)."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from modelyard.errors import InputError
from modelyard.outputs import LaunchTarget
from modelyard_launcher.job import Job, shown_envs
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.pools import PoolChoice

if TYPE_CHECKING:
    from modelyard_launcher.archives import Archive

TargetSource = Literal["file", "store", "stack", "environment"]
"""Where the target came from: a file, the object in the checkpoint store, the stack's outputs, or only the
environment's YAML."""


@dataclass(frozen=True, slots=True)
class ResolvedTarget:
    """A target, and where it came from."""

    target: LaunchTarget
    source: TargetSource
    note: str
    """Where it came from, for people."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call that submitting makes. The run's id, which is new each time, stands as `<run id>`."""

    service: str
    """The service, as boto3 names it: s3, batch; `local` for what is started on this machine."""
    operation: str
    """The operation, as the service names it: PutObject, SubmitJob."""
    request: Mapping[str, Any]
    """What it is given; of what an object holds, size and SHA-256."""
    note: str = ""
    """When it is left out, if it may be."""

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "service": self.service,
            "operation": self.operation,
            "request": dict(self.request),
            "note": self.note,
        }


RUN_ID_PLACEHOLDER = "<run id>"
"""What stands in a plan for the id of a run that isn't submitted yet."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What the job's nodes cost at list price, in US dollars."""

    hourly_usd: float | None
    """All nodes together, an hour; None if unpriced."""
    most_usd: float | None
    """Every attempt up to its timeout; None if unpriced or without a timeout."""
    price_source: str | None
    price_as_of: str | None
    price_note: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be run, where, at what cost, and what can fail."""

    loaded: LoadedJob
    resolved: ResolvedTarget
    backend: str
    choice: PoolChoice
    cost: Cost
    common_environment: Mapping[str, str]
    """What every rank finds with the same value. Never a credential."""
    rank_environments: Sequence[Mapping[str, str]]
    """What each rank finds with a value of its own, by rank."""
    notes: Sequence[str]
    """What the backend does otherwise than a reader may think."""
    risks: Sequence[str]
    """What can fail, and what happens then."""
    calls: Sequence[Call] = ()
    """The calls that submitting makes, in their order."""
    files: Sequence[Archive] = field(default=(), repr=False, compare=False)
    """What travels with the job, packed."""

    @property
    def job(self) -> Job:
        """The job."""
        return self.loaded.job

    @property
    def target(self) -> LaunchTarget:
        """The target."""
        return self.resolved.target

    @property
    def record_uri(self) -> str:
        """Where the record of the run will be."""
        return f"{self.target.stores.checkpoints.uri.rstrip('/')}/runs/<run id>/"

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, with the digest of all the rest of it."""
        pool = self.choice.pool
        document: dict[str, Any] = {
            "schema": "modelyard.plan/1",
            "job": job_document(self.job),
            "environment": self.target.environment,
            "backend": self.backend,
            "target": {"source": self.resolved.source, "note": self.resolved.note},
            "pool": {
                "name": pool.name,
                "instance_type": pool.instance_type,
                "capacity": pool.capacity,
                "accelerator": pool.accelerator,
                "accelerators_per_node": pool.accelerators_per_node,
                "vcpus": pool.vcpus,
                "memory_mib": pool.memory_mib,
                "usable_memory_mib": self.choice.usable_memory_mib,
                "efa_interfaces": pool.fabric.efa_interfaces,
            },
            "passed_over": [
                {"pool": name, "reason": reason} for name, reason in self.choice.passed_over.items()
            ],
            "num_nodes": self.job.num_nodes,
            "attempts": self.job.retry.attempts,
            "timeout_seconds": self.job.timeout_seconds,
            "cost": {
                "hourly_usd": self.cost.hourly_usd,
                "most_usd": self.cost.most_usd,
                "unpriced": []
                if self.cost.hourly_usd is not None
                else [f"{pool.instance_type} ({pool.capacity})"],
                "price_source": self.cost.price_source,
                "price_as_of": self.cost.price_as_of,
                "price_note": self.cost.price_note,
            },
            "ranks": {
                "common": dict(self.common_environment),
                "each": [dict(one) for one in self.rank_environments],
            },
            "notes": list(self.notes),
            "risks": list(self.risks),
            "calls": [call.as_dict() for call in self.calls],
            "record": self.record_uri,
        }
        canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
        return {**document, "digest": hashlib.sha256(canonical.encode()).hexdigest()}

    @property
    def digest(self) -> str:
        """SHA-256 of the plan."""
        return self.as_dict()["digest"]


def job_document(job: Job) -> dict[str, Any]:
    """A job as plans and records hold it."""
    document = job.model_dump(mode="json")
    document["envs"] = shown_envs(job.envs)
    return document


def price_job(loaded: LoadedJob, choice: PoolChoice) -> Cost:
    """What the job costs on its pool. Raises InputError if that is, or may be, more than it allows."""
    job, price = loaded.job, choice.node_price
    hourly = None if price is None else price.value * job.num_nodes
    limit = job.max_hourly_cost
    if limit is not None and (hourly is None or hourly > limit):
        pool = choice.pool
        if hourly is None:
            bought = f"{pool.instance_type} ({pool.capacity})"
            message = f"{bought} has no price in the catalog, so the limit can't be held"
        else:
            nodes = f"{job.num_nodes} x {pool.instance_type} on pool {pool.name}"
            message = f"{nodes} {'cost' if job.num_nodes > 1 else 'costs'} ${hourly:,.2f} an hour"
        raise InputError(
            [
                loaded.problem(
                    "max_hourly_cost",
                    f"{limit:g}",
                    message,
                    allowed="no limit here"
                    if hourly is None
                    else f"{math.ceil(hourly * 100) / 100:.2f} or more, for all nodes together",
                    mend="take fewer nodes or a cheaper pool, or raise the limit",
                )
            ]
        )
    seconds = job.timeout_seconds
    most = None if hourly is None or seconds is None else hourly * seconds / 3_600 * job.retry.attempts
    return Cost(
        hourly_usd=None if hourly is None else round(hourly, 4),
        most_usd=None if most is None else round(most, 4),
        price_source=price.source if price else None,
        price_as_of=price.as_of if price else None,
        price_note=price.note if price else "",
    )


def pool_risks(job: Job, choice: PoolChoice) -> list[str]:
    """What can fail on the pool, and what happens then."""
    pool = choice.pool
    again = (
        f"the job starts again, in {job.retry.attempts} attempts at most"
        if job.retry.attempts > 1
        else "the job fails"
    )
    only = f" (exit codes {', '.join(map(str, job.retry.exit_codes))} only)" if job.retry.exit_codes else ""
    risks = [f"one node that fails ends the whole gang: {again}{only}"]
    if pool.capacity == "spot":
        risks.append(
            "EC2 may take a spot node back with two minutes' notice: checkpoint often, and set retry.attempts"
        )
    elif pool.capacity == "capacity_block":
        risks.append("the capacity block ends at its fixed time, whether the job has or not")
    elif pool.capacity == "on_demand" and pool.accelerator is not None:
        risks.append(f"EC2 may have no {pool.instance_type} to give for a while: the job waits in the queue")
    if job.timeout_seconds is None:
        risks.append("there is no timeout: a job that hangs costs money until somebody cancels it")
    else:
        risks.append(f"an attempt longer than {job.timeout} is ended, and isn't tried again")
    return risks
