"""The plan of a job: everything that submitting it would mean, before it is (`modelyard.plan/1`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from modelyard_launcher.clouds import AnyTarget, is_cluster
from modelyard_launcher.costs import Cost
from modelyard_launcher.job import Job, shown_envs
from modelyard_launcher.job.document import job_document
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.node_table import node_rows
from modelyard_launcher.pools import PoolChoice, usable_memory_mib
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.sweeps import variant_at

if TYPE_CHECKING:
    from modelyard_launcher.archives import Archive


@dataclass(frozen=True, slots=True)
class Call:
    """One call that submitting makes. The run's id, which is new each time, stands as `<run id>`."""

    service: str
    """The service, as boto3 names it: s3, batch; of Azure, its own name; `local` for what is started here."""
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
    warnings: Sequence[str] = ()
    """What is allowed and yet unwise."""
    calls: Sequence[Call] = ()
    """The calls that submitting makes, in their order."""
    files: Sequence[Archive] = field(default=(), repr=False, compare=False)
    """What travels with the job, packed."""

    @property
    def job(self) -> Job:
        """The job."""
        return self.loaded.job

    @property
    def target(self) -> AnyTarget:
        """The target."""
        return self.resolved.target

    @property
    def record_uri(self) -> str:
        """Where the record of the run will be."""
        return f"{self.target.stores.checkpoints.uri.rstrip('/')}/runs/<run id>/"

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, with the digest of all the rest of it."""
        job, pool, retry = self.job, self.choice.pool, self.job.retry
        document: dict[str, Any] = {
            "schema": "modelyard.plan/1",
            "job": job_document(job),
            "environment": self.target.environment,
            "backend": self.backend,
            "target": {"source": self.resolved.source, "note": self.resolved.note},
            "pool": _pool_document(self.choice),
            "passed_over": [
                {"pool": name, "reason": reason} for name, reason in self.choice.passed_over.items()
            ],
            "num_nodes": job.num_nodes,
            "nodes": [row.as_dict() for row in node_rows(self.target, self.choice)],
            "attempts": retry.attempts,
            "starts": retry.most_starts,
            "timeout_seconds": job.timeout_seconds,
            "sweep": self._sweep_document(),
            "cost": self.cost.as_dict([f"{pool.instance_type} ({pool.capacity})"]),
            "ranks": {
                "common": dict(self.common_environment),
                "each": [dict(one) for one in self.rank_environments],
            },
            "warnings": list(self.warnings),
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

    def _sweep_document(self) -> dict[str, Any] | None:
        sweep = self.job.sweep
        if sweep is None:
            return None
        return {
            "variants": sweep.size,
            "at_a_time": self.cost.at_a_time,
            "first": shown_envs(variant_at(sweep, 0)),
            "last": shown_envs(variant_at(sweep, sweep.size - 1)),
        }


def _pool_document(choice: PoolChoice) -> dict[str, Any]:
    pool = choice.pool
    common = {
        "name": pool.name,
        "instance_type": pool.instance_type,
        "capacity": pool.capacity,
        "accelerator": pool.accelerator,
        "accelerators_per_node": pool.accelerators_per_node,
        "vcpus": pool.vcpus,
        "memory_mib": pool.memory_mib,
        "usable_memory_mib": usable_memory_mib(pool),
        "parts": choice.parts,
        "job_vcpus": choice.vcpus,
        "job_memory_mib": choice.memory_mib,
    }
    if is_cluster(pool):
        return {
            **common,
            "compute_name": pool.compute_name,
            "infiniband_gbps": pool.fabric.infiniband_gbps,
            "shared_memory_gib": pool.shared_memory_gib,
            "idle_shutdown_minutes": pool.idle_shutdown_minutes,
        }
    return {
        **common,
        "efa_interfaces": pool.fabric.efa_interfaces,
        "fallback": list(pool.fallback),
        "window": pool.window.model_dump() if pool.window is not None else None,
    }
