"""Log groups, registries, backups and budgets, read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelyard_sandbox.aws.backup import PLAN_RENAMES, SELECTION_RENAMES
from modelyard_sandbox.aws.observing.base import Observer, Sight
from modelyard_sandbox.handler import Inputs
from modelyard_sandbox.meaning import COMPUTED, Meaning

SUBSCRIBERS = {"EMAIL": "subscriberEmailAddresses", "SNS": "subscriberSnsTopicArns"}


def log_group(sight: Sight) -> Inputs:
    """A log group."""
    groups = sight.call("logs", "DescribeLogGroups", logGroupNamePrefix=sight.id)["logGroups"]
    group = next(item for item in groups if item["logGroupName"] == sight.id)
    found = sight.inputs(group, {"name": "logGroupName"})
    return found | sight.tags("logs", "ListTagsForResource", "tags", resourceArn=sight.outputs["arn"])


def repository(sight: Sight) -> Inputs:
    """A repository."""
    found = sight.first("ecr", "DescribeRepositories", "repositories", repositoryNames=[sight.id])
    inputs = sight.inputs(found, {"name": "repositoryName"})
    return inputs | sight.tags("ecr", "ListTagsForResource", "tags", resourceArn=found["repositoryArn"])


def image_lifecycle(sight: Sight) -> Inputs:
    """What becomes of old images."""
    found = sight.call("ecr", "GetLifecyclePolicy", repositoryName=sight.id)
    return sight.inputs(found, {"policy": "lifecyclePolicyText", "repository": "repositoryName"})


def vault(sight: Sight) -> Inputs:
    """A backup vault."""
    found = sight.call("backup", "DescribeBackupVault", BackupVaultName=sight.id)
    inputs = sight.inputs(found, {"kmsKeyArn": "EncryptionKeyArn", "name": "BackupVaultName"})
    return inputs | sight.tags("backup", "ListTags", "Tags", ResourceArn=found["BackupVaultArn"])


def plan(sight: Sight) -> Inputs:
    """A backup plan."""
    found = sight.call("backup", "GetBackupPlan", BackupPlanId=sight.id)
    renames = {**PLAN_RENAMES, "name": "BackupPlanName"}
    inputs = sight.inputs({**found, **found["BackupPlan"]}, renames)
    return inputs | sight.tags("backup", "ListTags", "Tags", ResourceArn=found["BackupPlanArn"])


def selection(sight: Sight) -> Inputs:
    """What a plan backs up."""
    plan_id = sight.given["planId"]
    found = sight.call("backup", "GetBackupSelection", BackupPlanId=plan_id, SelectionId=sight.id)
    return {"planId": plan_id, **sight.inputs(found["BackupSelection"], SELECTION_RENAMES)}


def budget(sight: Sight) -> Inputs:
    """A budget with who is told when."""
    account, _, name = sight.id.partition(":")
    place = {"AccountId": account, "BudgetName": name}
    found = sight.call("budgets", "DescribeBudget", **place)["Budget"]
    filters = [{"name": key, "values": found["CostFilters"][key]} for key in found.get("CostFilters") or {}]
    inputs = sight.inputs({**found, "CostFilters": None}, {"name": "BudgetName"})
    inputs |= {"accountId": account, "costFilters": filters}
    inputs |= {f"limit{part}": str(found["BudgetLimit"][part]) for part in found.get("BudgetLimit") or {}}
    inputs |= {"notifications": _notifications(sight, place)}
    arn = sight.outputs["arn"]
    return inputs | sight.tags("budgets", "ListTagsForResource", "ResourceTags", ResourceARN=arn)


def _notifications(sight: Sight, place: dict[str, Any]) -> Any:
    listed = sight.call("budgets", "DescribeNotificationsForBudget", **place).get("Notifications") or []
    return [_notification(sight, place, item) for item in listed]


def _notification(sight: Sight, place: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    shown = {name: item[name] for name in item if name != "NotificationState"}
    found: dict[str, Any] = {name[0].lower() + name[1:]: value for name, value in shown.items()}
    answer = sight.call("budgets", "DescribeSubscribersForNotification", **place, Notification=shown)
    for subscriber in answer["Subscribers"]:
        found.setdefault(SUBSCRIBERS[subscriber["SubscriptionType"]], []).append(subscriber["Address"])
    return found


OBSERVERS: Mapping[str, Observer] = {
    "aws:backup/plan:Plan": plan,
    "aws:backup/selection:Selection": selection,
    "aws:backup/vault:Vault": vault,
    "aws:budgets/budget:Budget": budget,
    "aws:cloudwatch/logGroup:LogGroup": log_group,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": image_lifecycle,
    "aws:ecr/repository:Repository": repository,
}

COST_TYPES_ON = (
    "includeCredit",
    "includeDiscount",
    "includeOtherSubscription",
    "includeRecurring",
    "includeRefund",
    "includeSubscription",
    "includeSupport",
    "includeTax",
    "includeUpfront",
)

MEANINGS: Mapping[str, Meaning] = {
    "aws:backup/plan:Plan": Meaning(
        {
            "rules[].completionWindow": 180,
            "rules[].scheduleExpressionTimezone": "Etc/UTC",
            "rules[].startWindow": 60,
        },
        frozenset({"advancedBackupSettings", "rules", "rules[].copyActions"}),
    ),
    "aws:backup/selection:Selection": Meaning(
        {"notResources": COMPUTED, "resources": COMPUTED}, frozenset({"selectionTags"})
    ),
    "aws:backup/vault:Vault": Meaning({"kmsKeyArn": COMPUTED}, unseen=frozenset({"forceDestroy"})),
    "aws:budgets/budget:Budget": Meaning(
        {
            "accountId": COMPUTED,
            "costTypes": COMPUTED,
            "limitUnit": "USD",
            "name": COMPUTED,
            **{f"costTypes.{name}": True for name in COST_TYPES_ON},
        },
        frozenset({"costFilters", "notifications"}),
        frozenset({"namePrefix"}),
    ),
    "aws:cloudwatch/logGroup:LogGroup": Meaning(
        {"logGroupClass": "STANDARD", "name": COMPUTED}, unseen=frozenset({"namePrefix", "skipDestroy"})
    ),
    "aws:ecr/repository:Repository": Meaning(
        {
            "encryptionConfigurations": [{"encryptionType": "AES256"}],
            "encryptionConfigurations[].kmsKey": COMPUTED,
            "imageTagMutability": "MUTABLE",
        },
        unseen=frozenset({"forceDelete"}),
    ),
}
"""What pulumi-aws computes or fills in where a program is silent (its registry pages, 2026-11)."""
