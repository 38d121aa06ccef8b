"""AWS Batch job definitions and scheduling policies."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, physical_name, tags_of
from modelyard_sandbox.aws.tagging import retag

DOCUMENTS = ("containerProperties", "nodeProperties")
"""What Pulumi takes as JSON in a string."""


class JobDefinition(ResourceHandler):
    """What a job runs. A change makes another revision; the id is the arn of the first, and stays."""

    type = "aws:batch/jobDefinition:JobDefinition"
    service = "batch"
    inputs = frozenset(
        {
            "containerProperties",
            "deregisterOnNewRevision",
            "name",
            "nodeProperties",
            "parameters",
            "platformCapabilities",
            "propagateTags",
            "retryStrategy",
            "schedulingPriority",
            "timeout",
            "type",
        }
    )
    required = frozenset({"type"})
    replace_on = frozenset({"name"})
    made_with = inputs | {"tags", "tagsAll"}
    changing_outputs = frozenset({"arn", "revision"})
    name_input = "name"
    identity = ("name",)
    taggable = True

    _plain = (
        "parameters",
        "platformCapabilities",
        "propagateTags",
        "retryStrategy",
        "schedulingPriority",
        "timeout",
        "type",
    )

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        return self._register(cloud, physical_name(inputs), inputs)

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        newest = self._newest(cloud, id_)
        if newest is None:
            return
        if not changed(old, new, *self._plain, *DOCUMENTS):
            retag(cloud, "batch", newest["jobDefinitionArn"], old, new)
            return
        self._register(cloud, newest["jobDefinitionName"], new)
        if new.get("deregisterOnNewRevision", True):
            self.call(cloud, "DeregisterJobDefinition", jobDefinition=newest["jobDefinitionArn"])

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        newest = self._newest(cloud, id_)
        if newest is None:
            return None
        arn = newest["jobDefinitionArn"]
        return {
            "arn": arn,
            "arnPrefix": arn.rpartition(":")[0],
            "name": newest["jobDefinitionName"],
            "revision": newest["revision"],
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        for revision in self._active(cloud, id_):
            self.call(cloud, "DeregisterJobDefinition", jobDefinition=revision["jobDefinitionArn"])

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        """The first revision of each name that has an active one."""
        found = self.call(cloud, "DescribeJobDefinitions", status="ACTIVE")["jobDefinitions"]
        return sorted({f"{item['jobDefinitionArn'].rpartition(':')[0]}:1" for item in found})

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return cloud.arn("batch", f"job-definition/{inputs['name']}:1") if inputs.get("name") else None

    def _register(self, cloud: Cloud, name: str, inputs: Inputs) -> str:
        documents = {document: json.loads(inputs[document]) for document in DOCUMENTS if inputs.get(document)}
        request = self.request(
            cloud, "RegisterJobDefinition", {**inputs, **documents}, *self._plain, *documents
        )
        answer = self.call(
            cloud, "RegisterJobDefinition", jobDefinitionName=name, **request, tags=tags_of(inputs)
        )
        return answer["jobDefinitionArn"]

    def _active(self, cloud: Cloud, id_: str) -> list[dict[str, Any]]:
        name = id_.rpartition("job-definition/")[2].rpartition(":")[0]
        return self.call(cloud, "DescribeJobDefinitions", jobDefinitionName=name, status="ACTIVE")[
            "jobDefinitions"
        ]

    def _newest(self, cloud: Cloud, id_: str) -> dict[str, Any] | None:
        return max(self._active(cloud, id_), key=lambda item: item["revision"], default=None)


class SchedulingPolicy(ResourceHandler):
    """How a queue shares machines out; its id is its arn, as in pulumi-aws."""

    type = "aws:batch/schedulingPolicy:SchedulingPolicy"
    service = "batch"
    inputs = frozenset({"fairSharePolicy", "name"})
    replace_on = frozenset({"name"})
    made_with = inputs | {"tags", "tagsAll"}
    name_input = "name"
    identity = ("name",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        request = self.request(cloud, "CreateSchedulingPolicy", inputs, "fairSharePolicy")
        answer = self.call(
            cloud, "CreateSchedulingPolicy", name=physical_name(inputs), **request, tags=tags_of(inputs)
        )
        return answer["arn"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "fairSharePolicy"):
            request = self.request(cloud, "UpdateSchedulingPolicy", new, "fairSharePolicy")
            self.call(cloud, "UpdateSchedulingPolicy", arn=id_, **request)
        retag(cloud, "batch", id_, old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "DescribeSchedulingPolicies", arns=[id_])["schedulingPolicies"]
        return {"arn": found[0]["arn"], "name": found[0]["name"]} if found else None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        if self.look(cloud, id_, inputs):
            self.call(cloud, "DeleteSchedulingPolicy", arn=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        return (item["arn"] for item in self.call(cloud, "ListSchedulingPolicies")["schedulingPolicies"])

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return cloud.arn("batch", f"scheduling-policy/{inputs['name']}") if inputs.get("name") else None
