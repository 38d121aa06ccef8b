"""What `modelyard sandbox up` and `down` write as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelyard_sandbox.environments import DownResult, UpResult
    from modelyard_sandbox.sandbox import Sandbox

SCHEMA = "modelyard.sandbox/1"
JOBS_SHOWN = 20
"""Jobs that are named one by one for people."""


def jobs_document(sandbox: Sandbox) -> dict[str, Any]:
    """What `sandbox status --format json` says of jobs, and of what is rehearsed."""
    if sandbox.server() is None:
        return {"jobs": [], "rehearsed": {"faults": [], "lostRegions": []}}
    faults = [asdict(fault) for fault in sandbox.job_faults()]
    return {"jobs": sandbox.jobs(), "rehearsed": {"faults": faults, "lostRegions": sandbox.lost_regions()}}


def job_lines(jobs: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The jobs that aren't over, one a line."""
    for job in jobs[:JOBS_SHOWN]:
        count = job["containers"]
        runs = f", {count} {'process' if count == 1 else 'processes'}" if count else ""
        why = f": {job['reason']}" if job["reason"] else ""
        where = f"{job['queue']}, {job['region']}"
        yield f"job {job['name']} ({job['jobId']}) of {where}: {job['status']}{runs}{why}"
    if len(jobs) > JOBS_SHOWN:
        yield f"and {len(jobs) - JOBS_SHOWN} jobs more"


def up_document(result: UpResult, endpoint: str) -> dict[str, Any]:
    """What `sandbox up --format json` writes."""
    from modelyard_policies.graph.values import to_json

    return {
        "schema": SCHEMA,
        "command": "up",
        "environment": result.environment,
        "endpoint": endpoint,
        "created": result.created,
        "updated": result.updated,
        "replaced": result.replaced,
        "unchanged": result.unchanged,
        "deleted": result.deleted,
        "seconds": round(result.seconds, 2),
        "outputs": to_json(result.outputs),
        "notes": list(result.notes),
    }


def down_document(result: DownResult, *, running: bool) -> dict[str, Any]:
    """What `sandbox down --format json` writes."""
    return {
        "schema": SCHEMA,
        "command": "down",
        "environment": result.environment,
        "running": running,
        "deleted": result.deleted,
        "remaining": list(result.remaining),
        "others": list(result.others),
        "leftovers": list(result.leftovers),
        "seconds": round(result.seconds, 2),
        "notes": list(result.notes),
    }
