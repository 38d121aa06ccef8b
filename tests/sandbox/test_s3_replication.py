"""S3 replication in the sandbox: configurations refused as S3 refuses, objects really copied."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from modelyard_sandbox.sandbox import Sandbox

REGION, RECOVERY_REGION = "eu-central-1", "eu-west-1"
PART_BYTES = 5 * 2**20


class Pair:
    """A source bucket, a destination bucket in another region, and the role between them."""

    def __init__(self, sandbox: Sandbox, account_id: str, destination_account: str | None = None) -> None:
        self.account_id = account_id
        self.sandbox = sandbox
        self.s3 = sandbox.client("s3", REGION, account_id)
        self.there = sandbox.client("s3", RECOVERY_REGION, destination_account or account_id)
        self.source, self.target = f"source-{account_id}", f"target-{account_id}"
        for client, name, region in (
            (self.s3, self.source, REGION),
            (self.there, self.target, RECOVERY_REGION),
        ):
            make_bucket(client, name, region)
        s3 = {"Service": "s3.amazonaws.com"}
        allow = {"Effect": "Allow", "Principal": s3, "Action": "sts:AssumeRole"}
        trust = {"Version": "2012-10-17", "Statement": [allow]}
        iam = sandbox.client("iam", "us-east-1", account_id)
        iam.create_role(RoleName="replication", AssumeRolePolicyDocument=json.dumps(trust))
        self.role = f"arn:aws:iam::{account_id}:role/replication"

    def rule(self, **changes: Any) -> dict[str, Any]:
        """A rule for everything, with changes; None takes a member out."""
        rule = {
            "ID": "all",
            "Priority": 1,
            "Status": "Enabled",
            "Filter": {},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{self.target}"},
            **changes,
        }
        return {name: value for name, value in rule.items() if value is not None}

    def replicate(self, *rules: dict[str, Any], **changes: Any) -> None:
        """Put a configuration."""
        configuration = {"Role": self.role, "Rules": list(rules) or [self.rule(**changes)]}
        self.s3.put_bucket_replication(Bucket=self.source, ReplicationConfiguration=configuration)

    def put(self, key: str = "a", body: bytes = b"1", **headers: Any) -> str:
        """The version id of a new object in the source."""
        return self.s3.put_object(Bucket=self.source, Key=key, Body=body, **headers)["VersionId"]

    def status(self, key: str = "a") -> str | None:
        """How the replication of a source object stands."""
        return self.s3.head_object(Bucket=self.source, Key=key).get("ReplicationStatus")

    def replicas(self) -> dict[str, str]:
        """Key and version id of what lies in the target."""
        versions = self.there.list_object_versions(Bucket=self.target).get("Versions", [])
        return {item["Key"]: item["VersionId"] for item in versions if item["IsLatest"]}


def make_bucket(client: Any, name: str, region: str, **options: Any) -> None:
    """A versioned bucket."""
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region}, **options)
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


@pytest.fixture
def pair(sandbox: Sandbox, account_id: str) -> Pair:
    return Pair(sandbox, account_id)


def refused(call: Any, *args: Any, **request: Any) -> tuple[str, str]:
    """Code and message of the error that a call ends with."""
    with pytest.raises(ClientError) as error:
        call(*args, **request)
    said = error.value.response["Error"]
    return said["Code"], said["Message"]


def test_an_object_is_copied_with_its_version_metadata_and_tags(pair: Pair) -> None:
    pair.put("before")
    pair.replicate()
    version = pair.put(Metadata={"made": "by"}, Tagging="kind=data", ContentType="text/plain")
    copy = pair.there.get_object(Bucket=pair.target, Key="a")
    assert (copy["Body"].read(), copy["VersionId"]) == (b"1", version)
    assert (copy["Metadata"], copy["ContentType"], copy["TagCount"]) == ({"made": "by"}, "text/plain", 1)
    assert (pair.status(), copy["ReplicationStatus"]) == ("COMPLETED", "REPLICA")
    source = pair.s3.head_object(Bucket=pair.source, Key="a")
    assert (source["ETag"], source["LastModified"]) == (copy["ETag"], copy["LastModified"])
    # What stood before the configuration stays where it is.
    assert (pair.status("before"), pair.replicas()) == (None, {"a": version})


def test_copies_and_multipart_uploads_are_replicated(pair: Pair) -> None:
    pair.replicate()
    pair.put()
    pair.s3.copy_object(Bucket=pair.source, Key="b", CopySource=f"{pair.source}/a")
    upload = {"Bucket": pair.source, "Key": "c"}
    id_ = pair.s3.create_multipart_upload(**upload, Metadata={"made": "by"})["UploadId"]
    parts = [
        {
            "PartNumber": n,
            "ETag": pair.s3.upload_part(**upload, UploadId=id_, PartNumber=n, Body=body)["ETag"],
        }
        for n, body in ((1, b"1" * PART_BYTES), (2, b"2"))
    ]
    done = pair.s3.complete_multipart_upload(**upload, UploadId=id_, MultipartUpload={"Parts": parts})
    assert pair.replicas().keys() == {"a", "b", "c"}
    copy = pair.there.get_object(Bucket=pair.target, Key="c")
    assert (copy["VersionId"], copy["ETag"]) == (done["VersionId"], done["ETag"])
    assert (len(copy["Body"].read()), copy["Metadata"]) == (PART_BYTES + 1, {"made": "by"})


def test_only_what_the_filter_matches_is_replicated(pair: Pair) -> None:
    both = {"And": {"Prefix": "data/", "Tags": [{"Key": "keep", "Value": "yes"}]}}
    pair.replicate(pair.rule(Filter=both))
    pair.put("data/a", Tagging="keep=yes&more=1")
    pair.put("data/b", Tagging="keep=no")
    pair.put("logs/a", Tagging="keep=yes")
    assert pair.replicas().keys() == {"data/a"}
    assert [pair.status(key) for key in ("data/a", "data/b", "logs/a")] == ["COMPLETED", None, None]
    pair.replicate(pair.rule(Filter={"Prefix": "logs/"}, Status="Disabled"))
    pair.put("logs/b")
    assert "logs/b" not in pair.replicas()
    pair.replicate(pair.rule(Filter={"Tag": {"Key": "keep", "Value": "no"}}))
    pair.put("c", Tagging="keep=no")
    assert "c" in pair.replicas()


def test_the_highest_priority_decides_for_one_destination(pair: Pair) -> None:
    colder = {"Bucket": f"arn:aws:s3:::{pair.target}", "StorageClass": "STANDARD_IA"}
    high = pair.rule(ID="high", Priority=2, Destination=colder)
    pair.replicate(pair.rule(ID="low", Priority=1), high)
    pair.put()
    assert pair.there.head_object(Bucket=pair.target, Key="a")["StorageClass"] == "STANDARD_IA"
    versions = pair.there.list_object_versions(Bucket=pair.target)["Versions"]
    assert len(versions) == 1


def test_delete_markers_are_replicated_where_the_rule_says_so(pair: Pair) -> None:
    pair.replicate(DeleteMarkerReplication={"Status": "Enabled"})
    pair.put("a")
    version = pair.put("b")
    marker = pair.s3.delete_object(Bucket=pair.source, Key="a")["VersionId"]
    pair.s3.delete_objects(Bucket=pair.source, Delete={"Objects": [{"Key": "b", "VersionId": version}]})
    markers = pair.there.list_object_versions(Bucket=pair.target).get("DeleteMarkers", [])
    assert [(item["Key"], item["VersionId"]) for item in markers] == [("a", marker)]
    # The deletion of a version is never replicated.
    assert "b" in pair.replicas()
    pair.replicate()
    pair.put("c")
    pair.s3.delete_object(Bucket=pair.source, Key="c")
    assert "c" in pair.replicas()


def test_a_rule_of_the_earlier_schema_replicates_delete_markers(pair: Pair) -> None:
    pair.replicate(pair.rule(Filter=None, Priority=None, DeleteMarkerReplication=None, Prefix="data/"))
    pair.put("data/a")
    pair.put("b")
    pair.s3.delete_object(Bucket=pair.source, Key="data/a")
    listed = pair.there.list_object_versions(Bucket=pair.target)
    assert [item["Key"] for item in listed["Versions"]] == ["data/a"]
    assert [item["Key"] for item in listed["DeleteMarkers"]] == ["data/a"]


def test_a_replica_is_not_replicated_again(pair: Pair) -> None:
    third = f"third-{pair.account_id}"
    make_bucket(pair.s3, third, REGION)
    pair.replicate()
    onward = pair.rule(Destination={"Bucket": f"arn:aws:s3:::{third}"})
    pair.there.put_bucket_replication(
        Bucket=pair.target, ReplicationConfiguration={"Role": pair.role, "Rules": [onward]}
    )
    pair.put()
    assert "Versions" not in pair.s3.list_object_versions(Bucket=third)
    pair.there.put_object(Bucket=pair.target, Key="own", Body=b"1")
    assert pair.s3.get_object(Bucket=third, Key="own")["Body"].read() == b"1"


def test_tags_that_change_later_reach_the_replica(pair: Pair) -> None:
    pair.replicate()
    pair.put()
    tags = {"TagSet": [{"Key": "kind", "Value": "data"}]}
    pair.s3.put_object_tagging(Bucket=pair.source, Key="a", Tagging=tags)
    assert pair.there.get_object_tagging(Bucket=pair.target, Key="a")["TagSet"] == tags["TagSet"]
    pair.s3.delete_object_tagging(Bucket=pair.source, Key="a")
    assert pair.there.get_object_tagging(Bucket=pair.target, Key="a")["TagSet"] == []


def test_another_account_takes_copies_too(sandbox: Sandbox, account_id: str) -> None:
    other = str(int(account_id) + 10**10)
    pair = Pair(sandbox, account_id, other)
    destination = {
        "Bucket": f"arn:aws:s3:::{pair.target}",
        "Account": other,
        "AccessControlTranslation": {"Owner": "Destination"},
    }
    pair.replicate(Destination=destination)
    version = pair.put(Tagging="kind=data")
    copy = pair.there.get_object(Bucket=pair.target, Key="a")
    assert (copy["VersionId"], copy["Body"].read(), copy["TagCount"]) == (version, b"1", 1)
    wrong = pair.rule(Destination={**destination, "Account": account_id})
    code, message = refused(pair.replicate, wrong)
    assert (code, message) == (
        "InvalidRequest",
        f"Account {account_id} is not the owner of the destination bucket.",
    )


def test_objects_under_a_key_are_copied_only_if_the_rule_names_one_for_them(pair: Pair) -> None:
    kms = pair.sandbox.client("kms", RECOVERY_REGION, pair.account_id)
    key = kms.create_key()["KeyMetadata"]["Arn"]
    pair.replicate()
    pair.put("a", ServerSideEncryption="aws:kms")
    assert (pair.status("a"), pair.replicas()) == (None, {})
    criteria = {"SseKmsEncryptedObjects": {"Status": "Enabled"}}
    destination = {
        "Bucket": f"arn:aws:s3:::{pair.target}",
        "EncryptionConfiguration": {"ReplicaKmsKeyID": key},
    }
    pair.replicate(SourceSelectionCriteria=criteria, Destination=destination)
    pair.put("b", ServerSideEncryption="aws:kms")
    copy = pair.there.head_object(Bucket=pair.target, Key="b")
    assert (copy["ServerSideEncryption"], copy["SSEKMSKeyId"]) == ("aws:kms", key)
    kms.disable_key(KeyId=key)
    pair.put("c", ServerSideEncryption="aws:kms")
    assert (pair.status("b"), pair.status("c")) == ("COMPLETED", "FAILED")


def test_a_copy_that_fails_is_said_on_the_source(pair: Pair) -> None:
    pair.replicate()
    pair.there.put_bucket_versioning(Bucket=pair.target, VersioningConfiguration={"Status": "Suspended"})
    pair.put("a")
    pair.there.put_bucket_versioning(Bucket=pair.target, VersioningConfiguration={"Status": "Enabled"})
    pair.put("b")
    pair.sandbox.client("iam", "us-east-1", pair.account_id).delete_role(RoleName="replication")
    pair.put("c")
    assert [pair.status(key) for key in "abc"] == ["FAILED", "COMPLETED", "FAILED"]
    assert pair.replicas().keys() == {"b"}


def test_a_lock_goes_with_its_object(sandbox: Sandbox, account_id: str) -> None:
    pair = Pair(sandbox, account_id)
    locked, vault = f"locked-{account_id}", f"vault-{account_id}"
    make_bucket(pair.s3, locked, REGION, ObjectLockEnabledForBucket=True)
    make_bucket(pair.there, vault, RECOVERY_REGION, ObjectLockEnabledForBucket=True)
    default = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": default}
    pair.s3.put_object_lock_configuration(Bucket=locked, ObjectLockConfiguration=lock)
    to_vault = pair.rule(Destination={"Bucket": f"arn:aws:s3:::{vault}"})
    unlocked = pair.rule(ID="unlocked", Priority=2)
    pair.s3.put_bucket_replication(
        Bucket=locked, ReplicationConfiguration={"Role": pair.role, "Rules": [to_vault, unlocked]}
    )
    version = pair.s3.put_object(Bucket=locked, Key="a", Body=b"1")["VersionId"]
    source = pair.s3.head_object(Bucket=locked, Key="a")
    copy = pair.there.head_object(Bucket=vault, Key="a")
    assert copy["ObjectLockRetainUntilDate"] == source["ObjectLockRetainUntilDate"]
    # A bucket without object lock takes nothing that is locked.
    assert (source["ReplicationStatus"], pair.replicas()) == ("FAILED", {})
    delete = {"Bucket": vault, "Key": "a", "VersionId": version}
    assert refused(pair.there.delete_object, **delete)[0] == "AccessDenied"


def test_what_was_put_is_read_back_and_taken_away(pair: Pair) -> None:
    rule = pair.rule(
        ID=None,
        Filter={"And": {"Prefix": "a", "Tags": [{"Key": "b", "Value": "c"}]}},
        Destination={
            "Bucket": f"arn:aws:s3:::{pair.target}",
            "StorageClass": "GLACIER",
            "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
            "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
        },
    )
    pair.replicate(rule)
    found = pair.s3.get_bucket_replication(Bucket=pair.source)["ReplicationConfiguration"]
    assert found["Role"] == pair.role
    assert {name: value for name, value in found["Rules"][0].items() if name != "ID"} == rule
    assert len(found["Rules"][0]["ID"]) > 20
    suspend = {"Bucket": pair.source, "VersioningConfiguration": {"Status": "Suspended"}}
    code, message = refused(pair.s3.put_bucket_versioning, **suspend)
    assert (code, message.startswith("A replication configuration is present on this bucket")) == (
        "InvalidBucketState",
        True,
    )
    pair.s3.delete_bucket_replication(Bucket=pair.source)
    code, _ = refused(pair.s3.get_bucket_replication, Bucket=pair.source)
    assert code == "ReplicationConfigurationNotFoundError"
    pair.put()
    assert pair.replicas() == {}
    pair.s3.put_bucket_versioning(**suspend)
    assert refused(pair.replicate) == (
        "InvalidRequest",
        "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
    )


SCHEMA = " for this version of Cross Region Replication configuration schema"
ENABLED = {"Status": "Enabled"}


@pytest.mark.parametrize(
    ("change", "destination", "code", "message"),
    [
        (
            {"DeleteMarkerReplication": None},
            {},
            "InvalidRequest",
            "DeleteMarkerReplication must be specified",
        ),
        ({"Priority": None}, {}, "InvalidRequest", f"Priority must be specified{SCHEMA}"),
        ({"Filter": None, "Prefix": ""}, {}, "InvalidRequest", "DeleteMarkerReplication cannot be used"),
        (
            {"Filter": None, "Prefix": "", "DeleteMarkerReplication": None},
            {},
            "InvalidRequest",
            f"Priority cannot be used{SCHEMA}",
        ),
        (
            {"Filter": {"Tag": {"Key": "a", "Value": "b"}}, "DeleteMarkerReplication": ENABLED},
            {},
            "InvalidRequest",
            "Delete marker replication is not supported if any Tag filter is specified",
        ),
        ({"Filter": {"Prefix": "a", "Tag": {"Key": "a", "Value": "b"}}}, {}, "MalformedXML", ""),
        ({"Status": "On"}, {}, "MalformedXML", ""),
        ({"ID": "a" * 256}, {}, "InvalidArgument", "The maximum length of a rule's ID is 255"),
        (
            {"SourceSelectionCriteria": {"SseKmsEncryptedObjects": ENABLED}},
            {},
            "InvalidRequest",
            "EncryptionConfiguration and ReplicaKmsKeyID must be specified",
        ),
        (
            {},
            {"EncryptionConfiguration": {"ReplicaKmsKeyID": "arn:aws:kms:eu-west-1:111122223333:key/a"}},
            "InvalidRequest",
            "SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present",
        ),
        (
            {},
            {"ReplicationTime": {**ENABLED, "Time": {"Minutes": 15}}},
            "InvalidRequest",
            "ReplicationTime must be specified together with Metrics",
        ),
        (
            {},
            {"ReplicationTime": {**ENABLED, "Time": {"Minutes": 5}}, "Metrics": ENABLED},
            "InvalidArgument",
            "The minutes of ReplicationTime must be 15, not 5",
        ),
        (
            {},
            {"ReplicationTime": {**ENABLED, "Time": {"Minutes": 15}}, "Metrics": {"Status": "Disabled"}},
            "InvalidRequest",
            "ReplicationTime and Metrics must have the same Status",
        ),
        ({}, {"Bucket": "arn:aws:s3:::nowhere-at-all"}, "InvalidRequest", "Destination bucket must exist."),
        ({}, {"Bucket": "target"}, "InvalidArgument", "Invalid bucket ARN: target"),
        (
            {},
            {"AccessControlTranslation": {"Owner": "Destination"}},
            "InvalidRequest",
            "Account must be specified if AccessControlTranslation is present",
        ),
    ],
)
def test_a_rule_that_aws_documents_as_invalid_is_refused(
    pair: Pair, change: dict[str, Any], destination: dict[str, Any], code: str, message: str
) -> None:
    rule = pair.rule(**change)
    rule["Destination"] = {**rule["Destination"], **destination}
    found, said = refused(pair.replicate, rule)
    assert (found, message in said) == (code, True), said
    assert refused(pair.s3.get_bucket_replication, Bucket=pair.source)[0].startswith("Replication")


def test_a_configuration_that_contradicts_itself_is_refused(pair: Pair) -> None:
    assert refused(pair.replicate, pair.rule(), pair.rule(Priority=2)) == (
        "InvalidArgument",
        "Rule Id must be unique",
    )
    code, message = refused(pair.replicate, pair.rule(), pair.rule(ID="other"))
    assert (code, message) == (
        "InvalidRequest",
        "Found duplicate priority 1: priorities must be unique",
    )
    itself = pair.rule(Destination={"Bucket": f"arn:aws:s3:::{pair.source}"})
    assert refused(pair.replicate, itself)[1].startswith("Destination bucket cannot be the same")
    pair.there.put_bucket_versioning(Bucket=pair.target, VersioningConfiguration={"Status": "Suspended"})
    assert refused(pair.replicate) == (
        "InvalidRequest",
        "Destination bucket must have versioning enabled.",
    )
    pair.role = "role"
    assert refused(pair.replicate) == ("InvalidArgument", "Invalid role ARN: role")
