"""Key policies, by what a key is for."""

from __future__ import annotations

from modelyard.planning.arns import Place
from modelyard.planning.policies.document import Statement, document, statement

PURPOSES: tuple[str, ...] = ("datasets", "checkpoints", "volumes", "logs", "registry", "backup")
"""What keys are for. One key each, so that the right to use one opens nothing else."""

USE = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")
"""What using a key takes."""

AUTO_SCALING_ROLE = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
SPOT_ROLE = "role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"
"""Both must exist in the account: KMS refuses a policy that names a role that doesn't (AWS KMS API Reference,
PutKeyPolicy, MalformedPolicyDocumentException, 2026-11)."""


def key_policy(purpose: str, place: Place, *, spot: bool = False) -> str:
    """Policy of the key for a purpose. `spot` lets EC2 Spot use the volume key as well."""
    statements = [_the_account_decides(place)]
    if purpose == "volumes":
        statements += _volume_key(place, spot=spot)
    if purpose == "logs":
        statements.append(_log_key(place))
    return document(statements)


def _the_account_decides(place: Place) -> Statement:
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
