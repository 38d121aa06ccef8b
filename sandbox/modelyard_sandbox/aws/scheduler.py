"""EventBridge Scheduler: schedules and their groups.

Source of what replaces and what updates: pulumi-aws 7.51's registry pages and the provider that it bridges,
aws_scheduler_schedule and aws_scheduler_schedule_group; 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, physical_name, tags_of
from modelyard_sandbox.aws.tagging import retag
from modelyard_sandbox.aws.translate import tags_to_list

DEFAULT_GROUP = "default"
SCHEDULE = (
    "actionAfterCompletion",
    "description",
    "endDate",
    "flexibleTimeWindow",
    "kmsKeyArn",
    "scheduleExpression",
    "scheduleExpressionTimezone",
    "startDate",
    "state",
    "target",
)


class ScheduleGroup(ResourceHandler):
    """A group of schedules; its id is its name."""

    type = "aws:scheduler/scheduleGroup:ScheduleGroup"
    service = "scheduler"
    inputs = frozenset({"name", "namePrefix"})
    replace_on = inputs
    made_with = inputs | {"tags", "tagsAll"}
    name_input = "name"
    identity = ("name",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name = physical_name(inputs)
        self.call(cloud, "CreateScheduleGroup", Name=name, Tags=tags_to_list(tags_of(inputs)))
        return name

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        retag(cloud, "scheduler", cloud.arn("scheduler", f"schedule-group/{id_}"), old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "GetScheduleGroup", Name=id_)
        return {
            "arn": found["Arn"],
            "creationDate": str(found["CreationDate"]),
            "lastModificationDate": str(found["LastModificationDate"]),
            "name": id_,
            "state": found["State"],
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteScheduleGroup", Name=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for page in cloud.client("scheduler").get_paginator("list_schedule_groups").paginate():
            names = (group["Name"] for group in page["ScheduleGroups"])
            yield from (name for name in names if name != DEFAULT_GROUP)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("name")


class Schedule(ResourceHandler):
    """A call that is made at times; its id is `group/name`, as in pulumi-aws."""

    type = "aws:scheduler/schedule:Schedule"
    service = "scheduler"
    inputs = frozenset({"groupName", "name", "namePrefix", *SCHEDULE})
    required = frozenset({"flexibleTimeWindow", "scheduleExpression", "target"})
    replace_on = frozenset({"groupName", "name", "namePrefix"})
    made_with = inputs
    name_input = "name"
    identity = ("groupName", "name")

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name, group = physical_name(inputs), inputs.get("groupName", DEFAULT_GROUP)
        request = self.request(cloud, "CreateSchedule", inputs, *SCHEDULE)
        self.call(cloud, "CreateSchedule", Name=name, GroupName=group, **request)
        return f"{group}/{name}"

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *SCHEDULE):
            # The whole of it, each time: what is left out is put back to its default.
            request = self.request(cloud, "UpdateSchedule", new, *SCHEDULE)
            self.call(cloud, "UpdateSchedule", **place_of(id_), **request)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        found = self.call(cloud, "GetSchedule", **place_of(id_))
        return {"arn": found["Arn"], "groupName": found["GroupName"], "name": found["Name"]}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteSchedule", **place_of(id_))

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for page in cloud.client("scheduler").get_paginator("list_schedules").paginate():
            yield from (f"{item['GroupName']}/{item['Name']}" for item in page["Schedules"])

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        name = inputs.get("name")
        return f"{inputs.get('groupName', DEFAULT_GROUP)}/{name}" if name else None


def place_of(id_: str) -> dict[str, str]:
    """The parameters that name the schedule of an id."""
    group, _, name = id_.partition("/")
    return {"GroupName": group, "Name": name}
