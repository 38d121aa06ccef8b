"""S3 replication that copies: configurations checked, and objects copied once they are written.

A replica has its source's version id, metadata, tags and retention; replicas aren't replicated again, nor is
what stood before the configuration did. Copying takes no time here, so no object is ever PENDING. Sources: S3
API reference, PutBucketReplication; S3 user guide, replication: configuration elements, what is replicated,
status, failure reasons; 2026-11.
"""

from __future__ import annotations

from modelyard_sandbox.moto_extensions.s3_replication import configurations, hooks

__all__ = ["install"]


def install() -> None:
    """Put configurations in the place of moto's, and copy after every write."""
    configurations.install()
    hooks.install()
