"""AWS Backup: vaults, plans and what they select."""

from __future__ import annotations

from collections.abc import Iterable

from typing_extensions import override

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, physical_name, tags_of
from modelyard_sandbox.aws.tagging import retag

PLAN_RENAMES = {
    "coldStorageAfter": "MoveToColdStorageAfterDays",
    "completionWindow": "CompletionWindowMinutes",
    "deleteAfter": "DeleteAfterDays",
    "destinationVaultArn": "DestinationBackupVaultArn",
    "optInToArchiveForSupportedResources": "OptInToArchiveForSupportedResources",
    "schedule": "ScheduleExpression",
    "startWindow": "StartWindowMinutes",
    "targetVaultName": "TargetBackupVaultName",
}

PLAN_WINDOWS = {"startWindow": 60, "completionWindow": 180}
"""Minutes that pulumi-aws asks for where a program is silent; AWS's own defaults are longer."""


class Vault(ResourceHandler):
    """Where recovery points lie; its id is its name."""

    type = "aws:backup/vault:Vault"
    service = "backup"
    inputs = frozenset({"forceDestroy", "kmsKeyArn", "name"})
    replace_on = frozenset({"kmsKeyArn", "name"})
    made_with = frozenset({"tags", "tagsAll"})
    name_input = "name"
    identity = ("name",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name = physical_name(inputs)
        key = {"EncryptionKeyArn": inputs["kmsKeyArn"]} if inputs.get("kmsKeyArn") else {}
        self.call(cloud, "CreateBackupVault", BackupVaultName=name, BackupVaultTags=tags_of(inputs), **key)
        return name

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        retag(cloud, "backup", cloud.arn("backup", f"backup-vault:{id_}"), old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        vault = self.call(cloud, "DescribeBackupVault", BackupVaultName=id_)
        return {
            "arn": vault["BackupVaultArn"],
            "name": id_,
            "recoveryPoints": int(vault.get("NumberOfRecoveryPoints", 0)),
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        if inputs.get("forceDestroy"):
            self.clear(cloud, id_, inputs)
        self.call(cloud, "DeleteBackupVault", BackupVaultName=id_)

    @override
    def clear(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        """Delete the vault's recovery points; a locked vault refuses that."""
        client = cloud.client("backup")
        pages = client.get_paginator("list_recovery_points_by_backup_vault").paginate(BackupVaultName=id_)
        for arn in [point["RecoveryPointArn"] for page in pages for point in page["RecoveryPoints"]]:
            self.call(cloud, "DeleteRecoveryPoint", BackupVaultName=id_, RecoveryPointArn=arn)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        return (vault["BackupVaultName"] for vault in self.call(cloud, "ListBackupVaults")["BackupVaultList"])

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("name")


class Plan(ResourceHandler):
    """When backups are made and how long they are kept."""

    type = "aws:backup/plan:Plan"
    service = "backup"
    inputs = frozenset({"advancedBackupSettings", "name", "rules"})
    required = frozenset({"rules"})
    replace_on = frozenset({"name"})
    made_with = inputs | {"tags", "tagsAll"}
    changing_outputs = frozenset({"version"})
    name_input = "name"
    identity = ("name",)
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        return self.call(
            cloud,
            "CreateBackupPlan",
            BackupPlan=self._document(cloud, inputs),
            BackupPlanTags=tags_of(inputs),
        )["BackupPlanId"]

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, "advancedBackupSettings", "rules"):
            self.call(cloud, "UpdateBackupPlan", BackupPlanId=id_, BackupPlan=self._document(cloud, new))
        retag(cloud, "backup", cloud.arn("backup", f"backup-plan:{id_}"), old, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        plan = self.call(cloud, "GetBackupPlan", BackupPlanId=id_)
        if "DeletionDate" in plan:
            return None
        return {
            "arn": plan["BackupPlanArn"],
            "name": plan["BackupPlan"]["BackupPlanName"],
            "version": plan["VersionId"],
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteBackupPlan", BackupPlanId=id_)

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        return (plan["BackupPlanId"] for plan in self.call(cloud, "ListBackupPlans")["BackupPlansList"])

    def _document(self, cloud: Cloud, inputs: Inputs) -> dict[str, object]:
        rules = [{**PLAN_WINDOWS, **rule} for rule in inputs["rules"]]
        names = ("advancedBackupSettings", "rules")
        whole = {**inputs, "rules": rules}
        plan = self.part(cloud, "CreateBackupPlan", "BackupPlan", whole, *names, renames=PLAN_RENAMES)
        return {"BackupPlanName": physical_name(inputs), **plan}


SELECTION_RENAMES = {
    "name": "SelectionName",
    "selectionTags": "ListOfTags",
    "type": "ConditionType",
    "key": "ConditionKey",
    "value": "ConditionValue",
}


class Selection(ResourceHandler):
    """What a plan backs up; the API can't change one, so any change replaces it."""

    type = "aws:backup/selection:Selection"
    service = "backup"
    inputs = frozenset(
        {"conditions", "iamRoleArn", "name", "notResources", "planId", "resources", "selectionTags"}
    )
    required = frozenset({"planId"})
    replace_on = inputs
    name_input = "name"
    identity = ("planId", "name")

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        operation, member, names = "CreateBackupSelection", "BackupSelection", self.inputs - {"planId"}
        selection = self.part(cloud, operation, member, inputs, *names, renames=SELECTION_RENAMES)
        answer = self.call(cloud, operation, BackupPlanId=inputs["planId"], BackupSelection=selection)
        return answer["SelectionId"]

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        self.call(cloud, "GetBackupSelection", BackupPlanId=inputs["planId"], SelectionId=id_)
        return {}

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        self.call(cloud, "DeleteBackupSelection", BackupPlanId=inputs["planId"], SelectionId=id_)

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        listed = self.call(cloud, "ListBackupSelections", BackupPlanId=inputs["planId"])[
            "BackupSelectionsList"
        ]
        return next(
            (item["SelectionId"] for item in listed if item["SelectionName"] == inputs.get("name")), None
        )
