"""S3: what it refuses."""

from __future__ import annotations

import json
from typing import Any

from documented_refusals.case import HOME, READ_ON, Acceptance, Account, Refusal, Request

CODES = f"S3 API Reference, Error responses, list of error codes, {READ_ON}"
NAMES = f"S3 User Guide, General purpose bucket naming rules; {CODES}"
LIFECYCLE = f"S3 API Reference, PutBucketLifecycleConfiguration and LifecycleRule; Error responses, {READ_ON}"
TRANSITIONS = f"S3 User Guide, Lifecycle transition considerations (30 days before an IA class), {READ_ON}"
PARTS = f"S3 API Reference, CompleteMultipartUpload, errors, {READ_ON}"
KEYS = f"S3 User Guide, Naming Amazon S3 objects (1,024 bytes); {CODES}"
TAGS = f"S3 API Reference, Error responses, list of tagging-related error codes, {READ_ON}"
COPY = f"S3 API Reference, CopyObject (a copy onto itself must change something); Error responses, {READ_ON}"

LOCAL = {"CreateBucketConfiguration": {"LocationConstraint": HOME}}


def named(name: str) -> Any:
    """The request for a bucket of that name."""
    return lambda _: {"Bucket": name, **LOCAL}


def taken(account: Account) -> Request:
    """A bucket's name that another account has."""
    return {"Bucket": account.neighbour().bucket(), **LOCAL}


def statement(bucket: str, **changes: Any) -> dict[str, Any]:
    """A policy that lets anybody in the organisation read the bucket."""
    allowed = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}},
    }
    return {"Version": "2012-10-17", "Statement": [{**allowed, **changes}]}


def policy(account: Account, **changes: Any) -> Request:
    """A bucket policy with one thing amiss."""
    bucket = account.bucket()
    return {"Bucket": bucket, "Policy": json.dumps(statement(bucket, **changes))}


def lifecycle(account: Account, *rules: dict[str, Any]) -> Request:
    """A lifecycle of rules that hold for the whole bucket."""
    whole = {"Status": "Enabled", "Filter": {"Prefix": ""}}
    return {
        "Bucket": account.bucket(),
        "LifecycleConfiguration": {"Rules": [{**whole, **rule} for rule in rules]},
    }


def upload(account: Account, *bodies: bytes) -> tuple[Request, list[dict[str, Any]]]:
    """A multipart upload, and its parts."""
    place = {"Bucket": account.bucket(), "Key": "checkpoint"}
    s3 = account.client("s3")
    request = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}
    parts = [
        {"PartNumber": number, "ETag": s3.upload_part(**request, PartNumber=number, Body=body)["ETag"]}
        for number, body in enumerate(bodies, 1)
    ]
    return request, parts


def complete(request: Request, parts: list[dict[str, Any]]) -> Request:
    """An upload completed as it was sent."""
    return {**request, "MultipartUpload": {"Parts": parts}}


def small_parts(account: Account) -> Request:
    """An upload whose first part has less than 5 MiB."""
    request, parts = upload(account, b"a", b"b")
    return complete(request, parts)


def backward_parts(account: Account) -> Request:
    """An upload whose parts are listed from the last to the first."""
    request, parts = upload(account, b"a" * (5 << 20), b"b")
    return {**request, "MultipartUpload": {"Parts": parts[::-1]}}


def lost_part(account: Account) -> Request:
    """An upload completed with a part that was never sent."""
    request, parts = upload(account, b"a")
    absent = {"PartNumber": 2, "ETag": '"d41d8cd98f00b204e9800998ecf8427e"'}
    return {**request, "MultipartUpload": {"Parts": [*parts, absent]}}


def stored(account: Account, **changes: Any) -> Request:
    """An object to store, with one thing amiss."""
    return {"Bucket": account.bucket(), "Key": "shard-0", "Body": b"shard", **changes}


def tag_set(*keys: str) -> dict[str, Any]:
    """Tags of those keys."""
    return {"TagSet": [{"Key": key, "Value": "1"} for key in keys]}


def unblocked(account: Account) -> str:
    """A bucket whose public access block was taken away."""
    bucket = account.bucket()
    account.client("s3").delete_public_access_block(Bucket=bucket)
    return bucket


EXPIRES = {"Expiration": {"Days": 30}}

REFUSALS = (
    Refusal(
        "a bucket's name with capitals", "s3.create_bucket", "InvalidBucketName", NAMES, named("Datasets-1")
    ),
    Refusal("a bucket's name of two characters", "s3.create_bucket", "InvalidBucketName", NAMES, named("ds")),
    Refusal(
        "a bucket's name of 64 characters", "s3.create_bucket", "InvalidBucketName", NAMES, named("d" * 64)
    ),
    Refusal(
        "a bucket's name like an address",
        "s3.create_bucket",
        "InvalidBucketName",
        NAMES,
        named("192.168.5.4"),
    ),
    Refusal(
        "a bucket's name with an underscore",
        "s3.create_bucket",
        "InvalidBucketName",
        NAMES,
        named("data_sets"),
    ),
    Refusal(
        "a bucket's name with two periods",
        "s3.create_bucket",
        "InvalidBucketName",
        NAMES,
        named("data..sets"),
    ),
    Refusal(
        "a bucket's name that ends in a hyphen",
        "s3.create_bucket",
        "InvalidBucketName",
        NAMES,
        named("data-"),
    ),
    Refusal(
        "a bucket's name that begins with xn--",
        "s3.create_bucket",
        "InvalidBucketName",
        NAMES,
        named("xn--datasets"),
    ),
    Refusal(
        "a bucket's name that ends in -s3alias",
        "s3.create_bucket",
        "InvalidBucketName",
        NAMES,
        named("datasets-s3alias"),
    ),
    Refusal(
        "a bucket's name that another account has", "s3.create_bucket", "BucketAlreadyExists", CODES, taken
    ),
    Refusal(
        "a bucket that is one's own already",
        "s3.create_bucket",
        "BucketAlreadyOwnedByYou",
        CODES,
        lambda a: {"Bucket": a.bucket(), **LOCAL},
    ),
    Refusal(
        "a bucket outside us-east-1 without a location",
        "s3.create_bucket",
        "IllegalLocationConstraintException",
        CODES,
        lambda a: {"Bucket": f"datasets-{a.account_id}"},
    ),
    Refusal(
        "a bucket in a region that is not there",
        "s3.create_bucket",
        "InvalidLocationConstraint",
        CODES,
        lambda a: {
            "Bucket": f"datasets-{a.account_id}",
            "CreateBucketConfiguration": {"LocationConstraint": "mars-north-1"},
        },
    ),
    Refusal(
        "a bucket that is not there",
        "s3.list_objects_v2",
        "NoSuchBucket",
        CODES,
        lambda a: {"Bucket": f"datasets-{a.account_id}"},
    ),
    Refusal(
        "a bucket with objects, deleted",
        "s3.delete_bucket",
        "BucketNotEmpty",
        CODES,
        lambda a: {"Bucket": a.object()["Bucket"]},
    ),
    Refusal(
        "an object that is not there",
        "s3.get_object",
        "NoSuchKey",
        CODES,
        lambda a: {"Bucket": a.bucket(), "Key": "shard-0"},
    ),
    Refusal(
        "a version that is not there",
        "s3.get_object",
        "NoSuchVersion",
        CODES,
        lambda a: {**a.object(a.bucket(versioned=True)), "VersionId": "3sL4kqtJlcpXroDTDmJ-rmSpXd3dIbrHY"},
    ),
    Refusal(
        "a range beyond an object's end",
        "s3.get_object",
        "InvalidRange",
        CODES,
        lambda a: {**a.object(), "Range": "bytes=100-200"},
    ),
    Refusal(
        "a read that expects another ETag",
        "s3.get_object",
        "PreconditionFailed",
        CODES,
        lambda a: {**a.object(), "IfMatch": '"d41d8cd98f00b204e9800998ecf8427e"'},
    ),
    Refusal(
        "a key of 1,025 bytes", "s3.put_object", "KeyTooLongError", KEYS, lambda a: stored(a, Key="k" * 1025)
    ),
    Refusal(
        "a body that its digest doesn't fit",
        "s3.put_object",
        "BadDigest",
        CODES,
        lambda a: stored(a, ContentMD5="1B2M2Y8AsgTpgAmY7PhCfg=="),
    ),
    Refusal(
        "a digest that is none",
        "s3.put_object",
        "InvalidDigest",
        CODES,
        lambda a: stored(a, ContentMD5="not-a-digest"),
    ),
    Refusal(
        "a storage class that is not there",
        "s3.put_object",
        "InvalidStorageClass",
        CODES,
        lambda a: stored(a, StorageClass="FROZEN"),
    ),
    Refusal(
        "an object written only if it is new, twice",
        "s3.put_object",
        "PreconditionFailed",
        f"S3 User Guide, Conditional writes; {CODES}",
        lambda a: {**a.object(), "Body": b"other", "IfNoneMatch": "*"},
    ),
    Refusal(
        "an object copied onto itself",
        "s3.copy_object",
        "InvalidRequest",
        COPY,
        lambda a: (lambda place: {**place, "CopySource": place})(a.object()),
    ),
    Refusal(
        "an upload whose first part is small",
        "s3.complete_multipart_upload",
        "EntityTooSmall",
        PARTS,
        small_parts,
    ),
    Refusal(
        "an upload's parts in the wrong order",
        "s3.complete_multipart_upload",
        "InvalidPartOrder",
        PARTS,
        backward_parts,
    ),
    Refusal(
        "an upload's part that was never sent",
        "s3.complete_multipart_upload",
        "InvalidPart",
        PARTS,
        lost_part,
    ),
    Refusal(
        "an upload that is not there",
        "s3.upload_part",
        "NoSuchUpload",
        CODES,
        lambda a: {"Bucket": a.bucket(), "Key": "shard-0", "UploadId": "none", "PartNumber": 1, "Body": b"a"},
    ),
    Refusal(
        "a bucket policy that is not JSON",
        "s3.put_bucket_policy",
        "MalformedPolicy",
        f"S3 API Reference, Error responses, {READ_ON}",
        lambda a: {"Bucket": a.bucket(), "Policy": "{"},
    ),
    Refusal(
        "a bucket policy of another bucket",
        "s3.put_bucket_policy",
        "MalformedPolicy",
        f"S3 User Guide, Troubleshooting bucket policies, {READ_ON}",
        lambda a: policy(a, Resource="arn:aws:s3:::elsewhere/*"),
    ),
    Refusal(
        "a bucket policy without a principal",
        "s3.put_bucket_policy",
        "MalformedPolicy",
        f"IAM User Guide, Policy elements: Principal (required in resource-based policies), {READ_ON}",
        lambda a: policy(a, Principal={}),
    ),
    Refusal(
        "a bucket policy with an effect that is not there",
        "s3.put_bucket_policy",
        "MalformedPolicy",
        f"IAM User Guide, Policy elements: Effect, {READ_ON}",
        lambda a: policy(a, Effect="Permit"),
    ),
    Refusal(
        "a bucket policy that is not set",
        "s3.get_bucket_policy",
        "NoSuchBucketPolicy",
        CODES,
        lambda a: {"Bucket": a.bucket()},
    ),
    Refusal(
        "a lifecycle of no days",
        "s3.put_bucket_lifecycle_configuration",
        "InvalidArgument",
        LIFECYCLE,
        lambda a: lifecycle(a, {"Expiration": {"Days": 0}}),
    ),
    Refusal(
        "a lifecycle rule without a status",
        "s3.put_bucket_lifecycle_configuration",
        "MalformedXML",
        LIFECYCLE,
        lambda a: lifecycle(a, {**EXPIRES, "Status": "Sometimes"}),
    ),
    Refusal(
        "a lifecycle rule without an action",
        "s3.put_bucket_lifecycle_configuration",
        "InvalidRequest",
        f"{LIFECYCLE} (at least one action)",
        lambda a: lifecycle(a, {"ID": "idle"}),
    ),
    Refusal(
        "two lifecycle rules of one id",
        "s3.put_bucket_lifecycle_configuration",
        "InvalidArgument",
        LIFECYCLE,
        lambda a: lifecycle(
            a, {**EXPIRES, "ID": "old"}, {**EXPIRES, "ID": "old", "Filter": {"Prefix": "b/"}}
        ),
    ),
    Refusal(
        "a lifecycle rule's id of 256 characters",
        "s3.put_bucket_lifecycle_configuration",
        "InvalidArgument",
        LIFECYCLE,
        lambda a: lifecycle(a, {**EXPIRES, "ID": "i" * 256}),
    ),
    Refusal(
        "a transition to infrequent access after 29 days",
        "s3.put_bucket_lifecycle_configuration",
        "InvalidArgument",
        TRANSITIONS,
        lambda a: lifecycle(a, {"Transitions": [{"Days": 29, "StorageClass": "STANDARD_IA"}]}),
    ),
    Refusal(
        "an expiry by days and by date",
        "s3.put_bucket_lifecycle_configuration",
        "MalformedXML",
        LIFECYCLE,
        lambda a: lifecycle(a, {"Expiration": {"Days": 3, "Date": "2031-01-01T00:00:00Z"}}),
    ),
    Refusal(
        "a lifecycle that is not set",
        "s3.get_bucket_lifecycle_configuration",
        "NoSuchLifecycleConfiguration",
        CODES,
        lambda a: {"Bucket": a.bucket()},
    ),
    Refusal(
        "an encryption that is not there",
        "s3.put_bucket_encryption",
        "MalformedXML",
        f"S3 API Reference, ServerSideEncryptionByDefault; Error responses, {READ_ON}",
        lambda a: {
            "Bucket": a.bucket(),
            "ServerSideEncryptionConfiguration": {
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "ROT13"}}]
            },
        },
    ),
    Refusal(
        "a key for an encryption that takes none",
        "s3.put_bucket_encryption",
        "InvalidArgument",
        f"S3 API Reference, ServerSideEncryptionByDefault, KMSMasterKeyID; Error responses, {READ_ON}",
        lambda a: {
            "Bucket": a.bucket(),
            "ServerSideEncryptionConfiguration": {
                "Rules": [
                    {
                        "ApplyServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "AES256",
                            "KMSMasterKeyID": a.key(),
                        }
                    }
                ]
            },
        },
    ),
    Refusal(
        "a public access block that is not set",
        "s3.get_public_access_block",
        "NoSuchPublicAccessBlockConfiguration",
        f"S3 API Reference, GetPublicAccessBlock; {CODES}",
        lambda a: {"Bucket": unblocked(a)},
    ),
    Refusal(
        "a log bucket that is not there",
        "s3.put_bucket_logging",
        "InvalidTargetBucketForLogging",
        CODES,
        lambda a: {
            "Bucket": a.bucket(),
            "BucketLoggingStatus": {
                "LoggingEnabled": {"TargetBucket": f"logs-{a.account_id}", "TargetPrefix": ""}
            },
        },
    ),
    Refusal(
        "a tag given twice",
        "s3.put_bucket_tagging",
        "InvalidTag",
        TAGS,
        lambda a: {"Bucket": a.bucket(), "Tagging": tag_set("team", "team")},
    ),
    Refusal(
        "a tag that begins with aws:",
        "s3.put_bucket_tagging",
        "InvalidTag",
        TAGS,
        lambda a: {"Bucket": a.bucket(), "Tagging": tag_set("aws:team")},
    ),
    Refusal(
        "an object's eleventh tag",
        "s3.put_object_tagging",
        "BadRequest",
        f"{TAGS}; S3 User Guide, Categorizing objects using tags (10 tags)",
        lambda a: {**a.object(), "Tagging": tag_set(*(f"key-{number}" for number in range(11)))},
    ),
    Refusal(
        "tags that are not set",
        "s3.get_bucket_tagging",
        "NoSuchTagSet",
        f"S3 API Reference, GetBucketTagging, special errors, {READ_ON}",
        lambda a: {"Bucket": a.bucket()},
    ),
)

ACCEPTED = (
    Acceptance("s3.create_bucket", named("data.sets-1")),
    Acceptance("s3.put_object", stored),
    Acceptance("s3.put_object", lambda a: stored(a, Key="k" * 1024, StorageClass="GLACIER")),
    Acceptance("s3.put_bucket_policy", policy),
    Acceptance(
        "s3.put_bucket_lifecycle_configuration",
        lambda a: lifecycle(
            a, EXPIRES, {"ID": "later", "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}]}
        ),
    ),
    Acceptance("s3.complete_multipart_upload", lambda a: complete(*upload(a, b"a" * (5 << 20), b"b"))),
    Acceptance("s3.put_bucket_tagging", lambda a: {"Bucket": a.bucket(), "Tagging": tag_set("team", "Team")}),
)
