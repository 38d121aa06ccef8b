"""What nodes are to do: `runs/<run>/specs/<sha256>.json` (modelyard.spec/1), the same for every backend.

It is written once for a run and known to nodes by its SHA-256. Secrets are not in it, but variables of `envs`
are: the checkpoint store is encrypted with the environment's key, and only its runs are read with its rights.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelyard_launcher.archives import Archive
from modelyard_launcher.clouds import AnyPool, AnyTarget
from modelyard_launcher.job import Job
from modelyard_launcher.preflight.expectations import preflight_document
from modelyard_launcher.records import USD_DIGITS
from modelyard_launcher.sweeps import VariantsFile
from modelyard_node.keys import run_prefix

SPEC_SCHEMA = "modelyard.spec/1"

GRACE_SECONDS = 100
"""What a program gets to save and to end once it is asked to: EC2 leaves two minutes before it takes a spot
machine back (Amazon EC2 User Guide, "Spot Instance interruption notices", 2026-11), and the checkpoint has to
be uploaded by then."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a spec's nodes run, and what they are like there."""

    target: AnyTarget
    pool: AnyPool
    hourly_usd: float | None
    """What all nodes of one run cost an hour; None if unpriced."""
    gpus_per_node: int | None
    """Accelerators that each node is given; None lets nodes count them."""
    workdir: Path | None = None
    """Directory to start in that is on the node already."""
    grace_seconds: float = GRACE_SECONDS


def variants_key(run_id: str) -> str:
    """Where the variants of a sweep lie, all in one object."""
    return f"{run_prefix(run_id)}variants.json"


def spec_document(
    job: Job, run_id: str, place: Place, files: Sequence[Archive], variants: VariantsFile | None
) -> dict[str, Any]:
    """The spec of a run."""
    target = place.target
    return {
        "schema": SPEC_SCHEMA,
        "run_id": run_id,
        "job": job.name,
        "environment": target.environment,
        "region": target.region,
        "num_nodes": job.num_nodes,
        "distribution": job.distribution,
        "setup": job.setup,
        "run": job.run,
        "envs": dict(job.envs),
        **store_uris(job, target),
        "gpus_per_node": place.gpus_per_node,
        "files": [archive.as_dict() for archive in files],
        "workdir": None if place.workdir is None else str(place.workdir),
        "retry": {
            "attempts": job.retry.attempts,
            "exit_codes": job.retry.exit_codes,
            "on_events": list(job.retry.on_events),
        },
        "limits": {
            "timeout_seconds": job.timeout_seconds,
            "max_total_cost_usd": job.budget_of_a_run,
            "deadline": job.deadline,
            "hourly_usd": place.hourly_usd,
            "spent_before_usd": 0,
        },
        "grace_seconds": place.grace_seconds,
        "preflight": _preflight(job, place),
        "notify": None if job.notify is None else job.notify.model_dump(mode="json"),
        "sweep": None
        if variants is None
        else {"variants": variants_key(run_id), "sha256": variants.sha256, "count": variants.count},
    }


def moved_document(
    document: Mapping[str, Any], job: Job, place: Place, spent_before_usd: float, counted: Sequence[str]
) -> dict[str, Any]:
    """A run's spec for another region: its stores, its price, and what was spent before, by the attempts that
    are counted in it.
    """
    target = place.target
    return {
        **document,
        "region": target.region,
        **store_uris(job, target),
        "gpus_per_node": place.gpus_per_node,
        "preflight": _preflight(job, place),
        "limits": {
            **document["limits"],
            "hourly_usd": place.hourly_usd,
            "spent_before_usd": round(spent_before_usd, USD_DIGITS),
            "spent_before_attempts": list(counted),
        },
    }


def store_uris(job: Job, target: AnyTarget) -> dict[str, str]:
    """The stores that a job's programs are told of."""
    stores = {"datasets": target.stores.datasets.uri, "checkpoints": target.stores.checkpoints.uri}
    return {"datasets_uri": stores[job.datasets], "checkpoints_uri": stores[job.checkpoints]}


def spec_bytes(document: Mapping[str, Any]) -> bytes:
    """A spec as it is written: the same document makes the same bytes."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def sha256_of(data: bytes) -> str:
    """SHA-256, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _preflight(job: Job, place: Place) -> dict[str, Any] | None:
    # Only processes of this machine find their directory there already.
    here = place.workdir is not None
    return preflight_document(job, place.target, place.pool, place.gpus_per_node, here=here)
