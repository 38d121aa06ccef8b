"""Backups by tag: vaults, their locks, the plan, what it selects, and proof that it can be restored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.aws.backup_problems import RESTORE_TESTED, backup_problems
from modelyard.aws.restore_testing import RestoreTests, make_restore_tests
from modelyard.errors import InputError
from modelyard.planning.arns import Place
from modelyard.planning.names import backup_role, bucket_name
from modelyard.planning.policies.backups import (
    Reach,
    backup_buckets_policy,
    backup_file_systems_policy,
    backup_keys_policy,
    backup_vaults_policy,
    vault_policy,
)
from modelyard.planning.policies.document import plain_trust
from modelyard.planning.schedule import START_WINDOW_MIN_MINUTES, backup_schedule, interval_hours
from modelyard.planning.tags import BACKUP_TAG
from modelyard.wiring.arguments import check_args
from modelyard.wiring.tokens import AWS, token

RESOURCES = (
    "arn:aws:elasticfilesystem:*:*:file-system/*",
    "arn:aws:fsx:*:*:file-system/*",
    "arn:aws:s3:::*",
)
"""What a plan looks for the tag on: the types that the role can back up. A plan sees its own account and
region only (AWS Backup Developer Guide, "Assign resources programmatically", 2026-11)."""


class BackupArgs(TypedDict):
    """Arguments of Backup."""

    environment: str
    """Name of the environment; part of every name, and the tag's value unless `tag_value` says otherwise."""
    account_id: str
    """Account that the vaults belong to."""
    region: str
    """Region that is backed up, and that the vault is in."""
    vault_key_arn: pulumi.Input[str]
    """Key that backups are encrypted with."""
    every_hours: int
    """Hours between backups, 1 to 168. Where cron can't say it, they come more often."""
    retention_days: pulumi.Input[int]
    """Days that a backup is kept."""
    start_window_minutes: NotRequired[int]
    """Minutes within which a backup starts, 60 or more. Unset: 60."""
    completion_window_minutes: NotRequired[int]
    """Minutes within which a backup ends, counted from its start; 60 or more above the start window. Unset:
    120 above it."""
    tag_key: NotRequired[str]
    """Key of the tag of what is backed up. Unset: modelyard:backup."""
    tag_value: NotRequired[str]
    """Value of the tag of what is backed up. Unset: the environment's name."""
    bucket_names: NotRequired[list[pulumi.Input[str]]]
    """Buckets that the role may back up and restore into. The tag selects among them. They must be versioned,
    and their policies must let the role name an encryption (see Storage, `restoring_role_arns`). Unset: those
    that Storage makes for this environment. Empty: none."""
    data_key_arns: NotRequired[list[pulumi.Input[str]]]
    """Keys that what is backed up is encrypted with, in both regions. Unset: none."""
    copy_region: NotRequired[str]
    """Region that each backup is copied to. Unset: none."""
    copy_vault_key_arn: NotRequired[pulumi.Input[str]]
    """Key that copies are encrypted with, in `copy_region`. Needed with it."""
    copy_retention_days: NotRequired[pulumi.Input[int]]
    """Days that a copy is kept. Unset: as long as the backup."""
    lock_mode: NotRequired[str]
    """Mode of the vaults' lock: `governance` (who may, takes it off) or `compliance` (nobody does, once its
    grace is over). Unset: no lock."""
    lock_min_retention_days: NotRequired[int]
    """Fewest days that a backup in a locked vault is kept. Needed with `lock_mode`."""
    lock_max_retention_days: NotRequired[int]
    """Most days that a backup in a locked vault is kept. Needed with `lock_mode`."""
    lock_changeable_for_days: NotRequired[int]
    """Days after which a compliance lock is for good, 3 or more. Unset: 3."""
    administrator_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles that alone (with the account's root user) change the lock and the access policy of a vault; who
    deploys has to be among them. Unset: IAM decides."""
    restore_test_every: NotRequired[str]
    """How often restores are tried: `day`, `week` or `month`. Unset: never."""
    restore_test_types: NotRequired[list[str]]
    """What restores are tried of: S3, EFS, FSx. Unset: S3 and EFS."""
    restore_test_window_days: NotRequired[int]
    """Days back among which the newest backup is looked for, 1 to 365. Unset: 30."""
    restore_test_keep_hours: NotRequired[int]
    """Hours that what was restored is kept for somebody to look at it, 1 to 168. Unset: 24."""
    restore_test_subnet_id: NotRequired[pulumi.Input[str]]
    """Subnet that file systems of FSx are restored to. Needed to try FSx."""
    restore_test_security_group_ids: NotRequired[list[pulumi.Input[str]]]
    """Security groups of what is restored of FSx. Needed to try FSx."""
    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete the vaults and their locks. Unset: no."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """ARN of the policy that bounds its roles. Unset: none."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything, backups included."""


@dataclass(frozen=True, slots=True)
class _Vault:
    name: str
    region: str
    key_arn: pulumi.Input[str]


class Backup(pulumi.ComponentResource):
    """Backs up every bucket and file system of this account and region that carries the tag.

    A vault under a key of its own, a plan with a schedule, and, as asked for: a second vault in another
    region that each backup is copied to, a lock of both, and restore tests, which put what they restore under
    the vault's key and delete it again. A vault's policy lets nobody delete a backup by hand.

    Backups are snapshots, never continuous ones: those are kept 35 days at most, and can't be kept any longer
    in a copy either, so the schedule is what the recovery point objective rests on.

    Destroying deletes a vault only when nothing is in it any more, and lock and access policy go with it:
    until then AWS Backup refuses, and both stay in place. A compliance lock can't be changed any more after
    its grace, nor taken off.
    """

    vault_arn: pulumi.Output[str]
    """ARN of the vault."""

    vault_name: pulumi.Output[str]
    """Name of the vault."""

    copy_vault_name: pulumi.Output[str | None]
    """Name of the vault that copies go to; none without one."""

    copy_vault_arn: pulumi.Output[str | None]
    """ARN of the vault that copies go to; none without one."""

    plan_id: pulumi.Output[str]
    """Id of the plan."""

    role_arn: pulumi.Output[str]
    """ARN of the role that backs up and restores."""

    def __init__(self, name: str, args: BackupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, BackupArgs)
        if problems := list(backup_problems(name, args)):
            raise InputError(problems)
        super().__init__(token(AWS, "Backup"), name, {}, opts)
        self._name, self._args, self._tags = name, args, args.get("tags", {})
        self._reach = Reach(
            args["account_id"],
            tuple(filter(None, (args["region"], args.get("copy_region")))),
            args.get("tag_key", BACKUP_TAG),
            args.get("tag_value", args["environment"]),
        )
        vault, plan, role = self._make()
        self.vault_arn, self.vault_name = vault.arn, vault.name
        self.plan_id, self.role_arn = plan.id, role.arn
        self.register_outputs(
            {
                "vaultArn": self.vault_arn,
                "vaultName": self.vault_name,
                "copyVaultName": self.copy_vault_name,
                "copyVaultArn": self.copy_vault_arn,
                "planId": self.plan_id,
                "roleArn": self.role_arn,
            }
        )

    def _make(self) -> tuple[aws.backup.Vault, aws.backup.Plan, aws.iam.Role]:
        name, args = self._name, self._args
        vault = self._vault(_Vault(name, args["region"], args["vault_key_arn"]))
        copies = None
        if "copy_region" in args and "copy_vault_key_arn" in args:
            copies = self._vault(_Vault(f"{name}-copies", args["copy_region"], args["copy_vault_key_arn"]))
        self.copy_vault_name = pulumi.Output.from_input(copies.name if copies else None)
        self.copy_vault_arn = pulumi.Output.from_input(copies.arn if copies else None)
        plan = self._plan(vault, copies)
        role, allowed = self._role()
        aws.backup.Selection(
            name,
            name=name,
            plan_id=plan.id,
            iam_role_arn=role.arn,
            resources=list(RESOURCES),
            conditions=[
                {
                    "string_equals": [
                        {"key": f"aws:ResourceTag/{self._reach.tag_key}", "value": self._reach.tag_value}
                    ]
                }
            ],
            region=args["region"],
            # Without its policies the role can't do what the selection says.
            opts=pulumi.ResourceOptions(parent=self, depends_on=allowed),
        )
        if "restore_test_every" in args:
            tests = RestoreTests(
                name=name,
                region=args["region"],
                every=args["restore_test_every"],
                types=tuple(args.get("restore_test_types", RESTORE_TESTED)),
                window_days=args.get("restore_test_window_days", 30),
                keep_hours=args.get("restore_test_keep_hours", 24),
                tag_key=self._reach.tag_key,
                tag_value=self._reach.tag_value,
                key_arn=args["vault_key_arn"],
                subnet_id=args.get("restore_test_subnet_id"),
                security_group_ids=tuple(args.get("restore_test_security_group_ids", [])),
            )
            options = pulumi.ResourceOptions(parent=self, depends_on=allowed)
            make_restore_tests(tests, vault, role, self._tags, options)
        return vault, plan, role

    def _vault(self, wanted: _Vault) -> aws.backup.Vault:
        args, protect = self._args, self._args.get("protect", False)
        vault = aws.backup.Vault(
            wanted.name,
            name=wanted.name,
            kms_key_arn=wanted.key_arn,
            region=wanted.region,
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self, protect=protect),
        )
        guards: list[pulumi.Resource] = []
        if "lock_mode" in args:
            compliance = args["lock_mode"] == "compliance"
            guards.append(
                aws.backup.VaultLockConfiguration(
                    wanted.name,
                    backup_vault_name=vault.name,
                    min_retention_days=args.get("lock_min_retention_days"),
                    max_retention_days=args.get("lock_max_retention_days"),
                    # Its presence is what makes a lock one in compliance mode.
                    changeable_for_days=args.get("lock_changeable_for_days", 3) if compliance else None,
                    region=wanted.region,
                    # A vault has one lock: made first, a replacement would be taken off with the old one. And
                    # a destruction takes no lock off while the vault stands.
                    opts=pulumi.ResourceOptions(
                        parent=self, protect=protect, delete_before_replace=True, deleted_with=vault
                    ),
                )
            )
        aws.backup.VaultPolicy(
            wanted.name,
            backup_vault_name=vault.name,
            policy=pulumi.Output.all(*args.get("administrator_arns", [])).apply(
                lambda arns: vault_policy(args["account_id"], arns)
            ),
            region=wanted.region,
            opts=pulumi.ResourceOptions(parent=self, depends_on=guards, deleted_with=vault),
        )
        return vault

    def _plan(self, vault: aws.backup.Vault, copies: aws.backup.Vault | None) -> aws.backup.Plan:
        args, name = self._args, self._name
        start = args.get("start_window_minutes", START_WINDOW_MIN_MINUTES)
        rule: aws.backup.PlanRuleArgsDict = {
            "rule_name": f"every-{interval_hours(args['every_hours'])}-hours",
            "target_vault_name": vault.name,
            "schedule": backup_schedule(args["every_hours"]),
            "start_window": start,
            "completion_window": args.get("completion_window_minutes", start + 120),
            "lifecycle": {"delete_after": args["retention_days"]},
            "recovery_point_tags": self._tags,
        }
        if copies is not None:
            kept = args.get("copy_retention_days", args["retention_days"])
            rule["copy_actions"] = [
                {"destination_vault_arn": copies.arn, "lifecycle": {"delete_after": kept}}
            ]
        return aws.backup.Plan(
            name,
            name=name,
            rules=[rule],
            region=args["region"],
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _role(self) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        """The role, and its policies."""
        args, name, reach = self._args, self._name, self._reach
        role = aws.iam.Role(
            name,
            name=backup_role(args["environment"], args["region"]),
            description="Backs up what carries the tag, and restores it",
            assume_role_policy=plain_trust("backup.amazonaws.com"),
            permissions_boundary=self._args.get("permissions_boundary"),
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        ours = [bucket_name(args["environment"], "*", args["account_id"], place) for place in reach.regions]
        buckets = args.get("bucket_names", ours)
        tests = "restore_test_every" in args
        # Vaults are named, so that the policy can be read before they exist.
        vaults = [Place(args["account_id"], args["region"]).arn("backup", f"backup-vault:{name}")]
        vault_keys = [args["vault_key_arn"]]
        if "copy_region" in args and "copy_vault_key_arn" in args:
            place = Place(args["account_id"], args["copy_region"])
            vaults.append(place.arn("backup", f"backup-vault:{name}-copies"))
            vault_keys.append(args["copy_vault_key_arn"])
        policies: dict[str, pulumi.Input[str]] = {
            f"{name}-file-systems": backup_file_systems_policy(reach),
            f"{name}-vaults": backup_vaults_policy(reach, vaults),
            f"{name}-keys": pulumi.Output.all(
                data=pulumi.Output.all(*args.get("data_key_arns", [])), vaults=pulumi.Output.all(*vault_keys)
            ).apply(lambda keys: backup_keys_policy(reach, keys["data"], keys["vaults"])),
        }
        if buckets:
            policies[f"{name}-buckets"] = pulumi.Output.all(*buckets).apply(
                lambda names: backup_buckets_policy(reach, names, tests=tests)
            )
        return role, [
            aws.iam.RolePolicy(
                policy, name=policy, role=role.name, policy=text, opts=pulumi.ResourceOptions(parent=self)
            )
            for policy, text in policies.items()
        ]
