"""Plans: created, updated and deleted; their rules checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from moto.backup.models import Plan
from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.backup.checks import (
    NAME,
    VAULT_NAME,
    check_lifecycle,
    check_schedule,
    check_windows,
    require,
    required,
    vault_place,
)
from modelyard_sandbox.moto_extensions.backup.errors import (
    AlreadyExistsError,
    InvalidRequestError,
    NotFoundError,
)
from modelyard_sandbox.moto_extensions.backup.records import one_page
from modelyard_sandbox.moto_extensions.operations import add_operations
from modelyard_sandbox.moto_extensions.store import store_of


def install() -> None:
    """Put the operations in the place of moto's, or beside them."""
    add_operations(
        BackupResponse,
        create_backup_plan,
        get_backup_plan,
        list_backup_plans,
        update_backup_plan,
        delete_backup_plan,
    )


def create_backup_plan(self: Any) -> ActionResult:
    """CreateBackupPlan."""
    document = dict(self._get_param("BackupPlan"))
    _check(self.backup_backend, document)
    _refuse_taken(self.backup_backend.plans.values(), document["BackupPlanName"])
    plan = self.backup_backend.create_backup_plan(
        backup_plan=document,
        backup_plan_tags=dict(self._get_param("BackupPlanTags") or {}),
        creator_request_id=self._get_param("CreatorRequestId"),
    )
    return ActionResult(plan.to_dict())


def get_backup_plan(self: Any) -> ActionResult:
    """GetBackupPlan; a version that isn't the present one is not found."""
    plan = find_plan(self)
    version = self._get_param("VersionId")
    if version not in (None, plan.version_id):
        raise NotFoundError("Failed reading Backup plan with provided version")
    return ActionResult(plan.to_get_dict())


def list_backup_plans(self: Any) -> ActionResult:
    """ListBackupPlans."""
    plans = [plan.to_list_dict() for plan in list(self.backup_backend.plans.values())]
    if self._get_param("IncludeDeleted"):
        plans += store_of(self.backup_backend, "deleted_plans").values()
    return ActionResult(one_page(self, "BackupPlansList", plans))


def update_backup_plan(self: Any) -> ActionResult:
    """UpdateBackupPlan: the plan's document anew, under a new version."""
    plan, document = find_plan(self), dict(self._get_param("BackupPlan"))
    _check(self.backup_backend, document)
    others = [other for other in self.backup_backend.plans.values() if other is not plan]
    _refuse_taken(others, document["BackupPlanName"])
    fresh: Any = Plan(document, plan.creator_request_id, self.backup_backend)
    plan.backup_plan = fresh.backup_plan
    plan.advanced_backup_settings = fresh.advanced_backup_settings
    plan.version_id = fresh.version_id
    return ActionResult(plan.to_dict())


def delete_backup_plan(self: Any) -> ActionResult:
    """DeleteBackupPlan: its selections must be gone; its name is free again."""
    plan, backend = find_plan(self), self.backup_backend
    if store_of(backend, "selections").get(plan.backup_plan_id):
        raise InvalidRequestError("Related backup plan selections must be deleted prior to backup plan")
    plan.deletion_date = clock.now().timestamp()
    store_of(backend, "deleted_plans")[plan.backup_plan_id] = plan.to_list_dict()
    del backend.plans[plan.backup_plan_id]
    backend.tagger.delete_all_tags_for_resource(plan.backup_plan_arn)
    return ActionResult({**plan.to_dict(), "DeletionDate": plan.deletion_date})


def find_plan(self: Any) -> Any:
    """The plan that a request names."""
    plan_id = self._get_param("BackupPlanId")
    plan = self.backup_backend.plans.get(plan_id)
    if plan is None:
        raise NotFoundError(f"Cannot find Backup plan with ID {plan_id}")
    return plan


def _refuse_taken(plans: Iterable[Any], name: str) -> None:
    for plan in plans:
        if plan.backup_plan["BackupPlanName"] == name:
            raise AlreadyExistsError(
                "Backup plan with the same plan document already exists",
                plan.backup_plan_arn,
                plan.creator_request_id,
            )


def _check(backend: Any, document: Mapping[str, Any]) -> None:
    required(document, "BackupPlanName", "Rules")
    names = [rule["RuleName"] for rule in document["Rules"]]
    require(len(set(names)) == len(names), f"The names of rules must be unique: {', '.join(names)}")
    require(NAME.fullmatch(document["BackupPlanName"]), f"Invalid plan name: {document['BackupPlanName']}")
    for rule in document["Rules"]:
        _check_rule(rule)
        vault = rule["TargetBackupVaultName"]
        require(
            vault in backend.vaults, f"Error in rule {rule['RuleName']} : Backup vault {vault} does not exist"
        )


def _check_rule(rule: Mapping[str, Any]) -> None:
    name, vault = rule["RuleName"], rule["TargetBackupVaultName"]
    require(NAME.fullmatch(name), f"Invalid rule name: {name}")
    require(VAULT_NAME.fullmatch(vault), f"Invalid backup vault name: {vault}")
    if rule.get("ScheduleExpression"):
        check_schedule(rule["ScheduleExpression"])
    check_windows(rule.get("StartWindowMinutes"), rule.get("CompletionWindowMinutes"))
    check_lifecycle(rule.get("Lifecycle"), continuous=bool(rule.get("EnableContinuousBackup")))
    for action in rule.get("CopyActions") or []:
        vault_place(action["DestinationBackupVaultArn"])
        check_lifecycle(action.get("Lifecycle"))
