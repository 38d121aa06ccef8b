"""Keys, buckets and copies for two regions, each component by itself."""

import json

import pulumi
import pytest
from previewing import PLACE, TAGS, every, one, preview

from modelyard.aws.encryption import Encryption
from modelyard.aws.registry_replication import RegistryReplication
from modelyard.aws.replica_keys import ReplicaKeys
from modelyard.aws.replication import Replication
from modelyard.aws.storage import Storage
from modelyard.errors import InputError
from modelyard.planning.policies.keys import PURPOSES

RECOVERY = {"account_id": PLACE["account_id"], "region": "eu-west-1"}
ID = "mrk-0123456789abcdef0123456789abcdef"
PRIMARY = f"arn:aws:kms:eu-central-1:123456789012:key/{ID}"
SINGLE = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
ROLE = "arn:aws:iam::123456789012:role/unlocks"
LOCKED = {
    "key_arn": PRIMARY,
    "object_lock": True,
    "lock_mode": "compliance",
    "lock_days": 365,
}
REPLICA = PRIMARY.replace("eu-central-1", "eu-west-1")
COPIED = {
    "source_bucket": "here",
    "source_key_arn": PRIMARY,
    "destination_bucket": "there",
    "destination_key_arn": REPLICA,
}
COPIES = {"environment": "web", "region": "eu-central-1", "destination_region": "eu-west-1"}


def refused(program):
    with pytest.raises(InputError) as caught:
        preview(program)
    return caught.value.problems


def storage(bucket, **args):
    return Storage("s", {**PLACE, "environment": "web", "buckets": {"checks": bucket}, **args})


def statements(graph, kind, name):
    found = json.loads(one(graph, kind, name).properties["policy"])["Statement"]
    return {statement["Sid"]: statement for statement in found}


def test_every_purpose_has_a_key_in_both_regions_with_the_services_of_its_own():
    def program():
        keys = Encryption("k", {**PLACE, "multi_region": True, "protect": True, "tags": TAGS})
        arns = {purpose: keys.key_arn(purpose) for purpose in PURPOSES}
        ReplicaKeys("r", {**RECOVERY, "primary_key_arns": arns, "protect": True, "tags": TAGS})

    graph = preview(program)
    primaries, replicas = every(graph, "kms/key:Key"), every(graph, "kms/replicaKey:ReplicaKey")
    assert [key.name for key in primaries] == [f"k-{purpose}" for purpose in PURPOSES]
    assert [key.name for key in replicas] == [f"r-{purpose}" for purpose in PURPOSES]
    for primary, replica in zip(primaries, replicas, strict=True):
        assert primary.properties["multiRegion"] is True
        assert (primary.region, replica.region) == ("eu-central-1", "eu-west-1")
        assert primary.protect
        assert replica.protect
        assert replica.property_dependencies["primaryKeyArn"] == (primary.urn,)
        assert replica.properties["deletionWindowInDays"] == 30
        assert replica.properties["tags"] == TAGS
    for name, region in (("k-logs", "eu-central-1"), ("r-logs", "eu-west-1")):
        kind = "kms/key:Key" if name == "k-logs" else "kms/replicaKey:ReplicaKey"
        principal = statements(graph, kind, name)["CloudWatchLogsUses"]["Principal"]
        assert principal == {"Service": f"logs.{region}.amazonaws.com"}
        assert one(graph, "kms/alias:Alias", name).properties["region"] == region


def test_keys_are_for_one_region_and_unprotected_unless_that_is_asked_for():
    key = one(preview(lambda: Encryption("k", {**PLACE, "purposes": ["files"]}) and None), "kms/key:Key")
    assert (key.properties["multiRegion"], key.protect) == (False, False)


@pytest.mark.parametrize(
    ("arns", "field", "message"),
    [
        ({}, "r.primary_key_arns", "a key is made for a purpose that its policy is written for"),
        (
            {"secrets": PRIMARY},
            "r.primary_key_arns",
            "a key is made for a purpose that its policy is written for",
        ),
        ({"files": SINGLE}, "r.primary_key_arns.files", "only a multi-Region key can have replicas"),
        (
            {"files": REPLICA},
            "r.primary_key_arns.files",
            "the primary key is in eu-west-1 itself",
        ),
    ],
)
def test_a_replica_that_cannot_be_is_refused(arns, field, message):
    (problem,) = refused(lambda: ReplicaKeys("r", {**RECOVERY, "primary_key_arns": arns}) and None)
    assert (problem.field, problem.message) == (field, message)


def test_a_bucket_goes_before_the_key_of_what_is_in_it():
    def program():
        keys = Encryption("k", {**PLACE, "purposes": ["checkpoints"]})
        storage({"key_arn": keys.key_arn("checkpoints")})

    graph = preview(program)
    key = one(graph, "kms/key:Key").urn
    assert key in one(graph, "s3/bucket:Bucket", "s-checks").dependencies
    assert key not in one(graph, "s3/bucket:Bucket", "s-logs").dependencies


def test_buckets_say_their_region_and_are_protected_and_tagged_as_asked():
    bucket = {"key_arn": PRIMARY, "backed_up": True}
    graph = preview(lambda: storage(bucket, protect=True, tags=TAGS) and None)
    assert {node.region for node in graph.resources if node.custom} == {"eu-central-1"}
    checks, logs = (one(graph, "s3/bucket:Bucket", name) for name in ("s-checks", "s-logs"))
    assert checks.properties["tags"] == {**TAGS, "modelyard:backup": "web"}
    assert logs.properties["tags"] == TAGS
    assert checks.protect
    assert logs.protect
    assert not [node for node in graph.resources if node.custom and node.protect and node.type != checks.type]
    assert "objectLockEnabled" not in checks.properties
    assert "forceDestroy" not in checks.properties


def test_a_bucket_with_object_lock_locks_nothing_by_itself_and_bounds_what_others_lock():
    graph = preview(lambda: storage({**LOCKED, "lock_bypass_role_arns": [ROLE]}) and None)
    assert one(graph, "s3/bucket:Bucket", "s-checks").properties["objectLockEnabled"] is True
    assert not every(graph, "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    policy = statements(graph, "s3/bucketPolicy:BucketPolicy", "s-checks")
    bucket = "arn:aws:s3:::web-checks-123456789012-eu-central-1"
    assert policy["LockOnlyWhatIsKept"]["NotResource"] == [f"{bucket}/keep/*"]
    assert policy["LockInThePromisedMode"]["Condition"]["StringNotEquals"] == {
        "s3:object-lock-mode": "COMPLIANCE"
    }
    days = "s3:object-lock-remaining-retention-days"
    assert policy["LockNoLongerThanPromised"]["Condition"] == {"NumericGreaterThan": {days: "365"}}
    others = {"ArnNotEquals": {"aws:PrincipalArn": [ROLE]}}
    assert policy["LockNoShorterThanPromised"]["Condition"] == {"NumericLessThan": {days: "364"}, **others}
    assert policy["LiftNoLock"]["Condition"] == others
    assert {statement["Effect"] for statement in policy.values()} == {"Deny"}


@pytest.mark.parametrize(
    ("bucket", "field", "allowed"),
    [
        ({"lock_mode": "eternal"}, "lock_mode", "governance, compliance"),
        ({"lock_days": 0}, "lock_days", "a whole number from 1 to 36,500"),
        ({"object_lock": False, "lock_mode": None, "lock_days": 5}, "lock_days", "with object_lock only"),
        ({"expire_after_days": 5}, "expire_prefixes", "starts of keys that leave keep/ out, as runs/"),
        (
            {"expire_after_days": 5, "expire_prefixes": ["runs/", "k"]},
            "expire_prefixes",
            "starts of keys that leave keep/ out, as runs/",
        ),
        (
            {"expire_after_days": 5, "expire_prefixes": ["keep/old/"]},
            "expire_prefixes",
            "starts of keys that leave keep/ out, as runs/",
        ),
    ],
)
def test_a_lock_that_cannot_be_promised_is_refused(bucket, field, allowed):
    args = {name: value for name, value in {**LOCKED, **bucket}.items() if value is not None}
    (problem,) = refused(lambda: storage(args) and None)
    assert (problem.field, problem.allowed) == (f"s.buckets.checks.{field}", allowed)
    assert problem.mend


def test_a_lock_that_becomes_known_later_is_looked_at_then():
    known = {**LOCKED, "backed_up": True}
    graph = preview(lambda: storage(pulumi.Output.from_input(known)) and None)
    assert one(graph, "s3/bucket:Bucket", "s-checks").properties["objectLockEnabled"] is True
    assert one(graph, "s3/bucket:Bucket", "s-checks").properties["tags"] == {"modelyard:backup": "web"}
    assert "LiftNoLock" in statements(graph, "s3/bucketPolicy:BucketPolicy", "s-checks")
    unlocked = {name: value for name, value in LOCKED.items() if name != "lock_mode"}
    with pytest.raises(InputError, match=r"s\.buckets\.checks\.lock_mode"):
        preview(lambda: storage(pulumi.Output.from_input(unlocked)) and None)


def test_copies_are_under_time_control_with_a_role_that_can_do_nothing_else():
    buckets = {"data": COPIED, "checks": {**COPIED, "source_bucket": "locks", "object_lock": True}}
    graph = preview(lambda: Replication("c", {**COPIES, "buckets": buckets, "tags": TAGS}) and None)
    config = one(graph, "s3/bucketReplicationConfig:BucketReplicationConfig", "c-data")
    (rule,) = config.properties["rules"]
    assert rule["deleteMarkerReplication"] == {"status": "Enabled"}
    assert rule["sourceSelectionCriteria"] == {"sseKmsEncryptedObjects": {"status": "Enabled"}}
    assert rule["destination"] == {
        "bucket": "arn:aws:s3:::there",
        "encryptionConfiguration": {"replicaKmsKeyId": REPLICA},
        "replicationTime": {"status": "Enabled", "time": {"minutes": 15}},
        "metrics": {"status": "Enabled", "eventThreshold": {"minutes": 15}},
    }
    role = one(graph, "iam/role:Role")
    assert role.properties["name"] == "web-eu-central-1-replication"
    assert "s3.amazonaws.com" in role.properties["assumeRolePolicy"]
    for name in ("c", "c-keys"):
        assert one(graph, "iam/rolePolicy:RolePolicy", name).urn in config.dependencies
    policy = statements(graph, "iam/rolePolicy:RolePolicy", "c")
    assert policy["WriteReplicas"]["Resource"] == ["arn:aws:s3:::there/*", "arn:aws:s3:::there/*"]
    # Locks are read where there are any.
    assert policy["ReadLocks"]["Resource"] == ["arn:aws:s3:::locks/*"]
    keys = statements(graph, "iam/rolePolicy:RolePolicy", "c-keys")
    assert keys["ReadUnderSourceKeys"]["Resource"] == [PRIMARY, PRIMARY]
    assert keys["WriteUnderReplicaKeys"]["Condition"]["StringLike"]["kms:ViaService"] == (
        "s3.eu-west-1.amazonaws.com"
    )


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        (
            {"destination_region": "eu-central-1"},
            "c.destination_region",
            "copies in the same region are lost with it",
        ),
        ({"buckets": {}}, "c.buckets", "there is nothing to copy"),
    ],
)
def test_copies_that_cannot_be_are_refused(change, field, message):
    args = {**COPIES, "buckets": {"data": COPIED}, **change}
    (problem,) = refused(lambda: Replication("c", args) and None)
    assert (problem.field, problem.message) == (field, message)
    assert problem.mend


def registry(*rules):
    named = [
        {"repository_prefix": prefix, "destination_region": destination} for prefix, destination in rules
    ]
    return RegistryReplication("r", {**PLACE, "rules": named})


def test_a_registry_copies_the_named_repositories_only():
    graph = preview(lambda: registry(("prod/", "eu-west-1"), ("staging/", "eu-north-1")) and None)
    made = one(graph, "ecr/replicationConfiguration:ReplicationConfiguration")
    assert made.region == "eu-central-1"
    assert made.properties["replicationConfiguration"]["rules"] == [
        {
            "destinations": [{"region": region, "registryId": "123456789012"}],
            "repositoryFilters": [{"filter": prefix, "filterType": "PREFIX_MATCH"}],
        }
        for prefix, region in (("prod/", "eu-west-1"), ("staging/", "eu-north-1"))
    ]


@pytest.mark.parametrize(
    ("rules", "fields"),
    [
        ([], ["r.rules"]),
        ([(f"team-{number}/", "eu-west-1") for number in range(26)], ["r.rules"]),
        ([("prod/", "eu-central-1")], ["r.rules[0].destination_region"]),
        ([("", "eu-west-1")], ["r.rules[0].repository_prefix"]),
        ([("prod/", "eu-west-1"), ("prod/", "eu-west-1")], ["r.rules[0]", "r.rules[1]"]),
    ],
)
def test_copies_of_images_that_cannot_be_are_refused(rules, fields):
    problems = refused(lambda: registry(*rules) and None)
    assert [problem.field for problem in problems] == fields
    assert all(problem.message and problem.allowed and problem.mend for problem in problems)
