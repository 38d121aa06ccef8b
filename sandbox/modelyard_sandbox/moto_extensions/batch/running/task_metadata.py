"""What ECS knows of a container, as its metadata endpoint shows it.

Source: Amazon ECS developer guide, "Amazon ECS task metadata endpoint version 4", 2026-11.
"""

from __future__ import annotations

from typing import Any

from modelyard_sandbox.moto_extensions.batch.running.capacity import need_of
from modelyard_sandbox.moto_extensions.batch.running.run import Task

CONTAINER_NAME = "default"
"""What Batch calls the container of a job."""


def metadata_of(task: Task) -> dict[str, Any]:
    """The documents of the task and of its container."""
    fleet, properties = task.run.fleet, task.unit.properties()
    definition, need = task.unit.submission.definition, need_of(properties)
    arn = fleet.task_arn(task.task_id)
    limits = {"CPU": need.vcpus, "Memory": need.memory_mib}
    container: dict[str, Any] = {
        "DockerId": task.task_id,
        "Name": CONTAINER_NAME,
        "DockerName": f"ecs-{definition.name}-{definition.revision}-{CONTAINER_NAME}-{task.task_id[:12]}",
        "Image": properties.get("image"),
        "Labels": {
            "com.amazonaws.ecs.cluster": fleet.cluster,
            "com.amazonaws.ecs.container-name": CONTAINER_NAME,
            "com.amazonaws.ecs.task-arn": arn,
        },
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Limits": limits,
        "Type": "NORMAL",
        "ContainerARN": f"{arn.replace(':task/', ':container/')}/{task.task_id}",
        "Networks": [],
    }
    if task.log is not None:
        container |= {"LogDriver": "awslogs", "LogOptions": {"awslogs-stream": task.log.name}}
    shown = {
        "Cluster": fleet.cluster,
        "TaskARN": arn,
        "Family": definition.name,
        "Revision": str(definition.revision),
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Limits": limits,
        "LaunchType": "FARGATE" if fleet.is_fargate else "EC2",
    }
    return {"container": container, "task": shown}
