"""EventBridge: rules of a bus, and where what they match goes.

Source of what replaces and what updates: pulumi-aws 7.51's registry pages and the provider that it bridges,
aws_cloudwatch_event_rule and aws_cloudwatch_event_target; 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, physical_name, tags_of
from modelyard_sandbox.aws.tagging import retag
from modelyard_sandbox.aws.translate import tags_to_list, to_request

RULE = ("description", "eventPattern", "roleArn", "scheduleExpression", "state")
TARGET = ("arn", "deadLetterConfig", "input", "inputPath", "inputTransformer", "retryPolicy", "roleArn")


class EventRule(ResourceHandler):
    """A rule of the default bus; its id is its name."""

    type = "aws:cloudwatch/eventRule:EventRule"
    service = "events"
    inputs = frozenset({"name", "namePrefix", *RULE})
    replace_on = frozenset({"name", "namePrefix"})
    made_with = inputs | {"tags", "tagsAll"}
    name_input = "name"
    identity = ("name",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name = physical_name(inputs)
        self._put(cloud, name, inputs, Tags=tags_to_list(tags_of(inputs)))
        return name

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *RULE):
            self._put(cloud, id_, new)
        retag(cloud, "events", cloud.arn("events", f"rule/{id_}"), old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "DescribeRule", Name=id_)
        return {"arn": found["Arn"], "eventBusName": found["EventBusName"], "name": id_}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteRule", Name=id_)

    @override
    def clear(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        """Take targets away: a rule that has some can't be deleted."""
        targets = self.call(cloud, "ListTargetsByRule", Rule=id_)["Targets"]
        if targets:
            self.call(cloud, "RemoveTargets", Rule=id_, Ids=[target["Id"] for target in targets])

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        return (rule["Name"] for rule in self.call(cloud, "ListRules")["Rules"])

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("name")

    def _put(self, cloud: Cloud, name: str, inputs: Inputs, **more: Any) -> None:
        self.call(cloud, "PutRule", Name=name, **self.request(cloud, "PutRule", inputs, *RULE), **more)


class EventTarget(ResourceHandler):
    """One target of a rule; its id is made of both names, as in pulumi-aws."""

    type = "aws:cloudwatch/eventTarget:EventTarget"
    service = "events"
    inputs = frozenset({"rule", "targetId", *TARGET})
    required = frozenset({"arn", "rule"})
    replace_on = frozenset({"rule", "targetId"})
    made_with = inputs
    name_input = "targetId"
    identity = ("rule", "targetId")

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self._put(cloud, inputs)
        return f"{inputs['rule']}-{inputs['targetId']}"

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *TARGET):
            self._put(cloud, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        return {} if self.one(cloud, inputs) else None

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "RemoveTargets", Rule=inputs["rule"], Ids=[inputs["targetId"]])

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return f"{inputs['rule']}-{inputs['targetId']}" if self.one(cloud, inputs) else None

    def one(self, cloud: Cloud, inputs: Inputs) -> dict[str, Any] | None:
        """The target as it stands."""
        targets = self.call(cloud, "ListTargetsByRule", Rule=inputs["rule"])["Targets"]
        return next((target for target in targets if target["Id"] == inputs["targetId"]), None)

    def _put(self, cloud: Cloud, inputs: Inputs) -> None:
        shape = cloud.shape("events", "PutTargets").members["Targets"].member
        plain = {name: inputs[name] for name in TARGET if name in inputs and name != "inputTransformer"}
        target = {"Id": inputs["targetId"], **to_request(shape, plain)}
        transformer = inputs.get("inputTransformer")
        if transformer:
            target["InputTransformer"] = {
                "InputPathsMap": transformer.get("inputPaths") or {},
                "InputTemplate": transformer["inputTemplate"],
            }
        self.call(cloud, "PutTargets", Rule=inputs["rule"], Targets=[target])
