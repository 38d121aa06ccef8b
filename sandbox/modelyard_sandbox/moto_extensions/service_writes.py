"""Whether a service may write into a bucket and use a key, by their own policies: what CloudTrail and AWS
Config try before they take a destination.

Sources: CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail"; AWS Config developer guide,
"Permissions for the Amazon S3 Bucket for the AWS Config Delivery Channel"; 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition

from modelyard_sandbox.moto_extensions.policy_documents import allows_service

FULL_CONTROL = {"s3:x-amz-acl": "bucket-owner-full-control"}


def bucket_of(account_id: str, region: str, name: str) -> Any:
    """A bucket of the account; none if it has no such bucket (it may be another account's)."""
    return s3_backends[account_id][get_partition(region)].buckets.get(name)


def may_write(bucket: Any, service: str, key: str, context: Mapping[str, str]) -> bool:
    """Whether the bucket's policy lets a service look at the bucket and put an object into it."""
    if not bucket.policy:
        return False
    policy, arn = bucket.policy.decode(), f"arn:{bucket.partition}:s3:::{bucket.name}"
    looks = allows_service(policy, service=service, action="s3:GetBucketAcl", resource=arn, context=context)
    writes = allows_service(
        policy,
        service=service,
        action="s3:PutObject",
        resource=f"{arn}/{key}",
        context={**context, **FULL_CONTROL},
    )
    return looks and writes


def key_of(account_id: str, region: str, key_id: str) -> Any:
    """A key of the account, by id, arn or alias; none if there is no such key."""
    place = key_id.split(":")[3] if key_id.startswith("arn:") else region
    keys: Any = kms_backends[account_id][place]
    try:
        return keys.describe_key(key_id)
    except Exception:  # noqa: BLE001 (whatever KMS says, the key can't be used)
        return None


def may_encrypt(key: Any, service: str, context: Mapping[str, str]) -> bool:
    """Whether the key's policy lets a service encrypt with it."""
    return allows_service(
        key.policy, service=service, action="kms:GenerateDataKey", resource=key.arn, context=context
    )
