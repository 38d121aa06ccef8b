"""Restore testing plans: checked and kept; no restore test runs by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.moto_api._internal import mock_random

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.backup.checks import check_schedule, require, required
from modelyard_sandbox.moto_extensions.backup.errors import (
    AlreadyExistsError,
    InvalidRequestError,
    NotFoundError,
)
from modelyard_sandbox.moto_extensions.backup.records import one_page
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.store import store_of

NAME = re.compile(r"[a-zA-Z0-9_]{1,50}")
ALGORITHMS = ("LATEST_WITHIN_WINDOW", "RANDOM_WITHIN_WINDOW")
POINT_TYPES = ("CONTINUOUS", "SNAPSHOT")
WINDOW_DAYS_DEFAULT, WINDOW_DAYS_MAX = 30, 365
START_HOURS_DEFAULT, START_HOURS_MAX = 24, 168
VAULT = re.compile(r"\*|arn:aws[\w-]*:backup:[\w*-]+:[\d*]+:backup-vault:[\w*-]+")


def install() -> None:
    """Add the operations to moto's Backup."""
    add_operations(
        BackupResponse,
        create_restore_testing_plan,
        get_restore_testing_plan,
        list_restore_testing_plans,
        update_restore_testing_plan,
        delete_restore_testing_plan,
    )


def create_restore_testing_plan(self: Any) -> ActionResult:
    """CreateRestoreTestingPlan."""
    asked = dict(self._get_param("RestoreTestingPlan"))
    required(asked, "RestoreTestingPlanName", "ScheduleExpression", "RecoveryPointSelection")
    name = asked["RestoreTestingPlanName"]
    require(NAME.fullmatch(name), f"Invalid restore testing plan name: {name}")
    _check(asked)
    plans = plans_of(self)
    if name in plans:
        raise AlreadyExistsError(
            f"Restore testing plan {name} already exists", plans[name]["RestoreTestingPlanArn"]
        )
    place = f"{self.partition}:backup:{self.region}:{self.current_account}"
    arn = f"arn:{place}:restore-testing-plan:{name}-{mock_random.uuid4()}"
    plans[name] = {
        "ScheduleExpressionTimezone": "Etc/UTC",
        "StartWindowHours": START_HOURS_DEFAULT,
        **asked,
        "RecoveryPointSelection": _with_defaults(asked["RecoveryPointSelection"]),
        "RestoreTestingPlanArn": arn,
        "CreationTime": clock.now(),
        "CreatorRequestId": self._get_param("CreatorRequestId"),
    }
    tags = dict(self._get_param("Tags") or {})
    if tags:
        self.backup_backend.tag_resource(arn, tags)
    return ActionResult(plans[name])


def get_restore_testing_plan(self: Any) -> ActionResult:
    """GetRestoreTestingPlan."""
    return ActionResult({"RestoreTestingPlan": find_testing_plan(self)})


def list_restore_testing_plans(self: Any) -> ActionResult:
    """ListRestoreTestingPlans."""
    return ActionResult(one_page(self, "RestoreTestingPlans", list(plans_of(self).values())))


def update_restore_testing_plan(self: Any) -> ActionResult:
    """UpdateRestoreTestingPlan: what isn't given stays."""
    plan, asked = find_testing_plan(self), dict(self._get_param("RestoreTestingPlan"))
    changed = {**plan, **{name: value for name, value in asked.items() if value is not None}}
    changed["RecoveryPointSelection"] = _with_defaults(
        {**plan["RecoveryPointSelection"], **(asked.get("RecoveryPointSelection") or {})}
    )
    _check(changed)
    plan.update(changed, LastUpdateTime=clock.now())
    return ActionResult({**plan, "UpdateTime": plan["LastUpdateTime"]})


def delete_restore_testing_plan(self: Any) -> EmptyResult:
    """DeleteRestoreTestingPlan: its selections must be gone; one that isn't there is fine."""
    name = self._get_param("RestoreTestingPlanName")
    plan = plans_of(self).get(name)
    if plan is None:
        return EmptyResult()
    if selections_of(self, name):
        raise InvalidRequestError(f"Restore testing plan {name} has selections: delete them first")
    del plans_of(self)[name]
    self.backup_backend.tagger.delete_all_tags_for_resource(plan["RestoreTestingPlanArn"])
    return EmptyResult()


def plans_of(self: Any) -> dict[str, dict[str, Any]]:
    """The account's restore testing plans in the region, by name."""
    return store_of(self.backup_backend, "restore_testing_plans")


def selections_of(self: Any, plan: str) -> dict[str, dict[str, Any]]:
    """A plan's selections, by name."""
    return store_of(self.backup_backend, "restore_testing_selections").setdefault(plan, {})


def find_testing_plan(self: Any) -> dict[str, Any]:
    """The restore testing plan that a request names."""
    name = self._get_param("RestoreTestingPlanName")
    if name not in plans_of(self):
        raise NotFoundError(f"Restore testing plan {name} does not exist")
    return plans_of(self)[name]


def _with_defaults(selection: Mapping[str, Any]) -> dict[str, Any]:
    return {"ExcludeVaults": [], "SelectionWindowDays": WINDOW_DAYS_DEFAULT, **selection}


def _check(plan: Mapping[str, Any]) -> None:
    check_schedule(plan["ScheduleExpression"])
    hours = plan.get("StartWindowHours", START_HOURS_DEFAULT)
    require(
        1 <= hours <= START_HOURS_MAX, f"StartWindowHours must be from 1 to {START_HOURS_MAX}, not {hours}"
    )
    selection = plan["RecoveryPointSelection"]
    required(selection, "Algorithm", "IncludeVaults", "RecoveryPointTypes")
    algorithm, types = selection["Algorithm"], selection["RecoveryPointTypes"]
    require(algorithm in ALGORITHMS, f"Algorithm must be one of {', '.join(ALGORITHMS)}, not {algorithm}")
    require(
        set(types) <= set(POINT_TYPES), f"RecoveryPointTypes holds {' and '.join(POINT_TYPES)}, not {types}"
    )
    days = selection.get("SelectionWindowDays", WINDOW_DAYS_DEFAULT)
    require(
        1 <= days <= WINDOW_DAYS_MAX, f"SelectionWindowDays must be from 1 to {WINDOW_DAYS_MAX}, not {days}"
    )
    for vault in [*selection["IncludeVaults"], *(selection.get("ExcludeVaults") or [])]:
        require(VAULT.fullmatch(vault), f"Invalid backup vault ARN: {vault}")
