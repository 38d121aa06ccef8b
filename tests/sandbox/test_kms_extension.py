"""Keys in the sandbox: policies that protect them, their states, their replicas and aliases."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from modelyard_sandbox.moto_extensions.policy_documents import allows, denies
from modelyard_sandbox.sandbox import Sandbox

REGION, RECOVERY_REGION = "eu-central-1", "eu-west-1"
STATE = "KMSInvalidStateException"
UNSUPPORTED = "UnsupportedOperationException"


class Keys:
    """An account's keys."""

    def __init__(self, sandbox: Sandbox, account_id: str) -> None:
        self.account_id = account_id
        self.here = sandbox.client("kms", REGION, account_id)
        self.there = sandbox.client("kms", RECOVERY_REGION, account_id)
        self.root = f"arn:aws:iam::{account_id}:root"

    def new(self, **request: Any) -> str:
        """A new key's id."""
        return self.here.create_key(**request)["KeyMetadata"]["KeyId"]

    def state(self, key: str) -> str:
        """The state of a key here."""
        return self.here.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]

    def policy(self, *denials: dict[str, Any], allowed: Any = None) -> str:
        """A policy that allows the account all, but for denials."""
        everything = {"Effect": "Allow", "Principal": {"AWS": allowed or self.root}, "Action": "kms:*"}
        statements = [{"Resource": "*", **statement} for statement in (everything, *denials)]
        return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.fixture
def keys(sandbox: Sandbox, account_id: str) -> Keys:
    return Keys(sandbox, account_id)


def refused(call: Any, **request: Any) -> tuple[str, str]:
    """Code and message of the error that a call ends with."""
    with pytest.raises(ClientError) as error:
        call(**request)
    said = error.value.response["Error"]
    return said["Code"], said["Message"]


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": "root"}, {"AWS": ["account"]}])
def test_a_protected_key_refuses_deletion_and_disabling(keys: Keys, principal: Any) -> None:
    text = json.dumps(principal).replace('"root"', f'"{keys.root}"')
    text = text.replace('"account"', f'"{keys.account_id}"')
    actions = ["kms:ScheduleKeyDeletion", "kms:DisableKey"]
    denial = {"Effect": "Deny", "Principal": json.loads(text), "Action": actions}
    key = keys.new(Policy=keys.policy(denial))
    code, message = refused(keys.here.schedule_key_deletion, KeyId=key, PendingWindowInDays=7)
    arn = f"arn:aws:kms:{REGION}:{keys.account_id}:key/{key}"
    assert code == "AccessDeniedException"
    assert message == (
        f"User: {keys.root} is not authorized to perform: kms:ScheduleKeyDeletion on resource: {arn} "
        "with an explicit deny in a resource-based policy"
    )
    assert refused(keys.here.disable_key, KeyId=arn)[0] == "AccessDeniedException"
    assert keys.state(key) == "Enabled"
    # Whoever may change the policy can take the protection off.
    keys.here.put_key_policy(KeyId=key, PolicyName="default", Policy=keys.policy())
    keys.here.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert keys.state(key) == "PendingDeletion"


def test_a_denial_to_somebody_else_protects_from_them_only(keys: Keys) -> None:
    role = f"arn:aws:iam::{keys.account_id}:role/jobs"
    denial = {"Effect": "Deny", "Principal": {"AWS": role}, "Action": "kms:*"}
    key = keys.new(Policy=keys.policy(denial))
    keys.here.schedule_key_deletion(KeyId=key)
    denial = {"Effect": "Deny", "NotPrincipal": {"AWS": role}, "Action": "kms:ScheduleKeyDeletion"}
    key = keys.new(Policy=keys.policy(denial))
    assert refused(keys.here.schedule_key_deletion, KeyId=key)[0] == "AccessDeniedException"


def test_a_denial_may_ask_for_a_longer_waiting_period(keys: Keys) -> None:
    denial = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "kms:ScheduleKeyDeletion",
        "Condition": {"NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": "30"}},
    }
    key = keys.new(Policy=keys.policy(denial))
    request = {"KeyId": key, "PendingWindowInDays": 7}
    assert refused(keys.here.schedule_key_deletion, **request)[0] == "AccessDeniedException"
    keys.here.schedule_key_deletion(KeyId=key)


def test_a_policy_that_locks_everybody_out_is_refused(keys: Keys) -> None:
    key = keys.new()
    stranger = keys.policy(allowed="arn:aws:iam::999999999999:root")
    put = {"KeyId": key, "PolicyName": "default"}
    code, message = refused(keys.here.put_key_policy, **put, Policy=stranger)
    assert (code, message) == (
        "MalformedPolicyDocumentException",
        "The new key policy will not allow you to update the key policy in the future.",
    )
    denial = {"Effect": "Deny", "Principal": "*", "Action": "kms:PutKeyPolicy"}
    assert refused(keys.new, Policy=keys.policy(denial))[0] == "MalformedPolicyDocumentException"
    keys.here.put_key_policy(**put, Policy=stranger, BypassPolicyLockoutSafetyCheck=True)
    # Somebody of the account who may change it is enough.
    keys.new(Policy=keys.policy(allowed=f"arn:aws:iam::{keys.account_id}:role/admin"))


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("no policy", "The new key policy is not a valid policy document: "),
        ('["a"]', "The new key policy is not a valid policy document: it is no object with statements"),
        (
            '{"Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}}',
            "The new key policy has a statement without a principal.",
        ),
    ],
)
def test_what_is_no_policy_is_refused(keys: Keys, policy: str, message: str) -> None:
    code, said = refused(keys.here.create_key, Policy=policy)
    assert (code, said.startswith(message)) == ("MalformedPolicyDocumentException", True), said


def test_a_waiting_period_has_seven_to_thirty_days(keys: Keys) -> None:
    key = keys.new()
    for days in (6, 31):
        code, message = refused(keys.here.schedule_key_deletion, KeyId=key, PendingWindowInDays=days)
        assert (code, message) == (
            "ValidationException",
            f"PendingWindowInDays must be between 7 and 30 days inclusive, not {days}",
        )
    scheduled = keys.here.schedule_key_deletion(KeyId=key)
    assert (scheduled["KeyState"], scheduled["PendingWindowInDays"]) == ("PendingDeletion", 30)
    assert scheduled["DeletionDate"]


def test_a_key_that_waits_for_its_deletion_does_nothing(keys: Keys) -> None:
    key, other = keys.new(), keys.new()
    arn = keys.here.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    assert refused(keys.here.cancel_key_deletion, KeyId=key) == (STATE, f"{arn} is not pending deletion.")
    keys.here.create_alias(AliasName="alias/one", TargetKeyId=key)
    keys.here.schedule_key_deletion(KeyId=key)
    for call, request in (
        (keys.here.schedule_key_deletion, {}),
        (keys.here.enable_key, {}),
        (keys.here.disable_key, {}),
        (keys.here.enable_key_rotation, {}),
        (keys.here.encrypt, {"Plaintext": b"1"}),
        (keys.here.generate_data_key, {"KeySpec": "AES_256"}),
        (keys.here.tag_resource, {"Tags": [{"TagKey": "a", "TagValue": "b"}]}),
    ):
        assert refused(call, KeyId=key, **request) == (STATE, f"{arn} is pending deletion."), call
    alias = {"AliasName": "alias/two", "TargetKeyId": key}
    assert refused(keys.here.create_alias, **alias)[0] == STATE
    # Away from it an alias goes.
    keys.here.update_alias(AliasName="alias/one", TargetKeyId=other)
    keys.here.cancel_key_deletion(KeyId=key)
    assert keys.state(key) == "Disabled"
    assert refused(keys.here.encrypt, KeyId=key, Plaintext=b"1") == (
        "DisabledException",
        f"{arn} is disabled.",
    )
    keys.here.enable_key(KeyId=arn)
    keys.here.encrypt(KeyId=key, Plaintext=b"1")


@pytest.mark.parametrize("name", ["alias/aws/mine", "alias/", "mine", "alias/a:b"])
def test_a_name_that_no_alias_can_have_is_refused(keys: Keys, name: str) -> None:
    code, message = refused(keys.here.create_alias, AliasName=name, TargetKeyId=keys.new())
    assert (code, message.endswith(name)) == ("InvalidAliasNameException", True)


def test_an_alias_is_taken_once_and_found_by_its_name(keys: Keys) -> None:
    key = keys.new()
    alias = {"AliasName": "alias/one", "TargetKeyId": key}
    keys.here.create_alias(**alias)
    code, message = refused(keys.here.create_alias, **alias)
    arn = f"arn:aws:kms:{REGION}:{keys.account_id}:alias/one"
    assert (code, message) == ("AlreadyExistsException", f"An alias with the name {arn} already exists")
    none = {"AliasName": "alias/none", "TargetKeyId": key}
    assert refused(keys.here.update_alias, **none)[0] == "NotFoundException"
    keys.here.delete_alias(AliasName="alias/one")
    assert refused(keys.here.delete_alias, AliasName="alias/one") == (
        "NotFoundException",
        f"Alias {arn} is not found.",
    )


def test_a_replica_shares_its_primarys_id_and_nothing_else(keys: Keys) -> None:
    key = keys.new(MultiRegion=True, Description="primary")
    keys.here.create_alias(AliasName="alias/one", TargetKeyId=key)
    tags = [{"TagKey": "Owner", "TagValue": "a"}]
    made = keys.here.replicate_key(KeyId=key, ReplicaRegion=RECOVERY_REGION, Description="copy", Tags=tags)
    replica = made["ReplicaKeyMetadata"]
    arn = f"arn:aws:kms:{RECOVERY_REGION}:{keys.account_id}:key/{key}"
    assert (replica["KeyId"], replica["Arn"], replica["Description"]) == (key, arn, "copy")
    assert made["ReplicaTags"] == keys.there.list_resource_tags(KeyId=key)["Tags"] == tags
    assert json.loads(made["ReplicaPolicy"])["Statement"][0]["Principal"] == {"AWS": keys.root}
    found = {
        region: client.describe_key(KeyId=key)["KeyMetadata"]["MultiRegionConfiguration"]
        for region, client in ((REGION, keys.here), (RECOVERY_REGION, keys.there))
    }
    assert [item["MultiRegionKeyType"] for item in found.values()] == ["PRIMARY", "REPLICA"]
    assert found[REGION]["ReplicaKeys"] == [{"Arn": arn, "Region": RECOVERY_REGION}]
    assert found[RECOVERY_REGION]["PrimaryKey"]["Region"] == REGION
    assert keys.there.list_aliases(KeyId=key)["Aliases"] == []

    encrypted = keys.here.encrypt(KeyId=key, Plaintext=b"1")["CiphertextBlob"]
    assert keys.there.decrypt(CiphertextBlob=encrypted)["Plaintext"] == b"1"
    keys.here.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    assert keys.there.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 90
    assert refused(keys.there.disable_key_rotation, KeyId=key) == (
        UNSUPPORTED,
        f"{arn} is a replica key; its primary key decides on rotation.",
    )
    keys.there.disable_key(KeyId=key)
    assert keys.state(key) == "Enabled"


def test_only_an_enabled_primary_is_replicated_and_once_in_a_region(keys: Keys) -> None:
    plain = keys.new()
    arn = f"arn:aws:kms:{REGION}:{keys.account_id}:key/{plain}"
    there = {"ReplicaRegion": RECOVERY_REGION}
    assert refused(keys.here.replicate_key, KeyId=plain, **there) == (
        UNSUPPORTED,
        f"{arn} is not a multi-Region primary key.",
    )
    key = keys.new(MultiRegion=True)
    keys.here.disable_key(KeyId=key)
    assert refused(keys.here.replicate_key, KeyId=key, **there)[0] == "DisabledException"
    keys.here.enable_key(KeyId=key)
    keys.here.replicate_key(KeyId=key, **there)
    code, message = refused(keys.here.replicate_key, KeyId=key, **there)
    assert (code, message.endswith("already exists.")) == ("AlreadyExistsException", True)
    assert refused(keys.there.replicate_key, KeyId=key, ReplicaRegion="us-east-1")[0] == UNSUPPORTED
    china = {"KeyId": key, "ReplicaRegion": "cn-north-1"}
    assert refused(keys.here.replicate_key, **china) == (
        UNSUPPORTED,
        f"cn-north-1 is in another partition than {REGION}.",
    )
    assert refused(keys.here.replicate_key, KeyId=key, ReplicaRegion="mars-1-1")[0] == UNSUPPORTED
    locked = keys.policy(allowed="arn:aws:iam::999999999999:root")
    wrong = {"KeyId": keys.new(MultiRegion=True), "Policy": locked, **there}
    assert refused(keys.here.replicate_key, **wrong)[0] == "MalformedPolicyDocumentException"


def test_a_primary_with_replicas_waits_for_them(keys: Keys) -> None:
    key = keys.new(MultiRegion=True)
    keys.here.replicate_key(KeyId=key, ReplicaRegion=RECOVERY_REGION)
    scheduled = keys.here.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert (scheduled["KeyState"], "DeletionDate" in scheduled) == ("PendingReplicaDeletion", False)
    described = keys.here.describe_key(KeyId=key)["KeyMetadata"]
    assert described["PendingDeletionWindowInDays"] == 7
    keys.there.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    # The replica is only scheduled to go: the primary waits on.
    assert keys.state(key) == "PendingReplicaDeletion"
    keys.here.cancel_key_deletion(KeyId=key)
    assert keys.state(key) == "Disabled"


def test_the_primary_may_move_to_a_replicas_region(keys: Keys) -> None:
    key = keys.new(MultiRegion=True)
    move = {"KeyId": key, "PrimaryRegion": RECOVERY_REGION}
    code, message = refused(keys.here.update_primary_region, **move)
    assert (code, message) == ("NotFoundException", f"Key {key} has no replica in {RECOVERY_REGION}.")
    keys.here.replicate_key(KeyId=key, ReplicaRegion=RECOVERY_REGION)
    keys.here.update_primary_region(**move)
    described = keys.here.describe_key(KeyId=key)["KeyMetadata"]["MultiRegionConfiguration"]
    assert (described["MultiRegionKeyType"], described["PrimaryKey"]["Region"]) == (
        "REPLICA",
        RECOVERY_REGION,
    )
    assert refused(keys.here.update_primary_region, **move)[0] == UNSUPPORTED
    # The former primary can go now.
    scheduled = keys.here.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert scheduled["KeyState"] == "PendingDeletion"


ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


@pytest.mark.parametrize(
    ("statement", "denied", "allowed"),
    [
        ({"Effect": "Allow", "Principal": {"AWS": ROOT}}, False, True),
        ({"Effect": "Allow", "Principal": {"AWS": ROOT.replace("root", "role/a")}}, False, True),
        ({"Effect": "Deny", "Principal": {"AWS": ROOT.replace("root", "role/a")}}, False, False),
        ({"Effect": "Deny", "Principal": {"AWS": ACCOUNT}}, True, False),
        ({"Effect": "Deny", "NotPrincipal": {"AWS": ROOT}}, False, False),
        ({"Effect": "Deny", "NotPrincipal": {"AWS": "999999999999"}}, True, False),
        ({"Effect": "Deny", "Principal": "*", "Action": "KMS:put*"}, True, False),
        ({"Effect": "Deny", "Principal": "*", "NotAction": "kms:Describe*", "Action": None}, True, False),
        ({"Effect": "Deny", "Principal": "*", "Resource": None}, False, False),
        ({"Effect": "Deny", "Principal": "*", "Condition": {"NumericEquals": {"n": 7}}}, True, False),
        ({"Effect": "Deny", "Principal": "*", "Condition": {"NumericNotEquals": {"n": [7]}}}, False, False),
        ({"Effect": "Deny", "Principal": "*", "Condition": {"NumericGreaterThan": {"n": 6}}}, True, False),
        ({"Effect": "Deny", "Principal": "*", "Condition": {"DateLessThan": {"d": "2027"}}}, False, False),
    ],
)
def test_a_policy_says_what_is_denied_and_what_is_allowed(
    statement: dict[str, Any], denied: bool, allowed: bool
) -> None:
    whole = {"Action": "kms:*", "Resource": "*", **statement}
    policy = json.dumps({"Statement": {name: value for name, value in whole.items() if value is not None}})
    call: dict[str, Any] = {
        "account_id": ACCOUNT,
        "action": "kms:PutKeyPolicy",
        "resource": "arn:aws:kms:eu-west-1:111122223333:key/a",
        "context": {"n": "7"},
    }
    assert (denies(policy, **call), allows(policy, **call)) == (denied, allowed)
