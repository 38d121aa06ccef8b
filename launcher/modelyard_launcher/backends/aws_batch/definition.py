"""Job definitions: named by what is in them, so that equal ones are registered once and used again.

Source: AWS Batch API Reference, RegisterJobDefinition and NodeProperties, 2026-11.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from modelyard.outputs import Host, LaunchTarget
from modelyard_launcher.backends.aws_batch.container import container_properties
from modelyard_launcher.backends.aws_batch.retries import retry_strategy
from modelyard_launcher.job import Job
from modelyard_launcher.pools import PoolChoice
from modelyard_launcher.spec import GRACE_SECONDS

ALL_NODES = "0:"
"""All nodes as one group, of which there may be any number: SubmitJob says how many."""

FEWEST_NODES = 2
"""Nodes of a definition of several; each job says its own number."""

MAIN_NODE = 0

SETTING_UP_SECONDS = 300
"""What an attempt may take besides its timeout, which nodes keep themselves: files come before the program,
saving after. Batch's own timeout is for nodes that can't any more; it ends them within 30 seconds (AWS Batch
User Guide, "Job timeouts", 2026-11), which is little for a checkpoint."""

_DIGITS = 12


def definition_request(job: Job, target: LaunchTarget, choice: PoolChoice, host: Host) -> dict[str, Any]:
    """The request that registers a job's definition. The job has an image."""
    container = container_properties(job, target, choice, host)
    seconds = batch_timeout_seconds(job)
    content = {
        **_kind(job, container),
        "retryStrategy": retry_strategy(job.retry),
        **({} if seconds is None else {"timeout": {"attemptDurationSeconds": seconds}}),
        "tags": environment_tags(target),
        "propagateTags": True,
    }
    return {"jobDefinitionName": definition_name(target.environment, job.name, content), **content}


def definition_name(environment: str, job_name: str, content: Mapping[str, Any]) -> str:
    """Name of a definition: who submits may register those of the environment only, by the beginning."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return f"{environment}-{job_name}-{hashlib.sha256(canonical.encode()).hexdigest()[:_DIGITS]}"


def batch_timeout_seconds(job: Job) -> int | None:
    """When Batch itself ends an attempt; None if the job has no timeout."""
    seconds = job.timeout_seconds
    return None if seconds is None else seconds + GRACE_SECONDS + SETTING_UP_SECONDS


def environment_tags(target: LaunchTarget) -> dict[str, str]:
    """Tags of everything in the environment. Who submits may end only what carries `environment`."""
    return {**target.tags, "environment": target.environment}


def _kind(job: Job, container: dict[str, Any]) -> dict[str, Any]:
    if job.num_nodes == 1:
        return {"type": "container", "containerProperties": container}
    return {
        "type": "multinode",
        "nodeProperties": {
            "numNodes": FEWEST_NODES,
            "mainNode": MAIN_NODE,
            "nodeRangeProperties": [{"targetNodes": ALL_NODES, "container": container}],
        },
    }
