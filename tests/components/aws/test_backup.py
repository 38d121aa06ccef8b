"""Backup, from a program that has nothing to do with training."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from previewing import PLACE, TAGS, every, one, preview

from modelyard.aws.backup import Backup
from modelyard.errors import InputError
from modelyard_policies.graph import Graph, Node

KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
COPY_KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
DEPLOYER = "arn:aws:iam::123456789012:role/deployer"
PLAIN: dict[str, Any] = {
    **PLACE,
    "environment": "web",
    "vault_key_arn": KEY,
    "every_hours": 24,
    "retention_days": 35,
}
COPY = {"copy_region": "eu-west-1", "copy_vault_key_arn": COPY_KEY}
LOCK = {"lock_mode": "governance", "lock_min_retention_days": 7, "lock_max_retention_days": 90}
TESTS = {
    "restore_test_every": "week",
    "restore_test_types": ["S3", "EFS", "FSx"],
    "restore_test_subnet_id": "subnet-1",
    "restore_test_security_group_ids": ["sg-1", "sg-2"],
}

VAULT, LOCKS = "backup/vault:Vault", "backup/vaultLockConfiguration:VaultLockConfiguration"
POLICY, PLAN = "backup/vaultPolicy:VaultPolicy", "backup/plan:Plan"
SELECTION = "backup/selection:Selection"
TESTING_PLAN = "backup/restoreTestingPlan:RestoreTestingPlan"
TESTING_SELECTION = "backup/restoreTestingSelection:RestoreTestingSelection"


def backup(**args: Any) -> Graph:
    return preview(lambda: Backup("web-backup", {**PLAIN, **args}) and None)


def statements(policy: Node) -> dict[str, Any]:
    return {item["Sid"]: item for item in json.loads(policy.properties["policy"])["Statement"]}


def role_policies(graph: Graph) -> dict[str, Any]:
    """The statements of the role, all policies together."""
    return {
        sid: item
        for policy in every(graph, "iam/rolePolicy:RolePolicy")
        for sid, item in statements(policy).items()
    }


def test_a_service_needs_a_key_a_schedule_and_a_retention() -> None:
    graph = backup()
    assert one(graph, VAULT).properties["kmsKeyArn"] == KEY
    (rule,) = one(graph, PLAN).properties["rules"]
    assert rule == {
        "ruleName": "every-24-hours",
        "targetVaultName": "web-backup",
        "schedule": "cron(0 5 * * ? *)",
        "startWindow": 60,
        "completionWindow": 180,
        "lifecycle": {"deleteAfter": 35},
        "recoveryPointTags": {},
    }
    for kind in (LOCKS, TESTING_PLAN, TESTING_SELECTION):
        assert not every(graph, kind)


def test_what_carries_the_tag_is_selected_and_nothing_else() -> None:
    selection = one(backup(), SELECTION).properties
    assert selection["conditions"] == [
        {"stringEquals": [{"key": "aws:ResourceTag/modelyard:backup", "value": "web"}]}
    ]
    assert selection["resources"] == [
        "arn:aws:elasticfilesystem:*:*:file-system/*",
        "arn:aws:fsx:*:*:file-system/*",
        "arn:aws:s3:::*",
    ]
    assert "selectionTags" not in selection
    other = one(backup(tag_key="keep", tag_value="yes"), SELECTION).properties
    assert other["conditions"] == [{"stringEquals": [{"key": "aws:ResourceTag/keep", "value": "yes"}]}]


def test_the_rule_is_named_after_what_the_schedule_says() -> None:
    (rule,) = one(backup(every_hours=5), PLAN).properties["rules"]
    assert (rule["ruleName"], rule["schedule"]) == ("every-4-hours", "cron(0 0/4 * * ? *)")


def test_each_backup_is_copied_under_a_key_of_the_other_region() -> None:
    graph = backup(**COPY, copy_retention_days=90, tags=TAGS)
    copies = one(graph, VAULT, "web-backup-copies")
    assert (copies.region, copies.properties["kmsKeyArn"]) == ("eu-west-1", COPY_KEY)
    assert copies.properties["tags"] == TAGS
    plan = one(graph, PLAN)
    (rule,) = plan.properties["rules"]
    assert [action["lifecycle"] for action in rule["copyActions"]] == [{"deleteAfter": 90}]
    assert copies.urn in plan.property_dependencies["rules"]
    assert plan.region == "eu-central-1"
    (same,) = one(backup(**COPY), PLAN).properties["rules"]
    assert same["copyActions"][0]["lifecycle"] == {"deleteAfter": 35}


def test_both_vaults_are_locked_alike() -> None:
    for mode, grace in (("governance", None), ("compliance", 3)):
        graph = backup(**COPY, **{**LOCK, "lock_mode": mode})
        locks = every(graph, LOCKS)
        assert {lock.region for lock in locks} == {"eu-central-1", "eu-west-1"}
        for lock in locks:
            assert (lock.properties["minRetentionDays"], lock.properties["maxRetentionDays"]) == (7, 90)
            assert lock.properties.get("changeableForDays") == grace
    (lock,) = every(backup(**{**LOCK, "lock_mode": "compliance"}, lock_changeable_for_days=14), LOCKS)
    assert lock.properties["changeableForDays"] == 14


def test_nobody_deletes_a_backup_and_only_administrators_unlock() -> None:
    graph = backup(**COPY, **LOCK, administrator_arns=[DEPLOYER])
    policies = every(graph, POLICY)
    assert {policy.region for policy in policies} == {"eu-central-1", "eu-west-1"}
    for policy in policies:
        found = statements(policy)
        assert found["NobodyDeletesBackups"] == {
            "Sid": "NobodyDeletesBackups",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
            "Resource": ["*"],
        }
        unlocking = found["OnlyAdministratorsUnlock"]
        assert (unlocking["Effect"], unlocking["Principal"]) == ("Deny", "*")
        assert "backup:DeleteBackupVaultLockConfiguration" in unlocking["Action"]
        assert unlocking["Condition"] == {
            "ArnNotLike": {"aws:PrincipalArn": [DEPLOYER, "arn:aws:iam::123456789012:root"]}
        }
        # Neither may keep the vault itself from being deleted once it is empty.
        assert not any("backup:DeleteBackupVault" in item["Action"] for item in found.values())


def test_without_administrators_nobody_is_locked_out_of_the_policy() -> None:
    assert list(statements(one(backup(**LOCK), POLICY))) == ["NobodyDeletesBackups"]


def test_what_is_protected_are_the_vaults_and_their_locks() -> None:
    graph = backup(**COPY, **LOCK, protect=True)
    assert {node.type for node in graph.resources if node.protect} == {f"aws:{VAULT}", f"aws:{LOCKS}"}
    assert not [node for node in backup(**COPY, **LOCK).resources if node.protect]


def test_restores_are_tried_of_the_newest_backup_of_each_type() -> None:
    graph = backup(**TESTS, restore_test_window_days=14, restore_test_keep_hours=8)
    plan = one(graph, TESTING_PLAN)
    assert plan.properties["name"] == "web_backup"
    assert plan.properties["scheduleExpression"] == "cron(0 12 ? * 1 *)"
    chosen = plan.properties["recoveryPointSelection"]
    assert (chosen["algorithm"], chosen["selectionWindowDays"]) == ("LATEST_WITHIN_WINDOW", 14)
    assert one(graph, VAULT).urn in plan.property_dependencies["recoveryPointSelection"]
    selections = {node.properties["protectedResourceType"]: node for node in every(graph, TESTING_SELECTION)}
    assert set(selections) == {"S3", "EFS", "FSx"}
    for node in selections.values():
        assert node.properties["validationWindowHours"] == 8
        assert node.properties["protectedResourceConditions"] == {
            "stringEquals": [{"key": "aws:ResourceTag/modelyard:backup", "value": "web"}]
        }
    assert {kind: node.properties["restoreMetadataOverrides"] for kind, node in selections.items()} == {
        "S3": {"encryptionType": "SSE-KMS", "kmsKey": KEY},
        "EFS": {"kmsKeyId": KEY},
        "FSx": {"kmsKeyId": KEY, "subnetIds": '["subnet-1"]', "securityGroupIds": '["sg-1", "sg-2"]'},
    }


def test_the_role_reaches_the_services_own_buckets_in_both_regions() -> None:
    found = role_policies(backup(**COPY))
    assert found["WatchBuckets"]["Resource"] == [
        "arn:aws:s3:::web-*-123456789012-eu-central-1",
        "arn:aws:s3:::web-*-123456789012-eu-west-1",
    ]
    named = role_policies(backup(bucket_names=["assets"]))
    assert named["ReadObjects"]["Resource"] == ["arn:aws:s3:::assets/*"]
    # Restoring into new buckets is for restore tests only.
    assert "MakeBucketsForRestoreTests" not in named
    tried = role_policies(backup(bucket_names=["assets"], **TESTS))
    assert tried["MakeBucketsForRestoreTests"]["Resource"] == ["arn:aws:s3:::awsbackup-restore-test-*"]
    assert "WatchBuckets" not in role_policies(backup(bucket_names=[]))


def test_the_role_backs_up_tagged_file_systems_and_deletes_none_of_them() -> None:
    found = role_policies(backup())
    tagged = {"StringEquals": {"aws:ResourceTag/modelyard:backup": "web"}}
    assert found["BackUpTagged"]["Condition"] == tagged
    for sid, item in found.items():
        if any("DeleteFileSystem" in action for action in item["Action"]):
            assert "Null" in item["Condition"], sid
    efs = found["DeleteWhatFailedToBeRestoredToEfs"]
    assert efs["Condition"] == {"Null": {"aws:ResourceTag/modelyard:backup": "true"}}


def test_the_role_copies_to_the_other_vault_only() -> None:
    assert "CopyToTheOtherVaultOnly" not in role_policies(backup())
    found = role_policies(backup(**COPY))
    vault = "arn:aws:backup:eu-west-1:123456789012:backup-vault:web-backup-copies"
    assert found["CopyToTheOtherVaultOnly"]["Condition"] == {
        "ForAllValues:ArnEquals": {"backup:CopyTargets": [vault]}
    }
    assert found["UseVaults"]["Resource"] == [
        "arn:aws:backup:eu-central-1:123456789012:backup-vault:web-backup",
        vault,
    ]


def test_the_role_uses_keys_through_the_services_that_store_the_data() -> None:
    data = "arn:aws:kms:eu-central-1:123456789012:key/99999999-2222-3333-4444-555555555555"
    found = role_policies(backup(**COPY, data_key_arns=[data]))
    use = found["ReadAndRestoreUnderTheDatasKeys"]
    assert use["Resource"] == [data, KEY, COPY_KEY]
    assert use["Condition"] == {
        "StringEquals": {
            "kms:ViaService": [
                "elasticfilesystem.eu-central-1.amazonaws.com",
                "elasticfilesystem.eu-west-1.amazonaws.com",
                "s3.eu-central-1.amazonaws.com",
                "s3.eu-west-1.amazonaws.com",
            ]
        }
    }
    grants = found["LetServicesUseKeysForBackupsAndFileSystems"]
    assert grants["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_policies_fit_into_a_role() -> None:
    graph = backup(**COPY, **TESTS, bucket_names=[f"bucket-{n}" for n in range(5)])
    # An IAM role's inline policies may have 10,240 characters in all.
    lengths = [len(policy.properties["policy"]) for policy in every(graph, "iam/rolePolicy:RolePolicy")]
    assert sum(lengths) < 10_240


def test_values_that_become_known_later_pass_through() -> None:
    later = pulumi.Output.from_input
    graph = preview(
        lambda: (
            Backup(
                "web-backup",
                {
                    **PLAIN,
                    **COPY,
                    "vault_key_arn": later(KEY),
                    "copy_vault_key_arn": later(COPY_KEY),
                    "retention_days": later(70),
                    "bucket_names": [later("assets")],
                    "data_key_arns": [later(KEY)],
                    "administrator_arns": [later(DEPLOYER)],
                },
            )
            and None
        )
    )
    (rule,) = one(graph, PLAN).properties["rules"]
    assert rule["lifecycle"] == {"deleteAfter": 70}
    assert DEPLOYER in one(graph, POLICY, "web-backup").properties["policy"]
    assert role_policies(graph)["WatchBuckets"]["Resource"] == ["arn:aws:s3:::assets"]


REFUSED = {
    "a short start window": (
        {"start_window_minutes": 30},
        "start_window_minutes|30|AWS Backup refuses a window this short|60 or more|write 60",
    ),
    "a short completion window": (
        {"completion_window_minutes": 100},
        "completion_window_minutes|100|AWS Backup refuses a window this short|120 or more|write 120",
    ),
    "too often": ({"every_hours": 0}, "every_hours|0|AWS Backup doesn't take it|1 to 168|write 1"),
    "a copy to the same region": (
        {**COPY, "copy_region": "eu-central-1"},
        (
            "copy_region|eu-central-1|this is the region that is backed up: a copy is for its loss|another region|"
            "name another region, or leave copy_region out"
        ),
    ),
    "a copy without a key": (
        {"copy_region": "eu-west-1"},
        (
            "copy_vault_key_arn|nothing|copy_region needs it: copies go to a region, under a key that is there|"
            "a value|add 'copy_vault_key_arn' to args"
        ),
    ),
    "a key without a copy": (
        {"copy_vault_key_arn": COPY_KEY},
        (
            "copy_region|nothing|copy_vault_key_arn needs it: copies go to a region, under a key that is there|"
            "a value|add 'copy_region' to args"
        ),
    ),
    "a retention without copies": (
        {"copy_retention_days": 7},
        (
            "copy_retention_days|7|without copy_region no backup is copied|nothing, without copy_region|"
            "leave it out, or name copy_region"
        ),
    ),
    "an unknown lock": (
        {**LOCK, "lock_mode": "iron"},
        "lock_mode|iron|it is none of the choices|governance, compliance|choose one of these",
    ),
    "a lock without a bound": (
        {"lock_mode": "governance", "lock_min_retention_days": 7},
        (
            "lock_max_retention_days|nothing|a lock needs both bounds: one that lets anything in holds nothing|"
            "a value|add 'lock_max_retention_days' to args"
        ),
    ),
    "a bound without a lock": (
        {"lock_min_retention_days": 7},
        (
            "lock_min_retention_days|7|without lock_mode there is no lock|nothing, without lock_mode|"
            "leave it out, or add lock_mode"
        ),
    ),
    "a grace that nothing ends": (
        {**LOCK, "lock_changeable_for_days": 3},
        (
            "lock_changeable_for_days|3|a governance lock can always be changed|"
            "nothing, without lock_mode: compliance|leave it out, or add lock_mode: compliance"
        ),
    ),
    "a grace that is too short": (
        {**LOCK, "lock_mode": "compliance", "lock_changeable_for_days": 2},
        "lock_changeable_for_days|2|AWS Backup doesn't take it|3 to 36500|write 3",
    ),
    "a bound that is too long": (
        {**LOCK, "lock_max_retention_days": 40_000},
        "lock_max_retention_days|40000|AWS Backup doesn't take it|1 to 36500|write 36500",
    ),
    "bounds out of order": (
        {**LOCK, "lock_min_retention_days": 100},
        (
            "lock_min_retention_days|100|it is more than lock_max_retention_days, 90: the vault would take nothing|"
            "1 to 90|write 90, or less"
        ),
    ),
    "a retention that the lock refuses": (
        {**LOCK, "retention_days": 6},
        "retention_days|6|the lock takes backups that are kept 7 to 90 days|7 to 90|write 7",
    ),
    "a copy's retention that the lock refuses": (
        {**LOCK, **COPY, "copy_retention_days": 91},
        "copy_retention_days|91|the lock takes backups that are kept 7 to 90 days|7 to 90|write 90",
    ),
    "no retention at all": (
        {"retention_days": 0},
        "retention_days|0|AWS Backup takes backups that are kept 1 to 36500 days|1 to 36500|write 1",
    ),
    "tests once in a while": (
        {"restore_test_every": "year"},
        "restore_test_every|year|it is none of the choices|day, week, month|choose one of these",
    ),
    "tests of nothing": (
        {"restore_test_every": "day", "restore_test_types": []},
        "restore_test_types|none|each type is tried once, and at least one|S3, EFS, FSx|name each once",
    ),
    "tests of what isn't backed up": (
        {"restore_test_every": "day", "restore_test_types": ["EBS"]},
        "restore_test_types[0]|EBS|it is none of the choices|S3, EFS, FSx|choose one of these",
    ),
    "tests that look too far back": (
        {"restore_test_every": "day", "restore_test_window_days": 366},
        "restore_test_window_days|366|AWS Backup doesn't take it|1 to 365|write 365",
    ),
    "tests that keep for too long": (
        {"restore_test_every": "day", "restore_test_keep_hours": 169},
        "restore_test_keep_hours|169|AWS Backup doesn't take it|1 to 168|write 168",
    ),
    "a test of FSx without a subnet": (
        {**TESTS, "restore_test_subnet_id": ""},
        (
            "restore_test_subnet_id|nothing|AWS Backup doesn't infer where a file system of FSx is restored|a value|"
            "add 'restore_test_subnet_id' to args"
        ),
    ),
    "settings of tests that aren't made": (
        {"restore_test_types": ["S3"]},
        (
            "restore_test_types|['S3']|without restore_test_every no restore is tried|"
            "nothing, without restore_test_every|leave it out, or add restore_test_every"
        ),
    ),
}


@pytest.mark.parametrize(("args", "said"), REFUSED.values(), ids=REFUSED)
def test_what_aws_backup_would_refuse_is_refused_before_anything_is_made(
    args: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError) as refused:
        backup(**args)
    (problem,) = refused.value.problems
    field, given, message, allowed, mend = said.split("|")
    assert (problem.field, problem.given) == (f"web-backup.{field}", given)
    assert (problem.message, problem.allowed, problem.mend) == (message, allowed, mend)


def test_a_name_that_no_vault_can_have_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        preview(lambda: Backup("web.backup", PLAIN) and None)  # pyright: ignore[reportArgumentType]
    (problem,) = refused.value.problems
    assert problem.message == ("vaults are named after the component, and AWS Backup doesn't take this name")
    assert problem.allowed == "2 to 43 letters, digits, dashes and underscores"
    assert problem.mend == "name the component otherwise"
