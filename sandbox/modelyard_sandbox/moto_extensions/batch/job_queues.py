"""Job queues: what they may name, and their letting go of a compute environment, which takes its time.

Sources: AWS Batch API reference, the operations of these names and ComputeEnvironmentOrder; AWS Batch user
guide, "Service quotas"; AWS CloudFormation user guide, AWS::Batch::JobQueue (Priority: 0 to 1000); 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.batch.models import JobQueue
from moto.batch.responses import BatchResponse

from modelyard.catalog.instances import instance_type, instance_type_names
from modelyard_sandbox.moto_extensions.batch import lag
from modelyard_sandbox.moto_extensions.batch.answers import (
    check_name,
    check_tags,
    chosen,
    keep,
    kept,
    one_of,
    page,
    refused,
    require,
    within,
)
from modelyard_sandbox.moto_extensions.batch.compute_resources import FARGATE_TYPES
from modelyard_sandbox.moto_extensions.batch.running import requests

QUEUES_MAX = 50
ENVIRONMENTS_MAX = 3
PRIORITY_MAX = 1000
STATES = ("ENABLED", "DISABLED")
LIMIT_SECONDS_MIN = 600
LIMIT_SECONDS_MAX = 86_400
HEALTHY = "JobQueue Healthy"

new_queue: Any = JobQueue
"""(moto's base of models hides from type checkers what its classes make)"""
_moto_describe = BatchResponse.describejobqueues


def createjobqueue(self: Any) -> str:
    """CreateJobQueue."""
    lag.settle(self)
    backend = self.batch_backend
    name = check_name("jobQueueName", self._get_param("jobQueueName"))
    state, priority = self._get_param("state") or "ENABLED", self._get_param("priority")
    one_of("state", state, STATES)
    within("priority", priority, 0, PRIORITY_MAX)
    tags = self._get_param("tags") or {}
    check_tags(self, tags)
    require(backend.get_job_queue_by_name(name) is None, "Object already exists")
    standing = len(backend._job_queues)  # noqa: SLF001 (moto has no public list)
    require(standing < QUEUES_MAX, f"the quota of {QUEUES_MAX} job queues is reached")
    order, environments = _ordered(self, self._get_param("computeEnvironmentOrder"))
    actions = _time_limits(self)
    policy = self._get_param("schedulingPolicyArn")
    _check_policy(self, policy)
    queue = new_queue(
        name, priority, state, environments, order, schedule_policy=policy, backend=backend, tags=tags
    )
    backend._job_queues[queue.arn] = queue  # noqa: SLF001 (moto has no public way)
    keep(self, queue.arn, jobStateTimeLimitActions=actions or [])
    return json.dumps({"jobQueueArn": queue.arn, "jobQueueName": name})


def describejobqueues(self: Any) -> str:
    """DescribeJobQueues."""
    lag.settle(self)
    chosen(self, "jobQueues")
    described = json.loads(_moto_describe(self))["jobQueues"]
    for item in described:
        arn = item["jobQueueArn"]
        environments = self.batch_backend.get_job_queue_by_arn(arn).environments
        item.update(
            status=lag.status_of(self, arn),
            statusReason=HEALTHY,
            jobQueueType="ECS_FARGATE" if any(map(_is_fargate, environments)) else "ECS",
            jobStateTimeLimitActions=kept(self).get(arn, {}).get("jobStateTimeLimitActions", []),
        )
    return page(self, "jobQueues", described)


def updatejobqueue(self: Any) -> str:
    """UpdateJobQueue: the environments that it takes from the order stay related to it for a while."""
    lag.settle(self)
    queue = _queue(self)
    lag.must_be_settled(self, queue.arn, "update")
    state, priority = self._get_param("state"), self._get_param("priority")
    if state is not None:
        one_of("state", state, STATES)
    if priority is not None:
        within("priority", priority, 0, PRIORITY_MAX)
    order, environments = self._get_param("computeEnvironmentOrder"), queue.environments
    if order is not None:
        order, environments = _ordered(self, order)
    actions = _time_limits(self)
    policy = self._get_param("schedulingPolicyArn") or queue.schedule_policy
    require(
        not policy or queue.schedule_policy,
        "a scheduling policy can't be added to a queue that was created without one",
    )
    _check_policy(self, policy)
    for environment in queue.environments:
        if environment not in environments:
            lag.release(self, environment.arn)
    queue.state, queue.schedule_policy = state or queue.state, policy
    queue.priority = queue.priority if priority is None else priority
    queue.environments, queue.env_order_json = environments, order or queue.env_order_json
    if actions is not None:
        keep(self, queue.arn, jobStateTimeLimitActions=actions)
    lag.in_transition(self, queue.arn, "UPDATING")
    return json.dumps({"jobQueueArn": queue.arn, "jobQueueName": queue.name})


def deletejobqueue(self: Any) -> str:
    """DeleteJobQueue: it must be disabled; its jobs end. It holds its environments until it is gone."""
    lag.settle(self)
    queue = _queue(self)
    lag.must_be_settled(self, queue.arn, "delete")
    require(queue.state == "DISABLED", "Cannot delete, the job queue must be in the state DISABLED")
    requests.queue_deleted(queue)
    lag.in_transition(self, queue.arn, "DELETING")
    lag.settle(self)
    return json.dumps({})


def _ordered(self: Any, order: Any) -> tuple[list[dict[str, Any]], list[Any]]:
    """The order as it is kept, and its environments, first first."""
    within("the number of compute environments", len(order or []), 1, ENVIRONMENTS_MAX)
    ordered = sorted(order, key=lambda item: item["order"])
    environments = [_associable(self, item) for item in ordered]
    require(
        len(set(map(_is_fargate, environments))) == 1,
        "EC2 and Fargate compute environments can't be mixed in a job queue",
    )
    architectures = set[str]().union(*map(_architectures, environments))
    require(
        len(architectures) <= 1,
        "compute environments of different architectures can't be mixed in a job queue: "
        + ", ".join(sorted(architectures)),
    )
    numbers = {item["order"] for item in ordered}
    require(len(numbers) == len(ordered), "computeEnvironmentOrder names an order twice")
    require(
        len({environment.arn for environment in environments}) == len(environments),
        "computeEnvironmentOrder names a compute environment twice",
    )
    by_arn = [
        {"order": item["order"], "computeEnvironment": environment.arn}
        for item, environment in zip(ordered, environments, strict=True)
    ]
    return by_arn, environments


def _associable(self: Any, item: Mapping[str, Any]) -> Any:
    name = item["computeEnvironment"]
    environment = self.batch_backend.get_compute_environment(name)
    if environment is None:
        raise refused(f"{name} does not exist")
    require(lag.status_of(self, environment.arn) == "VALID", f"{name} is not VALID")
    return environment


def _is_fargate(environment: Any) -> bool:
    return (environment.compute_resources or {}).get("type") in FARGATE_TYPES


def _architectures(environment: Any) -> set[str]:
    """Those of the machines that it names and that the catalog knows; families and `optimal` say nothing."""
    named = (environment.compute_resources or {}).get("instanceTypes") or []
    return {instance_type(name).architecture for name in named if name in instance_type_names()}


def _time_limits(self: Any) -> list[dict[str, Any]] | None:
    actions = self._get_param("jobStateTimeLimitActions")
    for action in actions or []:
        one_of("jobStateTimeLimitActions.state", action.get("state"), ("RUNNABLE",))
        one_of("jobStateTimeLimitActions.action", action.get("action"), ("CANCEL",))
        within("maxTimeSeconds", action.get("maxTimeSeconds"), LIMIT_SECONDS_MIN, LIMIT_SECONDS_MAX)
        require(action.get("reason"), "jobStateTimeLimitActions needs a reason")
    return actions


def _check_policy(self: Any, policy: str | None) -> None:
    known = self.batch_backend._scheduling_policies  # noqa: SLF001 (moto has no public list)
    require(not policy or policy in known, f"the scheduling policy {policy} does not exist")


def _queue(self: Any) -> Any:
    name = self._get_param("jobQueue")
    queue = self.batch_backend.get_job_queue(name)
    if queue is None:
        raise refused(f"{name} does not exist")
    return queue
