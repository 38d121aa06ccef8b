"""Backups of the dataset bucket."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.errors import InputError, Problem
from modelyard.planning.arns import Place, bucket_arn
from modelyard.planning.names import backup_role
from modelyard.planning.policies.backups import backup_keys_policy, backup_policy
from modelyard.planning.policies.document import plain_trust
from modelyard.planning.schedule import backup_schedule
from modelyard.wiring.arguments import check_args
from modelyard.wiring.tokens import AWS, token

SHORTEST_START_WINDOW_MINUTES = 60
"""What AWS Backup takes at least for the start window (AWS Backup API Reference, BackupRuleInput, 2026-11),
and as the completion window's distance from it, which the service demands though that page doesn't say so."""


class BackupArgs(TypedDict):
    """Arguments of Backup."""

    environment: str
    """Name of the environment; part of every name."""
    account_id: str
    """Account that the vault belongs to."""
    region: str
    """Region that the vault is in."""
    bucket: pulumi.Input[str]
    """Bucket that is backed up. It must be versioned, and to be restored into, its policy must let the role
    name an encryption (see Storage, `restoring_role_arns`)."""
    vault_key_arn: pulumi.Input[str]
    """Key that backups are encrypted with."""
    bucket_key_arn: pulumi.Input[str]
    """Key that the bucket's objects are encrypted with."""
    every_hours: int
    """Hours between backups, 1 to 168."""
    start_window_minutes: int
    """Minutes within which a backup starts, 60 or more."""
    completion_window_minutes: int
    """Minutes within which a backup ends, counted from its start; 60 or more above the start window."""
    retention_days: pulumi.Input[int]
    """Days that a backup is kept."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything."""


class Backup(pulumi.ComponentResource):
    """A vault under its own key, a plan with a schedule, and the selection of one bucket."""

    vault_arn: pulumi.Output[str]
    """ARN of the vault."""

    plan_id: pulumi.Output[str]
    """Id of the plan."""

    def __init__(self, name: str, args: BackupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, BackupArgs)
        _check_windows(name, args)
        super().__init__(token(AWS, "Backup"), name, {}, opts)
        tags = args.get("tags", {})
        child = pulumi.ResourceOptions(parent=self)
        vault = aws.backup.Vault(name, name=name, kms_key_arn=args["vault_key_arn"], tags=tags, opts=child)
        plan = aws.backup.Plan(
            name,
            name=name,
            rules=[
                {
                    "rule_name": f"every-{args['every_hours']}-hours",
                    "target_vault_name": vault.name,
                    "schedule": backup_schedule(args["every_hours"]),
                    "start_window": args["start_window_minutes"],
                    "completion_window": args["completion_window_minutes"],
                    "lifecycle": {"delete_after": args["retention_days"]},
                    "recovery_point_tags": tags,
                }
            ],
            tags=tags,
            opts=child,
        )
        aws.backup.Selection(
            name,
            name=name,
            plan_id=plan.id,
            iam_role_arn=self._role(name, args, tags).arn,
            resources=[pulumi.Output.from_input(args["bucket"]).apply(bucket_arn)],
            opts=child,
        )
        self.vault_arn = vault.arn
        self.plan_id = plan.id
        self.register_outputs({"vaultArn": self.vault_arn, "planId": self.plan_id})

    def _role(self, name: str, args: BackupArgs, tags: Mapping[str, pulumi.Input[str]]) -> aws.iam.Role:
        place = Place(args["account_id"], args["region"])
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            name,
            name=backup_role(args["environment"], args["region"]),
            description="Backs up and restores the dataset bucket",
            assume_role_policy=plain_trust("backup.amazonaws.com"),
            tags=tags,
            opts=child,
        )
        aws.iam.RolePolicy(
            name, name=name, role=role.name, policy=_backup_policy(place, args["bucket"]), opts=child
        )
        aws.iam.RolePolicy(
            f"{name}-keys",
            name=f"{name}-keys",
            role=role.name,
            policy=_keys_policy(place, args["bucket_key_arn"]),
            opts=child,
        )
        return role


def _backup_policy(place: Place, bucket: pulumi.Input[str]) -> pulumi.Output[str]:
    return pulumi.Output.from_input(bucket).apply(lambda name: backup_policy(place, name))


def _keys_policy(place: Place, bucket_key_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    return pulumi.Output.from_input(bucket_key_arn).apply(lambda arn: backup_keys_policy(place, arn))


def _check_windows(name: str, args: BackupArgs) -> None:
    start, completion = args["start_window_minutes"], args["completion_window_minutes"]
    windows = [
        ("start_window_minutes", start, SHORTEST_START_WINDOW_MINUTES),
        ("completion_window_minutes", completion, start + SHORTEST_START_WINDOW_MINUTES),
    ]
    problems = [
        Problem(
            field=f"{name}.{field}",
            given=str(given),
            message="AWS Backup refuses a window this short",
            allowed=f"{shortest} or more",
            mend=f"write {shortest}",
        )
        for field, given, shortest in windows
        if given < shortest
    ]
    if problems:
        raise InputError(problems)
