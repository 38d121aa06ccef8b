"""Buckets, their settings and objects, read back."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from modelyard_sandbox.aws.observing.base import Observer, Sight
from modelyard_sandbox.aws.observing.responses import tags_from
from modelyard_sandbox.aws.s3_settings import BucketEncryption, BucketVersioning
from modelyard_sandbox.handler import Inputs
from modelyard_sandbox.meaning import COMPUTED, Meaning

LARGEST_CONTENT_BYTES = 1024 * 1024
"""Objects above it are compared by their headers and tags only."""


def bucket(sight: Sight) -> Inputs:
    """A bucket, without the settings that are resources of their own."""
    tags = sight.call_if("s3", "GetBucketTagging", "NoSuchTagSet", Bucket=sight.id).get("TagSet", [])
    lock = sight.call_if(
        "s3", "GetObjectLockConfiguration", "ObjectLockConfigurationNotFound", Bucket=sight.id
    )
    locked = lock.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled"
    return {"bucket": sight.id, "objectLockEnabled": locked, "tags": tags_from(tags)}


def bucket_object(sight: Sight) -> Inputs:
    """An object: its headers, its tags, and what it holds, unless that is much."""
    place = {"Bucket": sight.given["bucket"], "Key": sight.given["key"]}
    head = sight.call("s3", "HeadObject", **place)
    found = sight.inputs(head, {"kmsKeyId": "SSEKMSKeyId"}) | sight.tags(
        "s3", "GetObjectTagging", "TagSet", **place
    )
    return {**found, **_content(sight, head, place), "bucket": place["Bucket"], "key": place["Key"]}


def _content(sight: Sight, head: Mapping[str, Any], place: dict[str, Any]) -> Inputs:
    if head["ContentLength"] > LARGEST_CONTENT_BYTES:
        return {name: sight.given[name] for name in ("content", "contentBase64") if name in sight.given}
    body: bytes = sight.call("s3", "GetObject", **place)["Body"].read()
    if "contentBase64" not in sight.given:
        try:
            return {"content": body.decode()}
        except UnicodeDecodeError:
            pass
    return {"contentBase64": base64.b64encode(body).decode()}


def _setting(operation: str, member: str | None = None, renames: Mapping[str, str] | None = None) -> Observer:
    def observer(sight: Sight) -> Inputs:
        answer = sight.call("s3", operation, Bucket=sight.id)
        return {"bucket": sight.id, **sight.inputs(answer[member] if member else answer, renames)}

    return observer


def versioning(sight: Sight) -> Inputs:
    """Whether a bucket keeps versions."""
    answer = sight.call("s3", "GetBucketVersioning", Bucket=sight.id)
    return {"bucket": sight.id, **sight.inputs({"versioningConfiguration": answer}, BucketVersioning.renames)}


OBSERVERS: Mapping[str, Observer] = {
    "aws:s3/bucket:Bucket": bucket,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _setting(
        "GetBucketLifecycleConfiguration"
    ),
    "aws:s3/bucketLogging:BucketLogging": _setting("GetBucketLogging", "LoggingEnabled"),
    "aws:s3/bucketObjectv2:BucketObjectv2": bucket_object,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _setting(
        "GetBucketOwnershipControls", "OwnershipControls"
    ),
    "aws:s3/bucketPolicy:BucketPolicy": _setting("GetBucketPolicy"),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _setting(
        "GetPublicAccessBlock", "PublicAccessBlockConfiguration"
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _setting(
        "GetBucketEncryption", "ServerSideEncryptionConfiguration", BucketEncryption.renames
    ),
    "aws:s3/bucketVersioning:BucketVersioning": versioning,
}

MEANINGS: Mapping[str, Meaning] = {
    # Object lock is switched on by its own setting as well (terraform-provider-aws, aws_s3_bucket, 2026-11).
    "aws:s3/bucket:Bucket": Meaning(
        {"bucket": COMPUTED, "objectLockEnabled": COMPUTED},
        unseen=frozenset({"bucketPrefix", "forceDestroy"}),
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": Meaning(
        {"transitionDefaultMinimumObjectSize": COMPUTED}
    ),
    "aws:s3/bucketObjectv2:BucketObjectv2": Meaning(
        dict.fromkeys(
            ("bucketKeyEnabled", "contentType", "kmsKeyId", "serverSideEncryption", "storageClass"), COMPUTED
        ),
        unseen=frozenset({"acl", "checksumAlgorithm", "forceDestroy", "sourceHash"}),
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": Meaning(
        {"rules[].blockedEncryptionTypes": COMPUTED}
    ),
    "aws:s3/bucketVersioning:BucketVersioning": Meaning({"versioningConfiguration.mfaDelete": "Disabled"}),
}
"""What pulumi-aws computes or fills in where a program is silent (its registry pages, 2026-11)."""
