"""AWS Backup: restore testing plans and what they try."""

from __future__ import annotations

import re
from collections.abc import Iterable

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, physical_name, tags_of
from modelyard_sandbox.aws.tagging import retag
from modelyard_sandbox.aws.translate import to_request

PLAN_SETTINGS = (
    "recoveryPointSelection",
    "scheduleExpression",
    "scheduleExpressionTimezone",
    "startWindowHours",
)
SELECTION_SETTINGS = (
    "iamRoleArn",
    "protectedResourceArns",
    "protectedResourceConditions",
    "restoreMetadataOverrides",
    "validationWindowHours",
)


class RestoreTestingPlan(ResourceHandler):
    """When recovery points are tried, and which; its id is its name."""

    type = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
    service = "backup"
    inputs = frozenset({"name", *PLAN_SETTINGS})
    required = frozenset({"recoveryPointSelection", "scheduleExpression"})
    replace_on = frozenset({"name"})
    made_with = inputs | {"tags", "tagsAll"}
    name_input = "name"
    identity = ("name",)
    taggable = True

    @override
    def spelled(self, name: str) -> str:
        return re.sub(r"\W", "_", name)

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name = physical_name(inputs)
        shape = cloud.shape("backup", "CreateRestoreTestingPlan").members["RestoreTestingPlan"]
        settings = {key: inputs[key] for key in PLAN_SETTINGS if key in inputs}
        self.call(
            cloud,
            "CreateRestoreTestingPlan",
            RestoreTestingPlan={"RestoreTestingPlanName": name, **to_request(shape, settings)},
            Tags=tags_of(inputs),
        )
        return name

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *PLAN_SETTINGS):
            shape = cloud.shape("backup", "UpdateRestoreTestingPlan").members["RestoreTestingPlan"]
            settings = to_request(shape, {key: new[key] for key in PLAN_SETTINGS if key in new})
            self.call(
                cloud, "UpdateRestoreTestingPlan", RestoreTestingPlanName=id_, RestoreTestingPlan=settings
            )
        if changed(old, new, "tags", "tagsAll"):
            retag(cloud, "backup", self._find(cloud, id_)["RestoreTestingPlanArn"], old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        return {"arn": self._find(cloud, id_)["RestoreTestingPlanArn"], "name": id_}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteRestoreTestingPlan", RestoreTestingPlanName=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        plans = self.call(cloud, "ListRestoreTestingPlans")["RestoreTestingPlans"]
        return (plan["RestoreTestingPlanName"] for plan in plans)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("name")

    def _find(self, cloud: Cloud, name: str) -> dict[str, str]:
        return self.call(cloud, "GetRestoreTestingPlan", RestoreTestingPlanName=name)["RestoreTestingPlan"]


class RestoreTestingSelection(ResourceHandler):
    """Which resources' recovery points a plan tries; its id is its name."""

    type = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
    service = "backup"
    inputs = frozenset({"name", "protectedResourceType", "restoreTestingPlanName", *SELECTION_SETTINGS})
    required = frozenset({"iamRoleArn", "protectedResourceType", "restoreTestingPlanName"})
    replace_on = frozenset({"name", "protectedResourceType", "restoreTestingPlanName"})
    made_with = inputs
    name_input = "name"
    identity = ("restoreTestingPlanName", "name")

    @override
    def spelled(self, name: str) -> str:
        return re.sub(r"\W", "_", name)

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name = physical_name(inputs)
        shape = cloud.shape("backup", "CreateRestoreTestingSelection").members["RestoreTestingSelection"]
        settings = {
            key: inputs[key] for key in ("protectedResourceType", *SELECTION_SETTINGS) if key in inputs
        }
        self.call(
            cloud,
            "CreateRestoreTestingSelection",
            RestoreTestingPlanName=inputs["restoreTestingPlanName"],
            RestoreTestingSelection={"RestoreTestingSelectionName": name, **to_request(shape, settings)},
        )
        return name

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *SELECTION_SETTINGS):
            shape = cloud.shape("backup", "UpdateRestoreTestingSelection").members["RestoreTestingSelection"]
            settings = to_request(shape, {key: new[key] for key in SELECTION_SETTINGS if key in new})
            place = self._place(id_, new)
            self.call(cloud, "UpdateRestoreTestingSelection", **place, RestoreTestingSelection=settings)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        self.call(cloud, "GetRestoreTestingSelection", **self._place(id_, inputs))
        return {"name": id_}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteRestoreTestingSelection", **self._place(id_, inputs))

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("name")

    def _place(self, id_: str, inputs: Inputs) -> dict[str, str]:
        plan = inputs["restoreTestingPlanName"]
        return {"RestoreTestingPlanName": plan, "RestoreTestingSelectionName": id_}
