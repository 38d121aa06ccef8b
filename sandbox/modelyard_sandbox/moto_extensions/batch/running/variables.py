"""What a container finds in its environment, and the command that it runs.

Nothing of the server's own environment is passed on. What an image would say is made up: PATH, with the
sandbox's Python first, HOME, HOSTNAME. On top of it come the definition's variables and secrets, then those
of the services:

- Batch: AWS_BATCH_JOB_ID (`id#N` on a node, `id:N` for a child), _JOB_ATTEMPT, _JQ_NAME, _CE_NAME; of an
  array _JOB_ARRAY_INDEX and _JOB_ARRAY_SIZE; of a multi-node job _JOB_NODE_INDEX, _JOB_NUM_NODES,
  _JOB_MAIN_NODE_INDEX, and on all but the main node _JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS, this machine's own.
- ECS: AWS_EXECUTION_ENV, ECS_CONTAINER_METADATA_URI_V4, and the job role's credentials by
  AWS_CONTAINER_CREDENTIALS_FULL_URI with AWS_CONTAINER_AUTHORIZATION_TOKEN. On AWS it is
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI at 169.254.170.2, an address that isn't here.
- The sandbox's: AWS_ENDPOINT_URL, as the stand-in for where AWS is; and AWS_EC2_METADATA_DISABLED, lest a job
  without a role ask the metadata service of this machine, which isn't its own, for credentials.

Sources: AWS Batch user guide, "AWS Batch job environment variables" and "Parameters" (`Ref::name`); Amazon
ECS developer guide, "Task metadata endpoint version 4" and "Task IAM role"; AWS SDKs and tools reference
guide, "Container credential provider"; aws-parallelcluster (the job's id on a node); 2026-11.
"""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from modelyard_sandbox.moto_extensions.batch.running.hosts import Mount, translated
from modelyard_sandbox.moto_extensions.batch.running.run import Task
from modelyard_sandbox.moto_extensions.batch.running.task_roles import TaskRole

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LOOPBACK = "127.0.0.1"
ELSEWHERE = ("192.0.2.1", 9)
"""An address for documentation (RFC 5737): a socket for datagrams that is connected to it sends nothing."""
_PARAMETER = re.compile(r"Ref::([A-Za-z0-9_-]+)")


def command_of(task: Task, mounts: list[Mount]) -> list[str]:
    """The words of the command, parameters put in, paths translated."""
    given = task.unit.submission.parameters
    words = task.unit.properties().get("command") or []
    replaced = [_PARAMETER.sub(lambda found: given.get(found[1], found[0]), word) for word in words]
    return [translated(word, mounts, task.host / "host") for word in replaced]


def variables_of(
    task: Task, mounts: list[Mount], secrets: Mapping[str, str], role: TaskRole
) -> dict[str, str]:
    """All that the container finds."""
    own = {
        item["name"]: translated(item.get("value") or "", mounts, task.host / "host")
        for item in task.unit.properties().get("environment") or []
    }
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), SYSTEM_PATH]),
        "HOME": str(task.host / "home"),
        "HOSTNAME": task.task_id[:12],
        **own,
        **secrets,
        **_batchs(task),
        **_ecss(task, role),
    }


def address_of_this_machine() -> str:
    """The address by which others would reach it; the loopback's where it has no other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(ELSEWHERE)
        except OSError:
            return LOOPBACK
        return asking.getsockname()[0]


def _batchs(task: Task) -> dict[str, str]:
    unit, run = task.unit, task.run
    made = {
        "AWS_BATCH_JOB_ID": unit.job_id,
        "AWS_BATCH_JOB_ATTEMPT": str(run.attempt),
        "AWS_BATCH_JQ_NAME": unit.submission.queue.name,
        "AWS_BATCH_CE_NAME": run.fleet.name,
    }
    if unit.node is not None:
        made["AWS_BATCH_JOB_NODE_INDEX"] = str(unit.node)
        made["AWS_BATCH_JOB_NUM_NODES"] = str(len(run.tasks))
        made["AWS_BATCH_JOB_MAIN_NODE_INDEX"] = str(run.job.main_node)
        if not task.is_main:
            made["AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS"] = address_of_this_machine()
    elif unit.parent is not None:
        made["AWS_BATCH_JOB_ARRAY_INDEX"] = str(unit.index)
        made["AWS_BATCH_JOB_ARRAY_SIZE"] = str(unit.submission.size)
    return made


def _ecss(task: Task, role: TaskRole) -> dict[str, str]:
    made = {
        "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE" if task.run.fleet.is_fargate else "AWS_ECS_EC2",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    if role.endpoint:
        made["AWS_ENDPOINT_URL"] = role.endpoint
        made["ECS_CONTAINER_METADATA_URI_V4"] = role.metadata_uri
        if role.role_arn:
            made["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = role.credentials_uri
            made["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = role.token
    return made
