"""Selections: what a plan backs up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.moto_api._internal import mock_random

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.backup.checks import NAME, check_role, require
from modelyard_sandbox.moto_extensions.backup.errors import (
    AlreadyExistsError,
    LimitExceededError,
    NotFoundError,
)
from modelyard_sandbox.moto_extensions.backup.plans import find_plan
from modelyard_sandbox.moto_extensions.backup.records import one_page
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.store import store_of

ARNS_MAX, ARNS_WITH_WILDCARDS_MAX = 500, 30
CONDITIONS_MAX = 500
SELECTIONS_MAX = 100
"""A plan's; from the quotas of the developer guide, as are the conditions of a selection."""


def install() -> None:
    """Add the operations to moto's Backup."""
    add_operations(
        BackupResponse,
        create_backup_selection,
        get_backup_selection,
        list_backup_selections,
        delete_backup_selection,
    )


def create_backup_selection(self: Any) -> ActionResult:
    """CreateBackupSelection."""
    plan_id = find_plan(self).backup_plan_id
    selection = dict(self._get_param("BackupSelection"))
    _check(selection)
    name = selection["SelectionName"]
    selections = _selections(self)
    if any(kept["BackupSelection"]["SelectionName"] == name for kept in selections.values()):
        raise AlreadyExistsError(f"Backup selection with the name {name} already exists")
    if len(selections) >= SELECTIONS_MAX:
        raise LimitExceededError(f"A backup plan can have {SELECTIONS_MAX} selections at most")
    id_ = str(mock_random.uuid4())
    selections[id_] = {
        "BackupPlanId": plan_id,
        "SelectionId": id_,
        "CreationDate": clock.now(),
        "CreatorRequestId": self._get_param("CreatorRequestId"),
        "BackupSelection": selection,
    }
    return ActionResult(selections[id_])


def get_backup_selection(self: Any) -> ActionResult:
    """GetBackupSelection."""
    return ActionResult(_selection(self))


def list_backup_selections(self: Any) -> ActionResult:
    """ListBackupSelections."""
    listed = [{**kept, **kept["BackupSelection"]} for kept in _selections(self).values()]
    return ActionResult(one_page(self, "BackupSelectionsList", listed))


def delete_backup_selection(self: Any) -> EmptyResult:
    """DeleteBackupSelection."""
    del _selections(self)[_selection(self)["SelectionId"]]
    return EmptyResult()


def _selections(self: Any) -> dict[str, Any]:
    plan_id = find_plan(self).backup_plan_id
    return store_of(self.backup_backend, "selections").setdefault(plan_id, {})


def _selection(self: Any) -> dict[str, Any]:
    selection_id = self._get_param("SelectionId")
    selections = _selections(self)
    if selection_id not in selections:
        raise NotFoundError(f"Cannot find Backup selection with ID {selection_id}")
    return selections[selection_id]


def _check(selection: Mapping[str, Any]) -> None:
    name = selection.get("SelectionName", "")
    require(NAME.fullmatch(name), f"Invalid selection name: {name}")
    check_role(selection.get("IamRoleArn", ""))
    tags, conditions = selection.get("ListOfTags") or [], selection.get("Conditions") or {}
    chosen = [selection.get("Resources"), tags, *conditions.values()]
    require(any(chosen), "A selection needs resources, a list of tags or conditions")
    for member in ("Resources", "NotResources"):
        _check_arns(member, selection.get(member) or [])
    for tag in tags:
        require(
            tag.get("ConditionType") == "STRINGEQUALS",
            f"ConditionType must be STRINGEQUALS, not {tag.get('ConditionType')}",
        )
    count = len(tags) + sum(len(items) for items in conditions.values())
    require(count <= CONDITIONS_MAX, f"A selection can have {CONDITIONS_MAX} conditions at most")
    for item in (item for items in conditions.values() for item in items):
        require(
            item.get("ConditionKey", "").startswith("aws:ResourceTag/"),
            f"A condition's key begins with aws:ResourceTag/: {item.get('ConditionKey')}",
        )


def _check_arns(member: str, arns: list[str]) -> None:
    for arn in arns:
        require(arn == "*" or arn.startswith("arn:"), f"Invalid resource ARN: {arn}")
        require("*" not in arn[:-1] or _is_type(arn), f"The wildcard of an ARN must be its end: {arn}")
    most = ARNS_WITH_WILDCARDS_MAX if any("*" in arn for arn in arns) else ARNS_MAX
    if len(arns) > most:
        raise LimitExceededError(f"{member} takes {most} ARNs at most, not {len(arns)}")


def _is_type(arn: str) -> bool:
    """Whether an arn stands for all resources of a type, in all regions and accounts."""
    parts = arn.split(":", 5)
    return len(parts) == 6 and {parts[3], parts[4]} <= {"*", ""} and "*" not in parts[5][:-1]
