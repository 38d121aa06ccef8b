"""Selections of restore testing plans: which resources' recovery points are tried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult, EmptyResult

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.backup.checks import check_role, require, required
from modelyard_sandbox.moto_extensions.backup.errors import (
    AlreadyExistsError,
    LimitExceededError,
    NotFoundError,
)
from modelyard_sandbox.moto_extensions.backup.records import one_page
from modelyard_sandbox.moto_extensions.backup.restore_testing import (
    NAME,
    find_testing_plan,
    selections_of,
)
from modelyard_sandbox.moto_extensions.operations import add_operations

RESOURCE_TYPES = (
    "Aurora",
    "DocumentDB",
    "DynamoDB",
    "EBS",
    "EC2",
    "EFS",
    "FSx",
    "Neptune",
    "RDS",
    "S3",
)
VALIDATION_HOURS_MAX = 168
SELECTIONS_MAX = 30
"""A plan's; from the quotas of the developer guide."""


def install() -> None:
    """Add the operations to moto's Backup."""
    add_operations(
        BackupResponse,
        create_restore_testing_selection,
        get_restore_testing_selection,
        list_restore_testing_selections,
        update_restore_testing_selection,
        delete_restore_testing_selection,
    )


def create_restore_testing_selection(self: Any) -> ActionResult:
    """CreateRestoreTestingSelection."""
    plan, asked = find_testing_plan(self), dict(self._get_param("RestoreTestingSelection"))
    required(asked, "RestoreTestingSelectionName", "ProtectedResourceType", "IamRoleArn")
    name = asked["RestoreTestingSelectionName"]
    require(NAME.fullmatch(name), f"Invalid restore testing selection name: {name}")
    _check(asked)
    selections = selections_of(self, plan["RestoreTestingPlanName"])
    if name in selections:
        raise AlreadyExistsError(f"Restore testing selection {name} already exists")
    if len(selections) >= SELECTIONS_MAX:
        raise LimitExceededError(f"A restore testing plan can have {SELECTIONS_MAX} selections at most")
    selections[name] = {
        "ValidationWindowHours": 0,
        **asked,
        "RestoreTestingPlanName": plan["RestoreTestingPlanName"],
        "CreationTime": clock.now(),
        "CreatorRequestId": self._get_param("CreatorRequestId"),
    }
    return ActionResult({**selections[name], "RestoreTestingPlanArn": plan["RestoreTestingPlanArn"]})


def get_restore_testing_selection(self: Any) -> ActionResult:
    """GetRestoreTestingSelection."""
    return ActionResult({"RestoreTestingSelection": _selection(self)})


def list_restore_testing_selections(self: Any) -> ActionResult:
    """ListRestoreTestingSelections."""
    kept = selections_of(self, find_testing_plan(self)["RestoreTestingPlanName"])
    return ActionResult(one_page(self, "RestoreTestingSelections", list(kept.values())))


def update_restore_testing_selection(self: Any) -> ActionResult:
    """UpdateRestoreTestingSelection: what isn't given stays; arns and conditions exclude each other."""
    plan, selection = find_testing_plan(self), _selection(self)
    asked = {
        name: value
        for name, value in dict(self._get_param("RestoreTestingSelection")).items()
        if value is not None
    }
    changed = {**selection, **asked}
    _check(changed)
    selection.update(changed)
    answer = {"RestoreTestingPlanArn": plan["RestoreTestingPlanArn"], "UpdateTime": clock.now()}
    return ActionResult({**selection, **answer})


def delete_restore_testing_selection(self: Any) -> EmptyResult:
    """DeleteRestoreTestingSelection."""
    selection = _selection(self)
    kept = selections_of(self, selection["RestoreTestingPlanName"])
    del kept[selection["RestoreTestingSelectionName"]]
    return EmptyResult()


def _selection(self: Any) -> dict[str, Any]:
    plan = find_testing_plan(self)["RestoreTestingPlanName"]
    name = self._get_param("RestoreTestingSelectionName")
    kept = selections_of(self, plan)
    if name not in kept:
        raise NotFoundError(f"Restore testing selection {name} does not exist in {plan}")
    return kept[name]


def _check(selection: Mapping[str, Any]) -> None:
    kind = selection["ProtectedResourceType"]
    require(
        kind in RESOURCE_TYPES,
        f"ProtectedResourceType must be one of {', '.join(RESOURCE_TYPES)}, not {kind}",
    )
    check_role(selection["IamRoleArn"])
    hours = selection.get("ValidationWindowHours", 0)
    require(
        0 <= hours <= VALIDATION_HOURS_MAX,
        f"ValidationWindowHours must be from 0 to {VALIDATION_HOURS_MAX}, not {hours}",
    )
    arns = selection.get("ProtectedResourceArns") or []
    require("*" not in arns or len(arns) == 1, "ProtectedResourceArns takes * or ARNs, not both")
    conditions = selection.get("ProtectedResourceConditions") or {}
    given = any(conditions.values())
    require(not given or arns in ([], ["*"]), "Conditions go with the wildcard *, not with ARNs")
    require(given or arns, "ProtectedResourceArns or ProtectedResourceConditions must be given")
