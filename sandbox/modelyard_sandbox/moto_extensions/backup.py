"""AWS Backup: selections of a plan, and updates of a plan.

Source: AWS Backup API reference, CreateBackupSelection, UpdateBackupPlan and DeleteBackupPlan, 2026-11.
"""

from __future__ import annotations

import json
import re
from typing import Any

from moto.backup.exceptions import (
    AlreadyExistsException,
    InvalidParameterValueException,
    InvalidRequestException,
    ResourceNotFoundException,
)
from moto.backup.models import Plan
from moto.backup.responses import BackupResponse
from moto.core.utils import unix_time
from moto.moto_api._internal import mock_random

from modelyard_sandbox.moto_extensions.store import add_operations, store_of

NAME = re.compile(r"[a-zA-Z0-9\-_.]{1,50}")


def install() -> None:
    """Add the operations to moto's Backup; a plan with selections can't be deleted."""
    add_operations(
        BackupResponse,
        create_backup_selection,
        get_backup_selection,
        list_backup_selections,
        delete_backup_selection,
        update_backup_plan,
    )
    moto_delete_plan = BackupResponse.delete_backup_plan

    def delete_backup_plan(self: Any) -> str:
        plan_id = self.path.rstrip("/").split("/")[-1]
        if _selections(self, plan_id):
            raise InvalidRequestException(
                "Related backup plan selections must be deleted prior to backup plan"
            )
        answer = moto_delete_plan(self)
        # moto keeps the plan, and its name with it, so that none of that name could be made again.
        del self.backup_backend.plans[plan_id]
        return answer

    add_operations(BackupResponse, delete_backup_plan)


def create_backup_selection(self: Any) -> str:
    """CreateBackupSelection."""
    plan_id = _ids(self)[0]
    selection = json.loads(self.body)["BackupSelection"]
    name, role = selection.get("SelectionName", ""), selection.get("IamRoleArn", "")
    if not NAME.fullmatch(name):
        raise InvalidParameterValueException(f"Invalid selection name: {name}")
    if not re.fullmatch(r"arn:[\w-]+:iam::\d{12}:role/.+", role):
        raise InvalidParameterValueException(f"Invalid role ARN: {role}")
    selections = _selections(self, plan_id)
    if any(kept["BackupSelection"]["SelectionName"] == name for kept in selections.values()):
        raise AlreadyExistsException(f"Backup selection with the name {name} already exists")
    id_ = str(mock_random.uuid4())
    selections[id_] = {
        "BackupPlanId": plan_id,
        "SelectionId": id_,
        "CreationDate": unix_time(),
        "BackupSelection": selection,
    }
    return json.dumps({key: selections[id_][key] for key in ("BackupPlanId", "SelectionId", "CreationDate")})


def get_backup_selection(self: Any) -> str:
    """GetBackupSelection."""
    plan_id, selection_id = _ids(self)
    return json.dumps(_selection(self, plan_id, selection_id))


def list_backup_selections(self: Any) -> str:
    """ListBackupSelections."""
    listed = [
        {
            "BackupPlanId": kept["BackupPlanId"],
            "SelectionId": kept["SelectionId"],
            "CreationDate": kept["CreationDate"],
            "SelectionName": kept["BackupSelection"]["SelectionName"],
            "IamRoleArn": kept["BackupSelection"]["IamRoleArn"],
        }
        for kept in _selections(self, _ids(self)[0]).values()
    ]
    return json.dumps({"BackupSelectionsList": listed})


def delete_backup_selection(self: Any) -> str:
    """DeleteBackupSelection."""
    plan_id, selection_id = _ids(self)
    _selection(self, plan_id, selection_id)
    del _selections(self, plan_id)[selection_id]
    return ""


def update_backup_plan(self: Any) -> str:
    """UpdateBackupPlan: the plan's document anew, under a new version."""
    plan = _plan(self, _ids(self)[0])
    fresh: Any = Plan(json.loads(self.body)["BackupPlan"], plan.creator_request_id, self.backup_backend)
    plan.backup_plan = fresh.backup_plan
    plan.advanced_backup_settings = fresh.advanced_backup_settings
    plan.version_id = fresh.version_id
    return json.dumps(plan.to_dict())


def _ids(self: Any) -> tuple[str, str]:
    """Ids of plan and selection in the path: /backup/plans/PLAN/selections/SELECTION."""
    parts = [part for part in self.path.split("/") if part]
    return parts[2], parts[4] if len(parts) > 4 else ""


def _plan(self: Any, plan_id: str) -> Any:
    plan = self.backup_backend.plans.get(plan_id)
    if plan is None or plan.deletion_date is not None:
        raise ResourceNotFoundException(f"Cannot find Backup plan with ID {plan_id}")
    return plan


def _selections(self: Any, plan_id: str) -> dict[str, Any]:
    _plan(self, plan_id)
    return store_of(self.backup_backend, "selections").setdefault(plan_id, {})


def _selection(self: Any, plan_id: str, selection_id: str) -> Any:
    selections = _selections(self, plan_id)
    if selection_id not in selections:
        raise ResourceNotFoundException(f"Cannot find Backup selection with ID {selection_id}")
    return selections[selection_id]
