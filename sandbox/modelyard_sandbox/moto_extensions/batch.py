"""AWS Batch: what moto drops or lets pass.

It keeps update policies and time limits of queues, carries out updates of compute resources, makes the
service-linked role when none is named, checks the launch template and the placement group, and refuses to
delete what is enabled or in use. Source: AWS Batch
API reference, the operations of these names, and UpdatePolicy, 2026-11.
"""

from __future__ import annotations

import json
from typing import Any

from moto.batch.exceptions import ClientException
from moto.batch.responses import BatchResponse
from moto.iam.exceptions import NotFoundException
from moto.iam.models import SERVICE_NAME_CONVERSION

from modelyard_sandbox.moto_extensions.store import add_operations, store_of

SERVICE = "batch.amazonaws.com"
SERVICE_LINKED_ROLE = "AWSServiceRoleForBatch"
DEFAULT_UPDATE_POLICY = {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 30}
TIMEOUT_MINUTES_MAX = 7200
STRATEGIES = {
    "EC2": ("BEST_FIT", "BEST_FIT_PROGRESSIVE"),
    "SPOT": ("BEST_FIT", "BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED"),
}


MOTO = {
    name: getattr(BatchResponse, name)
    for name in (
        "createjobqueue",
        "describecomputeenvironments",
        "describejobqueues",
        "updatecomputeenvironment",
        "updatejobqueue",
    )
}
"""moto's own operations, which ours add to."""


def install() -> None:
    """Put the operations in the place of moto's."""
    SERVICE_NAME_CONVERSION["batch"] = SERVICE_LINKED_ROLE.removeprefix("AWSServiceRoleFor")
    add_operations(
        BatchResponse,
        createcomputeenvironment,
        describecomputeenvironments,
        updatecomputeenvironment,
        deletecomputeenvironment,
        createjobqueue,
        describejobqueues,
        updatejobqueue,
        deletejobqueue,
    )


def createcomputeenvironment(self: Any) -> str:
    """CreateComputeEnvironment."""
    resources = self._get_param("computeResources")
    if resources:
        _validate_resources(self, resources)
    environment = self.batch_backend.create_compute_environment(
        compute_environment_name=self._get_param("computeEnvironmentName"),
        _type=self._get_param("type"),
        state=self._get_param("state") or "ENABLED",
        compute_resources=resources,
        service_role=self._get_param("serviceRole") or _service_linked_role(self),
        tags=self._get_param("tags"),
    )
    _keep(self, environment.arn, updatePolicy=DEFAULT_UPDATE_POLICY)
    return json.dumps({"computeEnvironmentArn": environment.arn, "computeEnvironmentName": environment.name})


def describecomputeenvironments(self: Any) -> str:
    """DescribeComputeEnvironments."""
    answer = MOTO["describecomputeenvironments"](self)
    return _with_kept(self, answer, "computeEnvironments", "computeEnvironmentArn")


def updatecomputeenvironment(self: Any) -> str:
    """UpdateComputeEnvironment; what it changes of the compute resources, moto drops."""
    environment = _environment(self)
    resources = self._get_param("computeResources") or {}
    if resources:
        _validate_resources(self, {"type": environment.compute_resources["type"], **resources})
    answer = MOTO["updatecomputeenvironment"](self)
    environment.compute_resources.update(resources)
    policy = self._get_param("updatePolicy")
    if policy:
        minutes = policy.get("jobExecutionTimeoutMinutes", 1)
        if not 1 <= minutes <= TIMEOUT_MINUTES_MAX:
            raise ClientException(
                f"jobExecutionTimeoutMinutes must be from 1 to {TIMEOUT_MINUTES_MAX}, not {minutes}"
            )
        _keep(self, environment.arn, updatePolicy={**DEFAULT_UPDATE_POLICY, **policy})
    return answer


def deletecomputeenvironment(self: Any) -> str:
    """DeleteComputeEnvironment: it must be disabled, and no queue may name it."""
    environment = _environment(self)
    if environment.state != "DISABLED":
        raise ClientException("Cannot delete, the compute environment must be in the state DISABLED")
    queues = self.batch_backend._job_queues.values()  # noqa: SLF001 (moto has no public list)
    if any(environment in queue.environments for queue in queues):
        raise ClientException("Cannot delete, found existing JobQueue relationship")
    self.batch_backend.delete_compute_environment(environment.name)
    return ""


def createjobqueue(self: Any) -> str:
    """CreateJobQueue."""
    answer = MOTO["createjobqueue"](self)
    actions = self._get_param("jobStateTimeLimitActions") or []
    _keep(self, json.loads(answer)["jobQueueArn"], jobStateTimeLimitActions=actions)
    return answer


def describejobqueues(self: Any) -> str:
    """DescribeJobQueues."""
    return _with_kept(self, MOTO["describejobqueues"](self), "jobQueues", "jobQueueArn")


def updatejobqueue(self: Any) -> str:
    """UpdateJobQueue."""
    answer = MOTO["updatejobqueue"](self)
    actions = self._get_param("jobStateTimeLimitActions")
    if actions is not None:
        _keep(self, json.loads(answer)["jobQueueArn"], jobStateTimeLimitActions=actions)
    return answer


def deletejobqueue(self: Any) -> str:
    """DeleteJobQueue: it must be disabled."""
    queue = self.batch_backend.get_job_queue(self._get_param("jobQueue"))
    if queue is None:
        raise ClientException(f"{self._get_param('jobQueue')} does not exist")
    if queue.state != "DISABLED":
        raise ClientException("Cannot delete, the job queue must be in the state DISABLED")
    self.batch_backend.delete_job_queue(queue.name)
    return ""


def _validate_resources(self: Any, resources: dict[str, Any]) -> None:
    strategies = STRATEGIES.get(resources["type"])
    strategy = resources.get("allocationStrategy")
    if strategies and strategy and strategy not in strategies:
        raise ClientException(
            f"Error executing request, Exception : allocationStrategy {strategy} "
            f"can't be used with type {resources['type']}"
        )
    ec2 = self.batch_backend.ec2_backend
    template = resources.get("launchTemplate")
    if template:
        known = set(ec2.launch_templates) | {kept.name for kept in ec2.launch_templates.values()}
        named = template.get("launchTemplateId") or template.get("launchTemplateName")
        if named not in known:
            raise ClientException(
                f"Error executing request, Exception : Launch template {named} does not exist"
            )
    group = resources.get("placementGroup")
    if group and group not in store_of(ec2, "placement_groups"):
        raise ClientException(f"Error executing request, Exception : Placement group {group} does not exist")


def _service_linked_role(self: Any) -> str:
    """The arn of Batch's service-linked role, which the service makes on the first use."""
    iam = self.batch_backend.iam_backend
    try:
        return iam.get_role(SERVICE_LINKED_ROLE).arn
    except NotFoundException:
        return iam.create_service_linked_role(SERVICE, "Batch's own", "").arn


def _environment(self: Any) -> Any:
    name = self._get_param("computeEnvironment")
    environment = self.batch_backend.get_compute_environment(name)
    if environment is None:
        raise ClientException(f"{name} does not exist")
    return environment


def _keep(self: Any, arn: str, **values: Any) -> None:
    store_of(self.batch_backend.ec2_backend, "batch").setdefault(arn, {}).update(values)


def _with_kept(self: Any, answer: str, key: str, arn: str) -> str:
    kept = store_of(self.batch_backend.ec2_backend, "batch")
    described = json.loads(answer)
    for item in described[key]:
        item.update(kept.get(item[arn], {}))
    return json.dumps(described)
