"""Key policies, by what a key is for.

Most services use a key on behalf of whoever asks them to, by a grant that they make with that principal's own
right to (S3, ECR, EFS, FSx, AWS Backup and its copies): for these the account's IAM policies decide, and
the key's policy names nobody (AWS KMS Developer Guide, "Grants"; Amazon ECR User Guide, "Encryption at rest";
Amazon EFS User Guide, "Using AWS KMS keys"; FSx for Lustre User Guide, "Encrypting data at rest"; AWS Backup
Developer Guide, "Encryption for backups"; 2026-11). Named is who comes by itself: service-linked roles that
launch instances, and services that write logs and alerts.
"""

from __future__ import annotations

from modelyard.planning.arns import Place
from modelyard.planning.policies.document import Statement, document, statement

PURPOSES: tuple[str, ...] = (
    "datasets",
    "checkpoints",
    "volumes",
    "logs",
    "registry",
    "backup",
    "files",
    "alerts",
)
"""What keys are for. One key each, so that the right to use one opens nothing else. `files` are file systems,
`alerts` are SNS topics that alarms, budgets, backups and events are told by.
"""

PUBLISHERS = ("backup.amazonaws.com", "budgets.amazonaws.com", "cloudwatch.amazonaws.com")
"""Services that publish to an encrypted topic by themselves, and name the account when they do."""

USE = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")
"""What using a key takes."""

AUTO_SCALING_ROLE = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
SPOT_ROLE = "role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"
"""Both must exist in the account: KMS refuses a policy that names a role that doesn't (AWS KMS API Reference,
PutKeyPolicy, MalformedPolicyDocumentException, 2026-11)."""


def key_policy(purpose: str, place: Place, *, spot: bool = False) -> str:
    """Policy of the key for a purpose. `spot` lets EC2 Spot use the volume key as well."""
    statements = [the_account_decides(place)]
    if purpose == "volumes":
        statements += _volume_key(place, spot=spot)
    if purpose == "logs":
        statements.append(_log_key(place))
    if purpose == "alerts":
        statements += _alert_key(place)
    return document(statements)


def the_account_decides(place: Place) -> Statement:
    """The statement that every key's policy begins with: the account's IAM policies decide."""
    # Without it nobody could ever change the policy again; it gives nothing by itself, but lets IAM policies.
    return statement("AccountDecidesByIam", ["kms:*"], principal={"AWS": place.iam("root")})


def _volume_key(place: Place, *, spot: bool) -> list[Statement]:
    # Batch launches through Auto Scaling: without these two its instances end, and jobs stay RUNNABLE
    # (Amazon EC2 Auto Scaling User Guide, "Required AWS KMS key policy", 2026-11).
    roles = [place.iam(AUTO_SCALING_ROLE), *([place.iam(SPOT_ROLE)] if spot else [])]
    return [
        statement("LaunchingServicesUse", USE, principal={"AWS": roles}),
        statement(
            "LaunchingServicesGrantToVolumes",
            ["kms:CreateGrant"],
            principal={"AWS": roles},
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    ]


def _log_key(place: Place) -> Statement:
    return statement(
        "CloudWatchLogsUses",
        USE,
        principal={"Service": f"logs.{place.region}.amazonaws.com"},
        conditions={
            "ArnLike": {"kms:EncryptionContext:aws:logs:arn": place.arn("logs", "log-group:*")},
            # IfExists: CloudWatch Logs doesn't always name the account; the context always does.
            "StringEqualsIfExists": {"aws:SourceAccount": place.account_id},
        },
    )


def _alert_key(place: Place) -> list[Statement]:
    # A topic's key is used in the publisher's name (Amazon SNS Developer Guide, "Enable compatibility between
    # event sources from AWS services and encrypted topics", 2026-11).
    use = ["kms:Decrypt", "kms:GenerateDataKey*"]
    return [
        statement(
            "AlertingServicesUse",
            use,
            principal={"Service": list(PUBLISHERS)},
            conditions={"StringEquals": {"aws:SourceAccount": place.account_id}},
        ),
        # EventBridge names no account to KMS (same page): a condition on it would silently drop every event.
        # The topic is in the encryption context, whoever publishes.
        statement(
            "EventsUse",
            use,
            principal={"Service": "events.amazonaws.com"},
            conditions={"ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": place.arn("sns", "*")}},
        ),
    ]
