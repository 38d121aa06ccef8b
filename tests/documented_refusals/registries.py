"""ECR, CloudWatch Logs and Budgets: what they refuse."""

from __future__ import annotations

import json
from typing import Any

from documented_refusals.case import READ_ON, Acceptance, Account, Refusal, Request, repeated

ECR = f"ECR API Reference, {READ_ON}"
LOGS = f"CloudWatch Logs API Reference, {READ_ON}"
BUDGETS = f"Budgets API Reference, {READ_ON}"
PARAMETER = "InvalidParameterException"

MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json"})
OTHER = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "x": 1})
KIND = {"imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json"}


def repository(account: Account, **changes: Any) -> Request:
    """A new repository."""
    account.client("ecr").create_repository(repositoryName="trainer", **changes)
    return {"repositoryName": "trainer"}


def image(account: Account, **changes: Any) -> Request:
    """A new repository with an image."""
    place = repository(account, **changes)
    account.client("ecr").put_image(**place, imageTag="v1", imageManifest=MANIFEST, **KIND)
    return place


def lifecycle(*rules: dict[str, Any]) -> str:
    """The text of a lifecycle policy."""
    return json.dumps({"rules": list(rules)})


def expires(priority: int = 1, **selection: Any) -> dict[str, Any]:
    """A rule that keeps ten images."""
    chosen = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10, **selection}
    return {"rulePriority": priority, "selection": chosen, "action": {"type": "expire"}}


def group(account: Account) -> Request:
    """A new log group."""
    account.client("logs").create_log_group(logGroupName="/runs")
    return {"logGroupName": "/runs"}


def budget(account: Account, **changes: Any) -> Request:
    """A monthly budget to create."""
    usual = {
        "BudgetName": "gpus",
        "BudgetLimit": {"Amount": "1000", "Unit": "USD"},
        "TimeUnit": "MONTHLY",
        "BudgetType": "COST",
    }
    merged = {name: value for name, value in {**usual, **changes}.items() if value is not None}
    return {"AccountId": account.account_id, "Budget": merged}


def notice(threshold: float = 80, addresses: int = 1) -> dict[str, Any]:
    """A notification and who gets it."""
    return {
        "Notification": {
            "NotificationType": "ACTUAL",
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": threshold,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": [
            {"SubscriptionType": "EMAIL", "Address": f"team-{number}@example.com"}
            for number in range(addresses)
        ],
    }


def notified(account: Account, *notices: dict[str, Any]) -> Request:
    """A budget with notifications."""
    return {**budget(account), "NotificationsWithSubscribers": list(notices)}


def notified_twice(account: Account) -> Request:
    """A notification that its budget has already."""
    account.client("budgets").create_budget(**notified(account, notice()))
    return {"AccountId": account.account_id, "BudgetName": "gpus", **notice()}


NAME = f"{ECR}, CreateRepository, repositoryName (pattern) and errors"
RETENTION = f"{LOGS}, PutRetentionPolicy, retentionInDays and errors"
CREATE = f"{BUDGETS}, CreateBudget, errors"

REFUSALS = (
    Refusal(
        "a repository's name taken",
        "ecr.create_repository",
        "RepositoryAlreadyExistsException",
        f"{ECR}, CreateRepository, errors",
        lambda a: repeated(a, "ecr.create_repository", {"repositoryName": "trainer"}),
    ),
    Refusal(
        "a repository's name with capitals",
        "ecr.create_repository",
        PARAMETER,
        NAME,
        lambda _: {"repositoryName": "Trainer"},
    ),
    Refusal(
        "a repository's name of one character",
        "ecr.create_repository",
        PARAMETER,
        NAME,
        lambda _: {"repositoryName": "t"},
    ),
    Refusal(
        "a repository's name that ends in a slash",
        "ecr.create_repository",
        PARAMETER,
        NAME,
        lambda _: {"repositoryName": "team/"},
    ),
    Refusal(
        "a repository with images, deleted",
        "ecr.delete_repository",
        "RepositoryNotEmptyException",
        f"{ECR}, DeleteRepository, errors",
        image,
    ),
    Refusal(
        "a repository that is not there, deleted",
        "ecr.delete_repository",
        "RepositoryNotFoundException",
        f"{ECR}, DeleteRepository, errors",
        lambda _: {"repositoryName": "trainer"},
    ),
    Refusal(
        "a repository that is not there",
        "ecr.describe_repositories",
        "RepositoryNotFoundException",
        f"{ECR}, DescribeRepositories, errors",
        lambda _: {"repositoryNames": ["trainer"]},
    ),
    Refusal(
        "an image that is not there",
        "ecr.describe_images",
        "ImageNotFoundException",
        f"{ECR}, DescribeImages, errors",
        lambda a: {**repository(a), "imageIds": [{"imageTag": "v1"}]},
    ),
    Refusal(
        "an immutable tag moved",
        "ecr.put_image",
        "ImageTagAlreadyExistsException",
        f"{ECR}, PutImage, errors",
        lambda a: {
            **image(a, imageTagMutability="IMMUTABLE"),
            "imageTag": "v1",
            "imageManifest": OTHER,
            **KIND,
        },
    ),
    Refusal(
        "a lifecycle policy that is not JSON",
        "ecr.put_lifecycle_policy",
        PARAMETER,
        f"{ECR}, PutLifecyclePolicy, errors",
        lambda a: {**repository(a), "lifecyclePolicyText": "{" * 100},
    ),
    Refusal(
        "a lifecycle policy of two rules with one priority",
        "ecr.put_lifecycle_policy",
        PARAMETER,
        f"ECR User Guide, Lifecycle policy properties, rulePriority (unique), {READ_ON}",
        lambda a: {
            **repository(a),
            "lifecyclePolicyText": lifecycle(expires(tagStatus="untagged"), expires()),
        },
    ),
    Refusal(
        "a lifecycle policy that counts what it can't",
        "ecr.put_lifecycle_policy",
        PARAMETER,
        f"ECR User Guide, Lifecycle policy properties, countType, {READ_ON}",
        lambda a: {**repository(a), "lifecyclePolicyText": lifecycle(expires(countType="imagesOlderThan"))},
    ),
    Refusal(
        "a lifecycle policy that is not set",
        "ecr.get_lifecycle_policy",
        "LifecyclePolicyNotFoundException",
        f"{ECR}, GetLifecyclePolicy, errors",
        repository,
    ),
    Refusal(
        "a repository policy that is not set",
        "ecr.get_repository_policy",
        "RepositoryPolicyNotFoundException",
        f"{ECR}, GetRepositoryPolicy, errors",
        repository,
    ),
    Refusal(
        "a repository policy that is not JSON",
        "ecr.set_repository_policy",
        PARAMETER,
        f"{ECR}, SetRepositoryPolicy, errors",
        lambda a: {**repository(a), "policyText": "{"},
    ),
    Refusal(
        "a log group's name taken",
        "logs.create_log_group",
        "ResourceAlreadyExistsException",
        f"{LOGS}, CreateLogGroup, errors",
        lambda a: repeated(a, "logs.create_log_group", {"logGroupName": "/runs"}),
    ),
    Refusal(
        "a log group's name with a space",
        "logs.create_log_group",
        PARAMETER,
        f"{LOGS}, CreateLogGroup, logGroupName (pattern)",
        lambda _: {"logGroupName": "/the runs"},
    ),
    Refusal(
        "a log group's name of 513 characters",
        "logs.create_log_group",
        PARAMETER,
        f"{LOGS}, CreateLogGroup, logGroupName (512 at most)",
        lambda _: {"logGroupName": "r" * 513},
    ),
    Refusal(
        "logs kept for two days",
        "logs.put_retention_policy",
        PARAMETER,
        RETENTION,
        lambda a: {**group(a), "retentionInDays": 2},
    ),
    Refusal(
        "logs kept for a hundred days",
        "logs.put_retention_policy",
        PARAMETER,
        RETENTION,
        lambda a: {**group(a), "retentionInDays": 100},
    ),
    Refusal(
        "a retention of a log group that is not there",
        "logs.put_retention_policy",
        "ResourceNotFoundException",
        f"{LOGS}, PutRetentionPolicy, errors",
        lambda _: {"logGroupName": "/runs", "retentionInDays": 7},
    ),
    Refusal(
        "a log group that is not there, deleted",
        "logs.delete_log_group",
        "ResourceNotFoundException",
        f"{LOGS}, DeleteLogGroup, errors",
        lambda _: {"logGroupName": "/runs"},
    ),
    Refusal(
        "lines for a log stream that is not there",
        "logs.put_log_events",
        "ResourceNotFoundException",
        f"{LOGS}, PutLogEvents, errors",
        lambda a: {**group(a), "logStreamName": "rank-0", "logEvents": [{"timestamp": 0, "message": "loss"}]},
    ),
    Refusal(
        "a log stream's name with a colon",
        "logs.create_log_stream",
        PARAMETER,
        f"{LOGS}, CreateLogStream (no : and *)",
        lambda a: {**group(a), "logStreamName": "rank:0"},
    ),
    Refusal(
        "a budget's name taken",
        "budgets.create_budget",
        "DuplicateRecordException",
        CREATE,
        lambda a: repeated(a, "budgets.create_budget", budget(a)),
    ),
    Refusal(
        "a budget's name with a colon",
        "budgets.create_budget",
        PARAMETER,
        f"{BUDGETS}, Budget, BudgetName",
        lambda a: budget(a, BudgetName="team:gpus"),
    ),
    Refusal(
        "a budget's name of 101 characters",
        "budgets.create_budget",
        PARAMETER,
        f"{BUDGETS}, Budget, BudgetName",
        lambda a: budget(a, BudgetName="g" * 101),
    ),
    Refusal(
        "a cost budget without a limit",
        "budgets.create_budget",
        PARAMETER,
        f"{BUDGETS}, Budget, BudgetLimit",
        lambda a: budget(a, BudgetLimit=None),
    ),
    Refusal(
        "a budget of a period that is not there",
        "budgets.create_budget",
        PARAMETER,
        f"{BUDGETS}, Budget, TimeUnit",
        lambda a: budget(a, TimeUnit="WEEKLY"),
    ),
    Refusal(
        "a budget's threshold below zero",
        "budgets.create_budget",
        PARAMETER,
        f"{BUDGETS}, Notification, Threshold",
        lambda a: notified(a, notice(-1)),
    ),
    Refusal(
        "a budget's sixth notification",
        "budgets.create_budget",
        "CreationLimitExceededException",
        f"{BUDGETS}, CreateBudget, NotificationsWithSubscribers (five)",
        lambda a: notified(a, *(notice(50 + number) for number in range(6))),
    ),
    Refusal(
        "a notification's eleventh address",
        "budgets.create_budget",
        "CreationLimitExceededException",
        f"{BUDGETS}, CreateBudget, NotificationsWithSubscribers (ten addresses)",
        lambda a: notified(a, notice(addresses=11)),
    ),
    Refusal(
        "a notification given twice",
        "budgets.create_notification",
        "DuplicateRecordException",
        f"{BUDGETS}, CreateNotification, errors",
        notified_twice,
    ),
    Refusal(
        "a notification of a budget that is not there",
        "budgets.create_notification",
        "NotFoundException",
        f"{BUDGETS}, CreateNotification, errors",
        lambda a: {"AccountId": a.account_id, "BudgetName": "gpus", **notice()},
    ),
    Refusal(
        "a budget that is not there",
        "budgets.describe_budget",
        "NotFoundException",
        f"{BUDGETS}, DescribeBudget, errors",
        lambda a: {"AccountId": a.account_id, "BudgetName": "gpus"},
    ),
    Refusal(
        "a budget that is not there, deleted",
        "budgets.delete_budget",
        "NotFoundException",
        f"{BUDGETS}, DeleteBudget, errors",
        lambda a: {"AccountId": a.account_id, "BudgetName": "gpus"},
    ),
)

ACCEPTED = (
    Acceptance("ecr.create_repository", lambda _: {"repositoryName": "team/trainer_2.0"}),
    Acceptance(
        "ecr.put_lifecycle_policy",
        lambda a: {
            **repository(a),
            "lifecyclePolicyText": lifecycle(expires(tagStatus="untagged"), expires(2)),
        },
    ),
    Acceptance("logs.put_retention_policy", lambda a: {**group(a), "retentionInDays": 90}),
    Acceptance("budgets.create_budget", lambda a: notified(a, *(notice(50 + number) for number in range(5)))),
    Acceptance("budgets.create_budget", lambda a: notified(a, notice(addresses=10))),
)
