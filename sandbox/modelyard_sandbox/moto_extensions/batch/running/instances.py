"""Machines as EC2 and ECS show them: an instance, and a container instance of the environment's cluster.

An instance is launched from the environment's launch template, so that a capacity reservation which that
targets gives its places, or has none left. A reservation that the sandbox doesn't hold, as one that was
bought on AWS, is taken to have room. Whoever terminates the instance by EC2 ends what is on it.

Sources: AWS Batch user guide, "Launch template support" and "Compute environments"; Amazon ECS API reference,
DescribeContainerInstances; EC2 API reference, error codes (ReservationCapacityExceeded); 2026-11.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

log = logging.getLogger(__name__)

IMAGE = "ami-03cf127a"
SERVICE_TAG = {"AWSBatchServiceTag": "batch"}
NO_ROOM = "ReservationCapacityExceeded"


class NoCapacityError(Exception):
    """EC2 has no machine to give."""


def launch(backend: Any, environment: Any, type_name: str) -> tuple[str, str]:
    """The id of a new instance of a compute environment, and the ARN of its container instance.

    Raises:
        NoCapacityError: the reservation that the launch template targets has no room.
    """
    resources: Mapping[str, Any] = environment.compute_resources
    asked = {
        "image_id": IMAGE,
        "count": 1,
        "user_data": None,
        "security_group_names": [],
        "instance_type": type_name,
        "region_name": backend.region_name,
        "key_name": resources.get("ec2KeyPair"),
        "security_group_ids": list(resources.get("securityGroupIds") or []),
        "is_instance_type_default": False,
        "tags": {"instance": {**SERVICE_TAG, **(resources.get("tags") or {})}},
    }
    instance = _launched(backend.ec2_backend, asked, resources)
    return instance.id, register(backend, environment, instance.id)


def register(backend: Any, environment: Any, instance_id: str) -> str:
    """Let the cluster know an instance; the ARN that it has there."""
    return backend.ecs_backend.register_container_instance(
        environment.ecs_name, instance_id
    ).container_instance_arn


def let_go(backend: Any, environment: Any, instance_id: str, container_instance_arn: str) -> None:
    """End an instance, unless it has ended already."""
    with suppress(Exception):  # it is not in the cluster any more
        backend.ecs_backend.deregister_container_instance(
            environment.ecs_name, container_instance_arn, force=True
        )
    with suppress(Exception):  # it is gone, with all that EC2 held
        backend.ec2_backend.terminate_instances([instance_id])


def _launched(ec2_backend: Any, asked: Mapping[str, Any], resources: Mapping[str, Any]) -> Any:
    template = {
        name: value
        for name, value in {
            "LaunchTemplateId": (resources.get("launchTemplate") or {}).get("launchTemplateId"),
            "LaunchTemplateName": (resources.get("launchTemplate") or {}).get("launchTemplateName"),
            "Version": (resources.get("launchTemplate") or {}).get("version") or "$Default",
        }.items()
        if value
    }
    full = False
    if len(template) > 1:
        for subnet in resources["subnets"]:
            try:
                made = ec2_backend.run_instances(**asked, subnet_id=subnet, launch_template=template)
            except Exception as error:  # noqa: BLE001 (a template may say what moto doesn't know)
                full = full or getattr(error, "code", None) == NO_ROOM
                log.info("no machine by the launch template in %s: %r", subnet, error)
            else:
                return made.instances[0]
        if full:
            raise NoCapacityError
    return ec2_backend.run_instances(**asked, subnet_id=resources["subnets"][0]).instances[0]
