"""Bucket policies, and the policy of the S3 endpoint.

They name no key, so that they can be read before one exists: S3 applies the bucket's own key when an upload
says nothing of encryption, and an upload that says anything is refused. Even `aws:kms` without a key would
mean another key, the account's `aws/s3` (Amazon S3 User Guide, "Specifying server-side encryption with
AWS KMS", 2026-11).
"""

from __future__ import annotations

from collections.abc import Sequence

from modelyard.planning.arns import Place, bucket_arn
from modelyard.planning.policies.document import Statement, document, statement


def data_bucket_policy(bucket: str, restoring_role_arns: Sequence[str] = ()) -> str:
    """Policy of a bucket for data: TLS only, and no upload under another key than the bucket's.

    `restoring_role_arns` are roles that may name an encryption, as AWS Backup's: a restore takes its objects'
    encryption as a parameter, so its uploads have to name it (which is inferred). Which keys such roles can
    use is for their own policies.
    """
    return document([_tls_only(bucket), *_own_encryption_only(bucket, restoring_role_arns)])


def log_bucket_policy(bucket: str, source_buckets: Sequence[str], account_id: str) -> str:
    """Policy of the bucket that takes the access logs of others: TLS only, and S3's log delivery."""
    delivery = statement(
        "AccessLogDelivery",
        ["s3:PutObject"],
        [f"{bucket_arn(bucket)}/*"],
        principal={"Service": "logging.s3.amazonaws.com"},
        conditions={
            "ArnLike": {"aws:SourceArn": [bucket_arn(source) for source in source_buckets]},
            "StringEquals": {"aws:SourceAccount": account_id},
        },
    )
    return document([_tls_only(bucket), delivery])


def s3_endpoint_policy(place: Place, shared_buckets: Sequence[str]) -> str:
    """Policy of the S3 endpoint: this account's buckets, named others, and what nodes are made from."""
    public = [
        # Layers of images in ECR (Amazon ECR User Guide, "VPC endpoints", 2026-11)
        f"{bucket_arn(f'prod-{place.region}-starport-layer-bucket')}/*",
        # Packages of Amazon Linux 2023 (Amazon Linux 2023 User Guide, "Repositories", 2026-11)
        f"{bucket_arn(f'al2023-repos-{place.region}-de612dc2')}/*",
    ]
    statements = [
        statement(
            "OwnBuckets",
            ["s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*", "s3:ListBucket*", "s3:GetBucketLocation",
             "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
            principal="*",
            conditions={"StringEquals": {"aws:ResourceAccount": place.account_id}},
        ),
        statement("WhatNodesAreMadeFrom", ["s3:GetObject"], public, principal="*"),
    ]  # fmt: skip
    if shared_buckets:
        arns = [bucket_arn(bucket) for bucket in shared_buckets]
        resources = [*arns, *(f"{arn}/*" for arn in arns)]
        statements.append(
            statement(
                "SharedBuckets",
                ["s3:GetObject*", "s3:ListBucket*", "s3:GetBucketLocation"],
                resources,
                principal="*",
            )
        )
    return document(statements)


def _tls_only(bucket: str) -> Statement:
    arn = bucket_arn(bucket)
    return statement(
        "TlsOnly",
        ["s3:*"],
        [arn, f"{arn}/*"],
        effect="Deny",
        principal="*",
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )


def _own_encryption_only(bucket: str, restoring_role_arns: Sequence[str]) -> list[Statement]:
    # `Null: false` is true of a request that carries the header at all. Uploads in parts carry it, if ever,
    # when they begin, which s3:PutObject decides as well; replication writes by s3:ReplicateObject.
    named_encryption: dict[str, dict[str, str | Sequence[str]]] = {
        "Null": {"s3:x-amz-server-side-encryption": "false"}
    }
    if restoring_role_arns:
        named_encryption["ArnNotEquals"] = {"aws:PrincipalArn": list(restoring_role_arns)}
    own_key = {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}}
    return [
        statement(
            sid,
            ["s3:PutObject"],
            [f"{bucket_arn(bucket)}/*"],
            effect="Deny",
            principal="*",
            conditions=conditions,
        )
        for sid, conditions in (("NoOtherEncryption", named_encryption), ("NoCustomerProvidedKey", own_key))
    ]
