"""Restore tests of AWS Backup: proof that what was backed up can be restored."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.planning.schedule import restore_test_schedule

START_WINDOW_HOURS = 24
"""Hours within which the tests of a run start: AWS Backup's own default, so that they don't start at once."""


@dataclass(frozen=True, slots=True)
class RestoreTests:
    """What is tried, and how often."""

    name: str
    region: str
    every: str
    """`day`, `week` or `month`."""
    types: tuple[str, ...]
    """S3, EFS, FSx."""
    window_days: int
    keep_hours: int
    tag_key: str
    tag_value: str
    key_arn: pulumi.Input[str]
    """Key that what is restored is encrypted with."""
    subnet_id: pulumi.Input[str] | None
    security_group_ids: tuple[pulumi.Input[str], ...]


def make_restore_tests(
    tests: RestoreTests,
    vault: aws.backup.Vault,
    role: aws.iam.Role,
    tags: Mapping[str, pulumi.Input[str]],
    opts: pulumi.ResourceOptions,
) -> None:
    """A restore testing plan of a vault's newest backups, with a selection for each type of resource."""
    plan = aws.backup.RestoreTestingPlan(
        tests.name,
        name=_spelled(tests.name),
        schedule_expression=restore_test_schedule(tests.every),
        start_window_hours=START_WINDOW_HOURS,
        recovery_point_selection={
            "algorithm": "LATEST_WITHIN_WINDOW",
            "include_vaults": [vault.arn],
            "recovery_point_types": ["SNAPSHOT"],
            "selection_window_days": tests.window_days,
        },
        region=tests.region,
        tags=tags,
        opts=opts,
    )
    for kind in tests.types:
        name = f"{tests.name}-{kind.lower()}"
        aws.backup.RestoreTestingSelection(
            name,
            name=_spelled(name),
            restore_testing_plan_name=plan.name,
            protected_resource_type=kind,
            protected_resource_arns=["*"],
            protected_resource_conditions={
                "string_equals": [{"key": f"aws:ResourceTag/{tests.tag_key}", "value": tests.tag_value}]
            },
            iam_role_arn=role.arn,
            restore_metadata_overrides=_overrides(tests, kind),
            validation_window_hours=tests.keep_hours,
            region=tests.region,
            opts=opts,
        )


def _overrides(tests: RestoreTests, kind: str) -> dict[str, pulumi.Input[str]]:
    """What AWS Backup wouldn't infer as it is wanted: the key, and for FSx the place (AWS Backup Developer
    Guide, "Restore testing inferred metadata", 2026-11).
    """
    if kind == "S3":
        return {"encryptionType": "SSE-KMS", "kmsKey": tests.key_arn}
    if kind == "EFS":
        return {"kmsKeyId": tests.key_arn}
    return {
        "kmsKeyId": tests.key_arn,
        "subnetIds": pulumi.Output.all(tests.subnet_id).apply(json.dumps),
        "securityGroupIds": pulumi.Output.all(*tests.security_group_ids).apply(json.dumps),
    }


def _spelled(name: str) -> str:
    """A name as restore testing takes it: letters, digits and underscores."""
    return re.sub(r"\W", "_", name)
