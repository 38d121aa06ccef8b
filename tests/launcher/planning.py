"""Jobs and targets for tests of what a plan says; nothing is asked of any cloud."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from modelyard.errors import InputError, Problem
from modelyard.outputs import LaunchTarget
from modelyard_launcher.access import S3Access
from modelyard_launcher.backends import LaunchContext
from modelyard_launcher.backends.local.backend import LocalBackend
from modelyard_launcher.job import shown_envs
from modelyard_launcher.load import LoadedJob, load_job
from modelyard_launcher.outlook import Outlook, look_ahead
from modelyard_launcher.plan import Call, Plan
from modelyard_launcher.resolved import ResolvedTarget

REGION = "eu-central-1"
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)

CPU: dict[str, Any] = {
    "name": "cpu",
    "queue_arn": "q",
    "instance_type": "c7i.4xlarge",
    "accelerator": None,
    "accelerators_per_node": 0,
    "vcpus": 16,
    "memory_mib": 32_768,
    "max_nodes": 40,
    "max_nodes_per_job": 40,
    "capacity": "on_demand",
    "fabric": {"efa_interfaces": 0, "environment": {}},
}
BIG = {**CPU, "name": "big", "instance_type": "c7i.8xlarge", "vcpus": 32, "memory_mib": 65_536}
H100 = {
    **CPU,
    "name": "h100",
    "instance_type": "p5.48xlarge",
    "accelerator": "H100",
    "accelerators_per_node": 8,
    "vcpus": 192,
    "memory_mib": 2_097_152,
    "fabric": {"efa_interfaces": 32, "environment": {"FI_PROVIDER": "efa"}},
}
SPOT = {**CPU, "name": "spot", "capacity": "spot", "max_nodes_per_job": 1}
BLOCK = {
    **H100,
    "name": "block",
    "capacity": "capacity_block",
    "window": {
        "starts_at": "2026-11-20T11:30:00Z",
        "drain_at": "2026-12-04T11:00:00Z",
        "ends_at": "2026-12-04T11:30:00Z",
    },
}
OLD_BLOCK = {**BLOCK, "window": None}

SECRET = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:hub-AbCdEf"


def target(*pools: dict[str, Any], stores: str = "s3://bucket", **changes: Any) -> LaunchTarget:
    """A launch target with these pools."""
    document = {
        "schema": "modelyard.target/1",
        "environment": "dev",
        "cloud": "aws",
        "account_id": "123456789012",
        "region": REGION,
        "stores": {
            "datasets": {"uri": f"{stores}-d", "region": REGION},
            "checkpoints": {"uri": f"{stores}-c", "region": REGION},
        },
        "registry": {"repository_url": "registry/dev"},
        "roles": {"job_role_arn": "j", "execution_role_arn": "e"},
        "log_group": "l",
        "pools": list(pools or (CPU,)),
        **changes,
    }
    return LaunchTarget.model_validate(document)


def loaded(directory: Path, job: dict[str, Any], now: datetime = NOW) -> LoadedJob:
    """A job's file, read at a moment."""
    path = directory / "job.yaml"
    path.write_text(json.dumps({"name": "try", "run": "python train.py", **job}, indent=1))
    return load_job(path, now=now)


def outlook(
    directory: Path, job: dict[str, Any], *pools: dict[str, Any], now: datetime = NOW, **changes: Any
) -> Outlook:
    """What holds for a job on a target, whatever the backend."""
    return look_ahead(loaded(directory, job, now), target(*pools, **changes), now=now)


def refusal(directory: Path, job: dict[str, Any], *pools: dict[str, Any], **changes: Any) -> Problem:
    """The one problem for which a job can't go to a target."""
    with pytest.raises(InputError) as raised:
        outlook(directory, job, *pools, **changes)
    (problem,) = raised.value.problems
    return problem


def plan(
    directory: Path,
    job: dict[str, Any],
    *pools: dict[str, Any],
    access: S3Access | None = None,
    stores: str = "s3://bucket",
    **changes: Any,
) -> Plan:
    """A plan of the local backend."""
    context = LaunchContext(directory, access or S3Access("aws", REGION), f"{stores}-c")
    resolved = ResolvedTarget(target(*pools, stores=stores, **changes), "file", "the file target.json")
    return LocalBackend(context).plan(loaded(directory, job), resolved)


def bare_plan(directory: Path, job: dict[str, Any], *pools: dict[str, Any], **changes: Any) -> Plan:
    """A plan of what holds whatever the backend, for two ranks' worth of variables at most."""
    read = loaded(directory, job)
    resolved = ResolvedTarget(target(*pools, **changes), "file", "the file target.json")
    ahead = look_ahead(read, resolved.target, now=NOW)
    return Plan(
        loaded=read,
        resolved=resolved,
        backend="bare",
        choice=ahead.choice,
        cost=ahead.cost,
        common_environment=shown_envs(read.job.envs),
        rank_environments=[{"NODE_RANK": str(rank)} for rank in range(read.job.num_nodes)],
        notes=["a note"],
        risks=ahead.risks,
        warnings=ahead.warnings,
        calls=[Call("batch", "SubmitJob", {"jobName": "<run id>-1"}, "once")],
    )


def unwrapped(text: str) -> str:
    """A text without the ends of its lines, which fall where the columns end."""
    return " ".join(text.split())
