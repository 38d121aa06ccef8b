"""Keys, buckets and copies in two regions, brought up in the sandbox: what is promised is kept there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pulumi
import pytest
from botocore.exceptions import ClientError

from modelyard.aws.encryption import Encryption
from modelyard.aws.replica_keys import ReplicaKeys
from modelyard.aws.replication import Replication
from modelyard.aws.storage import BucketArgs, Storage

REGION, RECOVERY_REGION = "eu-central-1", "eu-west-1"
PURPOSES = ["datasets", "checkpoints"]
LOCK_DAYS = 30


def two_regions(account_id: str) -> None:
    """A program with buckets in two regions, and copies from the one to the other."""
    place = {"account_id": account_id, "region": REGION}
    keys = Encryption("keys", {**place, "purposes": PURPOSES, "multi_region": True})
    replicas = ReplicaKeys(
        "recovery-keys",
        {
            "account_id": account_id,
            "region": RECOVERY_REGION,
            "primary_key_arns": {purpose: keys.key_arn(purpose) for purpose in PURPOSES},
        },
    )
    here, there = (
        Storage(
            name,
            {
                "environment": "toy",
                "account_id": account_id,
                "region": region,
                "buckets": {
                    "datasets": {"key_arn": holder.key_arn("datasets"), "backed_up": True},
                    "checkpoints": checkpoints(holder.key_arn("checkpoints")),
                },
            },
        )
        for name, region, holder in (("here", REGION, keys), ("there", RECOVERY_REGION, replicas))
    )
    Replication(
        "copies",
        {
            "environment": "toy",
            "region": REGION,
            "destination_region": RECOVERY_REGION,
            "buckets": {
                purpose: {
                    "source_bucket": here.bucket_name(purpose),
                    "source_key_arn": keys.key_arn(purpose),
                    "destination_bucket": there.bucket_name(purpose),
                    "destination_key_arn": replicas.key_arn(purpose),
                    "object_lock": purpose == "checkpoints",
                }
                for purpose in PURPOSES
            },
        },
        opts=pulumi.ResourceOptions(depends_on=[here, there]),
    )


def checkpoints(key_arn: pulumi.Output[str]) -> BucketArgs:
    """The bucket for checkpoints, with what is promoted under lock."""
    return {
        "key_arn": key_arn,
        "expire_after_days": 90,
        "expire_prefixes": ["runs/"],
        "object_lock": True,
        "lock_mode": "governance",
        "lock_days": LOCK_DAYS,
    }


class Buckets:
    """The buckets of a program that is up."""

    def __init__(self, toy: Any) -> None:
        self.here = toy.client("s3")
        self.there = toy.sandbox.client("s3", RECOVERY_REGION, toy.account_id)
        self.source, self.copy = (
            {purpose: f"toy-{purpose}-{toy.account_id}-{region}" for purpose in PURPOSES}
            for region in (REGION, RECOVERY_REGION)
        )

    def put(self, key: str, **lock: Any) -> str:
        """The version id of a new checkpoint."""
        return self.here.put_object(Bucket=self.source["checkpoints"], Key=key, Body=b"w", **lock)[
            "VersionId"
        ]

    def refused(self, call: str, **request: Any) -> str:
        """Code of the error with which a call about the checkpoints ends."""
        with pytest.raises(ClientError) as error:
            getattr(self.here, call)(Bucket=self.source["checkpoints"], **request)
        return error.value.response["Error"]["Code"]


def lock(mode: str = "GOVERNANCE", days: int = LOCK_DAYS) -> dict[str, Any]:
    """Headers that lock what is written."""
    until = datetime.now(UTC) + timedelta(days=days)
    return {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": until}


def test_what_is_written_is_copied_under_the_other_regions_key(toy: Any) -> None:
    up = toy.up(lambda: two_regions(toy.account_id))
    again = toy.up(lambda: two_regions(toy.account_id))
    assert (again.unchanged, again.created, again.updated, again.replaced) == (up.created, 0, 0, 0)
    buckets = Buckets(toy)
    for purpose in PURPOSES:
        buckets.here.put_object(Bucket=buckets.source[purpose], Key="runs/1/a", Body=b"weights")
        copy = buckets.there.get_object(Bucket=buckets.copy[purpose], Key="runs/1/a")
        assert (copy["Body"].read(), copy["ReplicationStatus"]) == (b"weights", "REPLICA")
        source = buckets.here.head_object(Bucket=buckets.source[purpose], Key="runs/1/a")
        assert source["ReplicationStatus"] == "COMPLETED"
        assert source["SSEKMSKeyId"].split(":")[3] == REGION
        # A replica has its primary's id, in its own region.
        assert copy["SSEKMSKeyId"] == source["SSEKMSKeyId"].replace(REGION, RECOVERY_REGION)
    buckets.here.delete_object(Bucket=buckets.source["datasets"], Key="runs/1/a")
    marked = buckets.there.list_object_versions(Bucket=buckets.copy["datasets"])["DeleteMarkers"]
    assert [item["Key"] for item in marked] == ["runs/1/a"]
    down = toy.down()
    assert (down.remaining, down.others) == ((), ())


def test_what_is_promoted_is_locked_in_both_regions_and_nobody_lifts_it(toy: Any) -> None:
    toy.up(lambda: two_regions(toy.account_id))
    buckets = Buckets(toy)
    version = buckets.put("keep/best", **lock())
    copy = buckets.there.head_object(Bucket=buckets.copy["checkpoints"], Key="keep/best")
    assert (copy["VersionId"], copy["ObjectLockMode"]) == (version, "GOVERNANCE")
    named = {"Key": "keep/best", "VersionId": version}
    assert buckets.refused("delete_object", **named) == "AccessDenied"
    assert buckets.refused("delete_object", **named, BypassGovernanceRetention=True) == "AccessDenied"
    ended = {"Mode": "GOVERNANCE", "RetainUntilDate": datetime.now(UTC) + timedelta(days=LOCK_DAYS - 3)}
    assert (
        buckets.refused("put_object_retention", **named, Retention=ended, BypassGovernanceRetention=True)
        == "AccessDenied"
    )
    several = buckets.here.delete_objects(
        Bucket=buckets.source["checkpoints"], Delete={"Objects": [named]}, BypassGovernanceRetention=True
    )
    assert [item["Code"] for item in several["Errors"]] == ["AccessDenied"]
    # Locked later, by who promotes what lies there already.
    later = buckets.put("keep/second")
    until = {"Mode": "GOVERNANCE", "RetainUntilDate": datetime.now(UTC) + timedelta(days=LOCK_DAYS)}
    request = {"Bucket": buckets.source["checkpoints"], "Key": "keep/second", "VersionId": later}
    buckets.here.put_object_retention(**request, Retention=until)
    replica = buckets.there.get_object_retention(Bucket=buckets.copy["checkpoints"], Key="keep/second")
    assert replica["Retention"]["Mode"] == "GOVERNANCE"


NOT_PROMISED = {
    "elsewhere": ("runs/1/a", "GOVERNANCE", LOCK_DAYS),
    "another mode": ("keep/a", "COMPLIANCE", LOCK_DAYS),
    "longer": ("keep/a", "GOVERNANCE", LOCK_DAYS + 2),
    "shorter": ("keep/a", "GOVERNANCE", LOCK_DAYS - 3),
}


def test_a_lock_that_was_not_promised_is_refused(toy: Any) -> None:
    toy.up(lambda: two_regions(toy.account_id))
    buckets, refusals = Buckets(toy), dict[str, list[str]]()
    for what, (key, mode, days) in NOT_PROMISED.items():
        headers = lock(mode, days)
        retention = {"Mode": mode, "RetainUntilDate": headers["ObjectLockRetainUntilDate"]}
        written = buckets.refused("put_object", Key=key, Body=b"w", **headers)
        buckets.put(key)
        refusals[what] = [written, buckets.refused("put_object_retention", Key=key, Retention=retention)]
    hold = {"Status": "ON"}
    refusals["held elsewhere"] = [
        buckets.refused("put_object", Key="runs/1/a", Body=b"w", ObjectLockLegalHoldStatus="ON"),
        buckets.refused("put_object_legal_hold", Key="runs/1/a", LegalHold=hold),
    ]
    assert refusals == {what: ["AccessDenied", "AccessDenied"] for what in refusals}
    bucket = buckets.source["checkpoints"]
    buckets.here.put_object_legal_hold(Bucket=bucket, Key="keep/a", LegalHold=hold)


def test_parts_of_an_upload_that_will_be_locked_are_let_in(toy: Any) -> None:
    toy.up(lambda: two_regions(toy.account_id))
    buckets = Buckets(toy)
    upload = {"Bucket": buckets.source["checkpoints"], "Key": "keep/large"}
    id_ = buckets.here.create_multipart_upload(**upload, **lock())["UploadId"]
    part = buckets.here.upload_part(**upload, UploadId=id_, PartNumber=1, Body=b"w")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    buckets.here.complete_multipart_upload(**upload, UploadId=id_, MultipartUpload=parts)
    assert buckets.here.get_object_retention(**upload)["Retention"]["Mode"] == "GOVERNANCE"


def test_buckets_of_both_regions_are_tagged_for_backup_and_expire_only_runs(toy: Any) -> None:
    toy.up(lambda: two_regions(toy.account_id))
    buckets = Buckets(toy)
    tags = buckets.here.get_bucket_tagging(Bucket=buckets.source["datasets"])["TagSet"]
    assert {"Key": "modelyard:backup", "Value": "toy"} in tags
    with pytest.raises(ClientError, match="NoSuchTagSet"):
        buckets.here.get_bucket_tagging(Bucket=buckets.source["checkpoints"])
    rules = buckets.here.get_bucket_lifecycle_configuration(Bucket=buckets.source["checkpoints"])["Rules"]
    expiring = {rule["ID"]: rule["Filter"]["Prefix"] for rule in rules if "Expiration" in rule}
    assert expiring == {"expiry-runs/": "runs/"}
    policy = json.loads(buckets.here.get_bucket_policy(Bucket=buckets.source["datasets"])["Policy"])
    assert not [statement for statement in policy["Statement"] if "Lock" in statement["Sid"]]
