"""AWS Batch compute environments and job queues."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, physical_name, tags_of
from modelyard_sandbox.aws.tagging import retag

SCALING = frozenset({"minVcpus", "maxVcpus", "desiredVcpus"})
IN_PLACE_STRATEGIES = frozenset(
    {"BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED"}
)


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
            self.call(cloud, "UpdateComputeEnvironment", computeEnvironment=id_, **request)
        retag(cloud, "batch", self._arn(cloud, id_), old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "DescribeComputeEnvironments", computeEnvironments=[id_])[
            "computeEnvironments"
        ]
        return (
            {
                "arn": found[0]["computeEnvironmentArn"],
                "name": found[0]["computeEnvironmentName"],
                "ecsClusterArn": found[0]["ecsClusterArn"],
                "status": found[0]["status"],
                "statusReason": found[0]["statusReason"],
                "serviceRole": found[0]["serviceRole"],
                "state": found[0]["state"],
            }
            if found
            else None
        )

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        found = self.call(cloud, "DescribeComputeEnvironments", computeEnvironments=[id_])[
            "computeEnvironments"
        ]
        if found:
            self.call(cloud, "UpdateComputeEnvironment", computeEnvironment=id_, state="DISABLED")
            self.call(cloud, "DeleteComputeEnvironment", computeEnvironment=id_)

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
        kind_changes = {before.get("type"), after.get("type")} in ({"EC2", "FARGATE"}, {"SPOT", "FARGATE"})
        own_role = bool(new.get("serviceRole") or old.get("serviceRole"))
        fixed = before.get("allocationStrategy", "BEST_FIT") not in IN_PLACE_STRATEGIES or own_role
        if changes and (fixed or kind_changes or "spotIamFleetRole" in changes):
            return super().replaces(old, new) | {"computeResources"}
        return super().replaces(old, new)

    def _resource_changes(self, old: Inputs, new: Inputs) -> dict[str, Any]:
        before, after = old.get("computeResources") or {}, new.get("computeResources") or {}
        changes = {name: value for name, value in after.items() if before.get(name) != value}
        # Batch scales machines by itself, so what is desired is only said at creation.
        changes.pop("desiredVcpus", None)
        return {"computeResources": changes} if changes else {}

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
            self.call(cloud, "UpdateJobQueue", jobQueue=id_, **request)
        retag(cloud, "batch", id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "DescribeJobQueues", jobQueues=[id_])["jobQueues"]
        return {"arn": found[0]["jobQueueArn"], "name": found[0]["jobQueueName"]} if found else None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        if self.call(cloud, "DescribeJobQueues", jobQueues=[id_])["jobQueues"]:
            self.call(cloud, "UpdateJobQueue", jobQueue=id_, state="DISABLED")
            self.call(cloud, "DeleteJobQueue", jobQueue=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        return (item["jobQueueArn"] for item in self.call(cloud, "DescribeJobQueues")["jobQueues"])

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return cloud.arn("batch", f"job-queue/{inputs['name']}") if inputs.get("name") else None
