"""Ending the machine of a node that the preflight found bad, so that its job gets another.

Batch can't be told to leave a machine out, and one that stays is given to the next attempt. So it is ended
before there is one. Only a machine that carries the environment's tag and a pool's is: what else the caller
might be allowed to end is left alone. Sources, 2026-11: Amazon EC2 API Reference, DescribeInstances and
TerminateInstances; Amazon ECS API Reference, DescribeContainerInstances.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modelyard.errors import SurroundingsError
from modelyard_launcher.access import S3Access
from modelyard_launcher.backends.aws_batch.client import CONNECT_SECONDS, READ_SECONDS, BatchApi, Job
from modelyard_launcher.backends.aws_batch.errors import failure, refusal
from modelyard_launcher.records import BadNode

GONE = ("shutting-down", "terminated")
"""States of an instance that is no more, or will be none in a moment."""

_NOT_THERE = ("InvalidInstanceID.NotFound",)
"""What EC2 says of an instance that has been gone for an hour or so."""


def end_bad_nodes(api: BatchApi, environment: str, job_id: str, bad: Sequence[BadNode]) -> list[BadNode]:
    """End the instances of nodes, and say which they were; those that are gone already count as ended.

    Args:
        api: AWS Batch in the region where they are.
        environment: whose nodes they are.
        job_id: the job that they were nodes of.
        bad: the nodes.

    Raises:
        SurroundingsError: an instance isn't the environment's, isn't known, or may not be ended.
    """
    access = api.access
    known = [_with_instance(api, job_id, node) for node in bad]
    instances = _instances(access, [node.instance_id for node in known if node.instance_id is not None])
    for node in known:
        _must_be_ours(instances.get(node.instance_id or ""), node, environment)
    left = [
        id_ for id_, instance in instances.items() if (instance.get("State") or {}).get("Name") not in GONE
    ]
    if left:
        _call(access, "ec2", "terminate_instances", InstanceIds=sorted(left))
    return known


def _with_instance(api: BatchApi, job_id: str, node: BadNode) -> BadNode:
    """The node with its instance, which it knows by its host, or else Batch and ECS do; without it if its
    machine has left the cluster since.
    """
    if node.instance_id is not None:
        return node
    jobs = api.describe([job_id, f"{job_id}#{node.rank}"])
    job = jobs.get(f"{job_id}#{node.rank}") or jobs.get(job_id)
    arn = _container_instance(job) if job is not None else None
    if arn is not None:
        cluster = arn.split("/")[1]
        answer = _call(
            api.access, "ecs", "describe_container_instances", cluster=cluster, containerInstances=[arn]
        )
        found = answer.get("containerInstances") or []
        return node.model_copy(update={"instance_id": found[0]["ec2InstanceId"]}) if found else node
    raise SurroundingsError(
        f"it isn't known which instance rank {node.rank} ({node.host}) ran on",
        "find it by its address in the EC2 console, and end it there",
    )


def _container_instance(job: Job) -> str | None:
    """The machine of a job's last attempt, as ECS names it."""
    attempts = job.get("attempts") or []
    container: Mapping[str, Any] = (attempts[-1].get("container") if attempts else None) or {}
    arn = container.get("containerInstanceArn") or (job.get("container") or {}).get("containerInstanceArn")
    return arn if isinstance(arn, str) and arn.count("/") > 1 else None


def _instances(access: S3Access, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Instances by their ids; one that EC2 knows no more is left out."""
    found: dict[str, Mapping[str, Any]] = {}
    for id_ in dict.fromkeys(ids):
        answer = _call(access, "ec2", "describe_instances", missing=_NOT_THERE, InstanceIds=[id_])
        for reservation in (answer or {}).get("Reservations") or []:
            for instance in reservation["Instances"]:
                found[instance["InstanceId"]] = instance
    return found


def _must_be_ours(instance: Mapping[str, Any] | None, node: BadNode, environment: str) -> None:
    """Raise unless an instance, if it is still there, is a node of the environment."""
    if instance is None:
        return
    tags = {tag["Key"]: tag["Value"] for tag in instance.get("Tags") or []}
    if tags.get("environment") != environment or "pool" not in tags:
        raise SurroundingsError(
            f"instance {node.instance_id} of rank {node.rank} isn't ended: it doesn't carry the tags of a "
            f"node of environment {environment}",
            "see what it is; a node that is bad can be ended in the EC2 console",
        )


def _call(
    access: S3Access, service: str, operation: str, *, missing: Sequence[str] = (), **request: Any
) -> Any:
    """What a call answers; None for the error codes `missing`. Each of them may be sent again."""
    from botocore.exceptions import BotoCoreError, ClientError

    client = access.client(service, retries=3, connect_seconds=CONNECT_SECONDS, read_seconds=READ_SECONDS)
    name = "".join(part.capitalize() for part in operation.split("_"))
    try:
        return getattr(client, operation)(**request)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in missing:
            return None
        raise refusal(error, name, access.place) from error
    except (BotoCoreError, ValueError) as error:
        raise failure(error, name, access.place) from error
