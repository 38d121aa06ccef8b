"""S3 buckets and the objects that a stack writes."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from typing_extensions import override

from modelyard_sandbox.aws.cloud import GLOBAL_REGION, Cloud
from modelyard_sandbox.aws.handler import Inputs, Outputs, ResourceHandler, changed, tags_of
from modelyard_sandbox.aws.translate import tags_to_list
from modelyard_sandbox.errors import CloudError, UnsupportedError

DELETED_AT_ONCE = 1_000
"""Versions that one DeleteObjects takes at most, and a page of their list has (Amazon S3 API, 2026-11)."""


class Bucket(ResourceHandler):
    """A bucket; its settings are resources of their own, its id is its name."""

    type = "aws:s3/bucket:Bucket"
    service = "s3"
    inputs = frozenset({"bucket", "bucketPrefix", "forceDestroy", "objectLockEnabled"})
    replace_on = frozenset({"bucket", "bucketPrefix", "objectLockEnabled"})
    name_input = "bucket"
    lower_case_name = True
    identity = ("bucket",)
    taggable = True

    @override
    def refuse_standing(self, cloud: Cloud, inputs: Inputs) -> None:
        """In us-east-1 S3 answers who creates a bucket of their own again as if it were new, and the AWS
        provider looks first (S3 API reference, CreateBucket, BucketAlreadyOwnedByYou; 2026-11).
        """
        name = inputs.get("bucket")
        if cloud.region != GLOBAL_REGION or not name:
            return
        try:
            self.call(cloud, "HeadBucket", Bucket=name)
        except CloudError:
            return
        raise CloudError("s3", "CreateBucket", "BucketAlreadyExists", f"there is a bucket {name} already")

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        name = inputs.get("bucket") or f"{inputs.get('bucketPrefix', '')}{secrets.token_hex(8)}"
        place = (
            {}
            if cloud.region == GLOBAL_REGION
            else {"CreateBucketConfiguration": {"LocationConstraint": cloud.region}}
        )
        lock = {"ObjectLockEnabledForBucket": True} if inputs.get("objectLockEnabled") else {}
        self.call(cloud, "CreateBucket", Bucket=name, **place, **lock)
        return name

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if tags_of(old) == tags_of(new):
            return
        if tags_of(new):
            self.call(cloud, "PutBucketTagging", Bucket=id_, Tagging={"TagSet": tags_to_list(tags_of(new))})
        else:
            self.call(cloud, "DeleteBucketTagging", Bucket=id_)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        self.call(cloud, "HeadBucket", Bucket=id_)
        return {
            "arn": f"arn:{cloud.partition}:s3:::{id_}",
            "bucket": id_,
            "bucketRegion": cloud.region,
            "bucketDomainName": f"{id_}.s3.amazonaws.com",
            "bucketRegionalDomainName": f"{id_}.s3.{cloud.region}.amazonaws.com",
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        if inputs.get("forceDestroy"):
            self.clear(cloud, id_, inputs)
        self.call(cloud, "DeleteBucket", Bucket=id_)

    @override
    def clear(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        """Remove every version of every object, locked ones in governance mode as well, and unfinished
        uploads. What is locked otherwise stays, and is the reason for the error.
        """
        stays: list[dict[str, str]] = []
        # All are listed first: moto goes on from a page's last version, and finds nothing once that has gone.
        listing = cloud.client("s3").get_paginator("list_object_versions")
        for page in list(listing.paginate(Bucket=id_, PaginationConfig={"PageSize": DELETED_AT_ONCE})):
            items = [
                {"Key": item["Key"], "VersionId": item["VersionId"]}
                for kind in ("Versions", "DeleteMarkers")
                for item in page.get(kind, [])
            ]
            if items:
                answer = self.call(
                    cloud,
                    "DeleteObjects",
                    Bucket=id_,
                    Delete={"Objects": items, "Quiet": True},
                    BypassGovernanceRetention=True,
                )
                stays += answer.get("Errors", [])
        for upload in self.call(cloud, "ListMultipartUploads", Bucket=id_).get("Uploads", []):
            self.call(
                cloud, "AbortMultipartUpload", Bucket=id_, Key=upload["Key"], UploadId=upload["UploadId"]
            )
        if stays:
            one = stays[0]
            raise CloudError(
                "s3",
                "DeleteObjects",
                one["Code"],
                f"{one['Message']} ({len(stays)} versions, first {one['Key']})",
            )

    @override
    def list_ids(self, cloud: Cloud) -> Iterable[str]:
        for bucket in self.call(cloud, "ListBuckets")["Buckets"]:
            place = self.call(cloud, "GetBucketLocation", Bucket=bucket["Name"])["LocationConstraint"]
            if (place or GLOBAL_REGION) == cloud.region:
                yield bucket["Name"]

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return inputs.get("bucket")


HEADERS = (
    "acl",
    "bucketKeyEnabled",
    "cacheControl",
    "checksumAlgorithm",
    "contentDisposition",
    "contentEncoding",
    "contentLanguage",
    "contentType",
    "metadata",
    "serverSideEncryption",
    "storageClass",
)


class BucketObject(ResourceHandler):
    """An object with its content given in the program; a change writes it anew."""

    type = "aws:s3/bucketObjectv2:BucketObjectv2"
    service = "s3"
    inputs = frozenset(
        {"bucket", "content", "contentBase64", "forceDestroy", "key", "kmsKeyId", "sourceHash", *HEADERS}
    )
    required = frozenset({"bucket", "key"})
    replace_on = frozenset({"bucket", "key"})
    made_with = inputs | {"tags", "tagsAll"}
    changing_outputs = frozenset({"etag", "versionId"})
    identity = ("bucket", "key")
    taggable = True

    @override
    def make(self, cloud: Cloud, inputs: Inputs) -> str:
        self._put(cloud, inputs)
        return f"{inputs['bucket']}/{inputs['key']}"

    @override
    def configure(self, cloud: Cloud, id_: str, old: Inputs, new: Inputs) -> None:
        if changed(old, new, *self.inputs, "tagsAll"):
            self._put(cloud, new)

    @override
    def look(self, cloud: Cloud, id_: str, inputs: Inputs) -> Outputs | None:
        head = self.call(cloud, "HeadObject", Bucket=inputs["bucket"], Key=inputs["key"])
        return {
            "arn": f"arn:{cloud.partition}:s3:::{id_}",
            "etag": head["ETag"].strip('"'),
            "versionId": head.get("VersionId", ""),
            "contentType": head["ContentType"],
            "serverSideEncryption": head.get("ServerSideEncryption", ""),
        }

    @override
    def remove(self, cloud: Cloud, id_: str, inputs: Inputs) -> None:
        """Remove the object with all its versions, as pulumi-aws does."""
        versions = self.call(cloud, "ListObjectVersions", Bucket=inputs["bucket"], Prefix=inputs["key"])
        items = [
            {"Key": item["Key"], "VersionId": item["VersionId"]}
            for kind in ("Versions", "DeleteMarkers")
            for item in versions.get(kind, [])
            if item["Key"] == inputs["key"]
        ]
        if items:
            self.call(
                cloud, "DeleteObjects", Bucket=inputs["bucket"], Delete={"Objects": items, "Quiet": True}
            )

    @override
    def id_from(self, cloud: Cloud, inputs: Inputs) -> str | None:
        return f"{inputs['bucket']}/{inputs['key']}"

    def _put(self, cloud: Cloud, inputs: Inputs) -> None:
        request = self.request(
            cloud,
            "PutObject",
            inputs,
            "kmsKeyId",
            *HEADERS,
            renames={"kmsKeyId": "SSEKMSKeyId", "acl": "ACL"},
        )
        if inputs.get("kmsKeyId"):
            request.setdefault("ServerSideEncryption", "aws:kms")
        tags = tags_of(inputs)
        if tags:
            request["Tagging"] = urlencode(tags)
        self.call(
            cloud, "PutObject", Bucket=inputs["bucket"], Key=inputs["key"], Body=_content(inputs), **request
        )


def _content(inputs: dict[str, Any]) -> bytes:
    given = [name for name in ("content", "contentBase64") if inputs.get(name) is not None]
    if len(given) > 1:
        raise UnsupportedError(f"an object takes one of content and contentBase64, not both: {inputs['key']}")
    if given == ["contentBase64"]:
        return base64.b64decode(inputs["contentBase64"])
    return str(inputs.get("content", "")).encode()
