"""Policies of keys for alerts, of what copies to another region, and of locked buckets."""

import json

import pytest

from modelyard.planning.arns import Place
from modelyard.planning.policies.buckets import Lock, data_bucket_policy
from modelyard.planning.policies.document import statement
from modelyard.planning.policies.keys import PUBLISHERS, key_policy
from modelyard.planning.policies.replication import Copied, replication_keys_policy, replication_policy

PLACE = Place("123456789012", "eu-central-1")
COPIES = [Copied("data", "data-copy"), Copied("checks", "checks-copy", object_lock=True)]
KEY, REPLICA = (f"arn:aws:kms:{region}:123456789012:key/mrk-1" for region in ("eu-central-1", "eu-west-1"))
POLICIES = {
    "buckets": replication_policy(COPIES),
    "keys": replication_keys_policy("eu-central-1", "eu-west-1", COPIES, [KEY], [REPLICA]),
}


def statements(policy):
    return {each["Sid"]: each for each in json.loads(policy)["Statement"]}


def test_who_alerts_uses_the_key_for_this_account_only():
    found = statements(key_policy("alerts", PLACE))["AlertingServicesUse"]
    assert found["Principal"] == {"Service": list(PUBLISHERS)}
    assert found["Condition"] == {"StringEquals": {"aws:SourceAccount": PLACE.account_id}}
    assert found["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]


def test_events_use_the_key_for_this_accounts_topics_as_eventbridge_names_no_account():
    found = statements(key_policy("alerts", PLACE))["EventsUse"]
    assert found["Principal"] == {"Service": "events.amazonaws.com"}
    assert found["Condition"] == {
        "ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": "arn:aws:sns:eu-central-1:123456789012:*"}
    }


@pytest.mark.parametrize("purpose", ["backup", "checkpoints", "datasets", "files", "registry"])
def test_keys_that_services_use_by_grants_name_nobody_but_the_account(purpose):
    (only,) = statements(key_policy(purpose, PLACE)).values()
    assert only["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES.keys())
def test_copying_takes_named_resources_and_no_wildcard(policy):
    for each in statements(policy).values():
        assert each["Effect"] == "Allow"
        assert "*" not in each["Resource"]
        assert not any("*" in action for action in each["Action"])


def test_copying_reads_sources_and_writes_replicas_and_never_the_other_way():
    found = statements(POLICIES["buckets"])
    assert found["ReadVersions"]["Resource"] == ["arn:aws:s3:::data/*", "arn:aws:s3:::checks/*"]
    assert found["WriteReplicas"]["Resource"] == ["arn:aws:s3:::data-copy/*", "arn:aws:s3:::checks-copy/*"]
    assert found["ReadLocks"]["Resource"] == ["arn:aws:s3:::checks/*"]
    assert "ReadLocks" not in statements(replication_policy(COPIES[:1]))
    written = {action for each in found.values() for action in each["Action"]}
    assert not {"s3:PutObject", "s3:DeleteObject", "s3:GetObject"} & written


def test_copying_uses_each_key_through_s3_in_its_region_for_the_buckets_only():
    found = statements(POLICIES["keys"])
    for sid, region, key, bucket in (
        ("ReadUnderSourceKeys", "eu-central-1", KEY, "arn:aws:s3:::data"),
        ("WriteUnderReplicaKeys", "eu-west-1", REPLICA, "arn:aws:s3:::data-copy"),
    ):
        assert found[sid]["Resource"] == [key]
        condition = found[sid]["Condition"]["StringLike"]
        assert condition["kms:ViaService"] == f"s3.{region}.amazonaws.com"
        # With bucket keys the context is the bucket, else the object.
        assert {bucket, f"{bucket}/*"} <= set(condition["kms:EncryptionContext:aws:s3:arn"])


def test_a_bucket_without_lock_says_nothing_of_locks():
    assert "object-lock" not in data_bucket_policy("data")


@pytest.mark.parametrize("roles", [(), ("arn:aws:iam::123456789012:role/unlocks",)])
def test_nobody_lifts_a_lock_but_named_roles(roles):
    found = statements(data_bucket_policy("data", lock=Lock("governance", 30, roles)))["LiftNoLock"]
    assert (found["Effect"], found["Principal"]) == ("Deny", "*")
    assert found.get("Condition") == ({"ArnNotEquals": {"aws:PrincipalArn": list(roles)}} if roles else None)


def test_requests_that_lock_nothing_are_not_met_by_what_bounds_locks():
    for sid, each in statements(data_bucket_policy("data", lock=Lock("governance", 30))).items():
        if "s3:PutObject" in each["Action"] and "Lock" in sid:
            # Parts of an upload have none of these keys: a comparison alone doesn't hold then, a negated does.
            negated = "StringNotEquals" in each["Condition"]
            assert not negated or each["Condition"]["Null"] == {"s3:object-lock-mode": "false"}


def test_a_statement_may_be_about_everything_but_what_it_names():
    made = statement("Others", ["s3:PutObject"], ["arn:aws:s3:::data/keep/*"], everything_but=True)
    assert made["NotResource"] == ["arn:aws:s3:::data/keep/*"]
    assert "Resource" not in made
