"""What S3 may do to copy objects to another region, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modelyard.planning.arns import bucket_arn
from modelyard.planning.policies.document import Statement, document, statement


@dataclass(frozen=True, slots=True)
class Copied:
    """A bucket that is copied, and where to."""

    source: str
    destination: str
    object_lock: bool = False


def replication_policy(copies: Sequence[Copied]) -> str:
    """What copying takes of the buckets (Amazon S3 User Guide, "Setting up permissions for live replication",
    and "Object Lock considerations" for locks, 2026-11). It reads versions for replication only, and can
    write replicas only.
    """
    sources = [bucket_arn(copy.source) for copy in copies]
    locked = [bucket_arn(copy.source) for copy in copies if copy.object_lock]
    statements = [
        statement("WatchSources", ["s3:GetReplicationConfiguration", "s3:ListBucket"], sources),
        statement(
            "ReadVersions",
            [
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionForReplication",
                "s3:GetObjectVersionTagging",
            ],
            [f"{arn}/*" for arn in sources],
        ),
        statement(
            "WriteReplicas",
            ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"],
            [f"{bucket_arn(copy.destination)}/*" for copy in copies],
        ),
    ]
    if locked:
        statements.append(
            statement(
                "ReadLocks",
                ["s3:GetObjectLegalHold", "s3:GetObjectRetention"],
                [f"{arn}/*" for arn in locked],
            )
        )
    return document(statements)


def replication_keys_policy(
    source_region: str,
    destination_region: str,
    copies: Sequence[Copied],
    source_key_arns: Sequence[str],
    replica_key_arns: Sequence[str],
) -> str:
    """Use of the buckets' keys: through S3, for these buckets only.

    With bucket keys the encryption context is the bucket, else the object (Amazon S3 User Guide, "Replicating
    encrypted objects", 2026-11).
    """
    return document(
        [
            _through_s3(
                "ReadUnderSourceKeys",
                ["kms:Decrypt"],
                source_key_arns,
                source_region,
                [copy.source for copy in copies],
            ),
            _through_s3(
                "WriteUnderReplicaKeys",
                ["kms:Encrypt", "kms:GenerateDataKey"],
                replica_key_arns,
                destination_region,
                [copy.destination for copy in copies],
            ),
        ]
    )


def _through_s3(
    sid: str, actions: Sequence[str], key_arns: Sequence[str], region: str, buckets: Sequence[str]
) -> Statement:
    arns = [bucket_arn(bucket) for bucket in buckets]
    return statement(
        sid,
        actions,
        key_arns,
        conditions={
            "StringLike": {
                "kms:ViaService": f"s3.{region}.amazonaws.com",
                "kms:EncryptionContext:aws:s3:arn": [*arns, *(f"{arn}/*" for arn in arns)],
            }
        },
    )
