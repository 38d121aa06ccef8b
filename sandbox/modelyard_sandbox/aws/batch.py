"""AWS Batch compute environments and job queues."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, physical_name, tags_of
from modelyard_sandbox.aws.tagging import retag
from modelyard_sandbox.aws.waiting import wait_until

FARGATE = frozenset({"FARGATE", "FARGATE_SPOT"})
SCALING = frozenset({"minVcpus", "maxVcpus", "desiredVcpus"})
IN_PLACE_STRATEGIES = frozenset(
    {"BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED"}
)
REMOVED_BY: dict[str, Any] = {
    "bidPercentage": 0,
    "ec2KeyPair": "",
    "imageId": "",
    "launchTemplate": {"launchTemplateId": ""},
    "minVcpus": 0,
    "tags": {},
}
"""What is sent for a setting that is no longer asked for: leaving it out would leave it as it is.

Source: AWS Batch API reference, ComputeResourceUpdate; the AWS provider does the same; 2026-11.
"""
NEVER_IN_PLACE = frozenset({"placementGroup", "spotIamFleetRole"})
"""What the AWS provider never updates in place (internal/service/batch/compute_environment.go, 2026-09)."""


class ComputeEnvironment(ResourceHandler):
    """Where Batch starts machines; its id is its name, as in pulumi-aws."""

    type = "aws:batch/computeEnvironment:ComputeEnvironment"
    service = "batch"
    inputs = frozenset(
        {"computeResources", "name", "namePrefix", "serviceRole", "state", "type", "updatePolicy"}
    )
    replace_on = frozenset({"name", "namePrefix", "type"})
    # The API takes an update policy in updates only.
    made_with = (inputs | {"tags", "tagsAll"}) - {"updatePolicy"}
    changing_outputs = frozenset({"status", "statusReason"})
    name_input = "name"
    identity = ("name",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name = physical_name(inputs)
        request = self.request(
            cloud,
            "CreateComputeEnvironment",
            inputs,
            "computeResources",
            "serviceRole",
            "state",
            "type",
        )
        self.call(
            cloud, "CreateComputeEnvironment", computeEnvironmentName=name, **request, tags=tags_of(inputs)
        )
        return name

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        request = self.request(
            cloud,
            "UpdateComputeEnvironment",
            {
                **{
                    name: new[name]
                    for name in ("state", "updatePolicy", "serviceRole")
                    if changed(old, new, name) and name in new
                },
                **self._resource_changes(old, new),
            },
            "computeResources",
            "serviceRole",
            "state",
            "updatePolicy",
        )
        if request:
            self._update(cloud, id_, **request)
        retag(cloud, "batch", self._arn(cloud, id_), old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self._found(cloud, id_)
        if found is None:
            return None
        names = ("ecsClusterArn", "serviceRole", "state", "status", "statusReason")
        return {
            "arn": found["computeEnvironmentArn"],
            "name": found["computeEnvironmentName"],
            **{name: found[name] for name in names},
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        """Disable, and delete: refused as long as a queue holds it, as pulumi-aws's deletion is."""
        if self._found(cloud, id_):
            self._update(cloud, id_, state="DISABLED")
            self.call(cloud, "DeleteComputeEnvironment", computeEnvironment=id_)
            wait_until(lambda: self._found(cloud, id_) is None, f"compute environment {id_} is gone")

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        found = self.call(cloud, "DescribeComputeEnvironments")["computeEnvironments"]
        return (item["computeEnvironmentName"] for item in found)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("name")

    @override
    def replaces(self, old: Inputs, new: Inputs) -> frozenset[str]:
        """Batch updates compute resources in place for most allocation strategies, but never their kind.

        Source: AWS Batch user guide, updating compute environments (infrastructure updates), 2026-11.
        """
        before, after = old.get("computeResources") or {}, new.get("computeResources") or {}
        changes = {
            name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
        } - SCALING
        kind_changes = (before.get("type") in FARGATE) != (after.get("type") in FARGATE)
        own_role = bool(new.get("serviceRole") or old.get("serviceRole"))
        strategies = {resources.get("allocationStrategy", "BEST_FIT") for resources in (before, after)}
        fixed = not strategies <= IN_PLACE_STRATEGIES or own_role
        if changes and (fixed or kind_changes or changes & NEVER_IN_PLACE):
            return super().replaces(old, new) | {"computeResources"}
        return super().replaces(old, new)

    def _resource_changes(self, old: Inputs, new: Inputs) -> dict[str, Any]:
        before, after = old.get("computeResources") or {}, new.get("computeResources") or {}
        wanted = {**{name: REMOVED_BY[name] for name in REMOVED_BY.keys() & before.keys()}, **after}
        changes = {name: value for name, value in wanted.items() if before.get(name) != value}
        # Batch scales machines by itself, so what is desired is only said at creation.
        changes.pop("desiredVcpus", None)
        return {"computeResources": changes} if changes else {}

    def _update(self, cloud: Cloud, id_: str, **request: Any) -> None:
        """Update, and wait until it is done: Batch takes no other update meanwhile."""
        self.call(cloud, "UpdateComputeEnvironment", computeEnvironment=id_, **request)
        wait_until(
            lambda: (self._found(cloud, id_) or {}).get("status") != "UPDATING",
            f"compute environment {id_} is updated",
        )

    def _found(self, cloud: Cloud, id_: str) -> dict[str, Any] | None:
        answer = self.call(cloud, "DescribeComputeEnvironments", computeEnvironments=[id_])
        return next(iter(answer["computeEnvironments"]), None)

    def _arn(self, cloud: Cloud, id_: str) -> str:
        return cloud.arn("batch", f"compute-environment/{id_}")


class JobQueue(ResourceHandler):
    """Where jobs wait; its id is its arn, as in pulumi-aws."""

    type = "aws:batch/jobQueue:JobQueue"
    service = "batch"
    inputs = frozenset(
        {
            "computeEnvironmentOrders",
            "jobStateTimeLimitActions",
            "name",
            "priority",
            "schedulingPolicyArn",
            "state",
        }
    )
    replace_on = frozenset({"name"})
    made_with = inputs | {"tags", "tagsAll"}
    name_input = "name"
    identity = ("name",)
    taggable = True

    _plain = (
        "computeEnvironmentOrders",
        "jobStateTimeLimitActions",
        "priority",
        "schedulingPolicyArn",
        "state",
    )

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(cloud, "CreateJobQueue", inputs, *self._plain)
        answer = self.call(
            cloud, "CreateJobQueue", jobQueueName=physical_name(inputs), **request, tags=tags_of(inputs)
        )
        return answer["jobQueueArn"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        names = [name for name in self._plain if changed(old, new, name)]
        removed = {"jobStateTimeLimitActions": []} if "jobStateTimeLimitActions" in names else {}
        request = self.request(cloud, "UpdateJobQueue", {**removed, **new}, *names)
        if request:
            self._update(cloud, id_, **request)
        retag(cloud, "batch", id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self._found(cloud, id_)
        return {"arn": found["jobQueueArn"], "name": found["jobQueueName"]} if found else None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        if self._found(cloud, id_):
            self._update(cloud, id_, state="DISABLED")
            self.call(cloud, "DeleteJobQueue", jobQueue=id_)
            wait_until(lambda: self._found(cloud, id_) is None, f"job queue {id_} is gone")

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        return (item["jobQueueArn"] for item in self.call(cloud, "DescribeJobQueues")["jobQueues"])

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return cloud.arn("batch", f"job-queue/{inputs['name']}") if inputs.get("name") else None

    def _update(self, cloud: Cloud, id_: str, **request: Any) -> None:
        self.call(cloud, "UpdateJobQueue", jobQueue=id_, **request)
        wait_until(
            lambda: (self._found(cloud, id_) or {}).get("status") != "UPDATING", f"job queue {id_} is updated"
        )

    def _found(self, cloud: Cloud, id_: str) -> dict[str, Any] | None:
        return next(iter(self.call(cloud, "DescribeJobQueues", jobQueues=[id_])["jobQueues"]), None)
