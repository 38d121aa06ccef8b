"""EventBridge Scheduler: groups, expressions, time zones and targets that AWS refuses.

Source: EventBridge Scheduler API reference, CreateSchedule, UpdateSchedule, CreateScheduleGroup,
DeleteScheduleGroup and Target; EventBridge Scheduler user guide, "Schedule types", "Managing time zones",
"Using universal targets" and "Setting up the execution role"; 2026-11.
"""

from __future__ import annotations

import re
import zoneinfo
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.iam.models import iam_backends
from moto.scheduler.exceptions import ScheduleGroupNotFound, ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend
from moto.scheduler.responses import EventBridgeSchedulerResponse

from modelyard_sandbox.moto_extensions.constraints import constrain
from modelyard_sandbox.moto_extensions.operations import after, before

AT = re.compile(r"at\(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\)")
RATE = re.compile(r"rate\([1-9]\d* (?:minute|hour|day)s?\)")
CRON = re.compile(r"cron\((?P<fields>[^()]+)\)")
FIELD = re.compile(r"[0-9A-Za-z*?,/#LW-]+")
UNIVERSAL = re.compile(
    r"arn:aws[a-z-]*:scheduler:::aws-sdk:(?P<service>[a-z0-9]+):(?P<operation>[A-Za-z0-9]+)"
)
READING = (
    *("get", "describe", "list", "poll", "receive", "search", "scan", "query", "select", "read", "lookup"),
    *("discover", "validate", "batchGet", "batchDescribe", "batchRead", "transactGet", "adminGet"),
    *("adminList", "testMigration", "retrieve", "testConnection", "translateDocument", "isAuthorized"),
    "invokeModel",
)
"""What the names of operations begin with that can't be a target."""


class ConflictError(JsonRESTError):
    """There is one already, or it can't be done now."""

    code = 409

    def __init__(self, message: str) -> None:
        super().__init__("ConflictException", message)


def install() -> None:
    """Put the checks before moto's operations."""
    before(EventBridgeSchedulerBackend, "create_schedule", _check_created)
    before(EventBridgeSchedulerBackend, "update_schedule", _check_schedule)
    after(EventBridgeSchedulerBackend, "update_schedule", _set_to_default)
    before(EventBridgeSchedulerBackend, "create_schedule_group", _check_group)
    before(EventBridgeSchedulerBackend, "delete_schedule_group", _check_group_to_delete)
    before(EventBridgeSchedulerBackend, "tag_resource", _check_tagged)
    constrain(EventBridgeSchedulerResponse, "scheduler", ValidationException)


def _check_created(self: Any, **request: Any) -> None:
    group = request.get("group_name") or "default"
    if group not in self.schedule_groups:
        raise ScheduleGroupNotFound(group)
    _check_schedule(self, **request)


def _check_schedule(self: Any, **request: Any) -> None:
    _check_expression(request.get("schedule_expression") or "")
    zone = request.get("schedule_expression_timezone")
    if zone and zone not in zoneinfo.available_timezones():
        raise ValidationException(f"Invalid Schedule Expression Timezone {zone}.")
    window = request.get("flexible_time_window") or {}
    if (window.get("Mode") == "FLEXIBLE") != ("MaximumWindowInMinutes" in window):
        raise ValidationException("MaximumWindowInMinutes is required for FLEXIBLE, and for nothing else.")
    _check_target(self, request.get("target") or {})


def _set_to_default(self: Any, schedule: Any, **_: Any) -> None:
    """What an update leaves out goes back to its default."""
    del self
    schedule.state = schedule.state or "ENABLED"


def _check_expression(expression: str) -> None:
    cron = CRON.fullmatch(expression)
    fields = cron["fields"].split() if cron else []
    right = len(fields) == 6 and all(map(FIELD.fullmatch, fields)) and "?" in (fields[2], fields[4])
    if not (AT.fullmatch(expression) or RATE.fullmatch(expression) or right):
        raise ValidationException(f"Invalid Schedule Expression {expression}.")


def _check_target(self: Any, target: dict[str, Any]) -> None:
    arn = str(target.get("Arn", ""))
    universal = UNIVERSAL.fullmatch(arn)
    if ":::aws-sdk:" in arn and (universal is None or universal["operation"].startswith(READING)):
        raise ValidationException(f"Provided Arn {arn} is not supported as a target.")
    roles = iam_backends[self.account_id]["aws"].roles.values()
    role = next((role for role in roles if role.arn == target.get("RoleArn")), None)
    if role is None or "scheduler.amazonaws.com" not in role.assume_role_policy_document:
        raise ValidationException(
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
        )


def _check_group(self: Any, name: str, **_: Any) -> None:
    if name in self.schedule_groups:
        raise ConflictError(f"Schedule group {name} already exists.")


def _check_group_to_delete(self: Any, name: str | None) -> None:
    if name not in self.schedule_groups:
        raise ScheduleGroupNotFound(str(name))
    if name == "default":
        raise ValidationException("The default schedule group can't be deleted.")


def _check_tagged(self: Any, resource_arn: str, *_: Any, **__: Any) -> None:
    if not any(group.arn == resource_arn for group in self.schedule_groups.values()):
        raise ScheduleGroupNotFound(resource_arn.rpartition("/")[2])
