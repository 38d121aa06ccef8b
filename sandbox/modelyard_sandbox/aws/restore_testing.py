"""AWS Backup: restore testing plans and what they try."""

from __future__ import annotations

import re
from collections.abc import Iterable

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, physical_name, tags_of
from modelyard_sandbox.aws.tagging import retag

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


class _RestoreTesting(ResourceHandler):
    """What both types have in common: names of letters, digits and underscores."""

    service = "backup"
    name_input = "name"

    @override
    def spelled(self, name: str) -> str:
        return re.sub(r"\W", "_", name)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("name")


class RestoreTestingPlan(_RestoreTesting):
    """When recovery points are tried, and which; its id is its name."""

    type = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
    inputs = frozenset({"name", *PLAN_SETTINGS})
    required = frozenset({"recoveryPointSelection", "scheduleExpression"})
    replace_on = frozenset({"name"})
    made_with = inputs | {"tags", "tagsAll"}
    identity = ("name",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name = physical_name(inputs)
        operation, member = "CreateRestoreTestingPlan", "RestoreTestingPlan"
        settings = self.part(cloud, operation, member, inputs, *PLAN_SETTINGS)
        self.call(
            cloud,
            operation,
            RestoreTestingPlan={"RestoreTestingPlanName": name, **settings},
            Tags=tags_of(inputs),
        )
        return name

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *PLAN_SETTINGS):
            operation, member = "UpdateRestoreTestingPlan", "RestoreTestingPlan"
            settings = self.part(cloud, operation, member, new, *PLAN_SETTINGS)
            self.call(cloud, operation, RestoreTestingPlanName=id_, RestoreTestingPlan=settings)
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

    def _find(self, cloud: Cloud, name: str) -> dict[str, str]:
        return self.call(cloud, "GetRestoreTestingPlan", RestoreTestingPlanName=name)["RestoreTestingPlan"]


class RestoreTestingSelection(_RestoreTesting):
    """Which resources' recovery points a plan tries; its id is its name."""

    type = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
    inputs = frozenset({"name", "protectedResourceType", "restoreTestingPlanName", *SELECTION_SETTINGS})
    required = frozenset({"iamRoleArn", "protectedResourceType", "restoreTestingPlanName"})
    replace_on = frozenset({"name", "protectedResourceType", "restoreTestingPlanName"})
    made_with = inputs
    identity = ("restoreTestingPlanName", "name")

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name = physical_name(inputs)
        operation, member = "CreateRestoreTestingSelection", "RestoreTestingSelection"
        settings = self.part(cloud, operation, member, inputs, "protectedResourceType", *SELECTION_SETTINGS)
        self.call(
            cloud,
            operation,
            RestoreTestingPlanName=inputs["restoreTestingPlanName"],
            RestoreTestingSelection={"RestoreTestingSelectionName": name, **settings},
        )
        return name

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *SELECTION_SETTINGS):
            operation, member = "UpdateRestoreTestingSelection", "RestoreTestingSelection"
            settings = self.part(cloud, operation, member, new, *SELECTION_SETTINGS)
            self.call(cloud, operation, **self._place(id_, new), RestoreTestingSelection=settings)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        self.call(cloud, "GetRestoreTestingSelection", **self._place(id_, inputs))
        return {"name": id_}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteRestoreTestingSelection", **self._place(id_, inputs))

    def _place(self, id_: str, inputs: Inputs) -> dict[str, str]:
        plan = inputs["restoreTestingPlanName"]
        return {"RestoreTestingPlanName": plan, "RestoreTestingSelectionName": id_}
