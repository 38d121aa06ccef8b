"""Type tokens that mean the same kind of resource."""

from __future__ import annotations

from functools import cache


@cache
def canonical(token: str) -> str:
    """The one token for a kind of resource.

    Pulumi kept S3's resources of the provider's version 6 beside today's under names that end in V2
    (`aws:s3/bucketV2:BucketV2`). They are the same kind, so every look-up by type treats them alike.
    """
    if not (token.startswith("aws:s3/") and token.endswith("V2")):
        return token
    module, _, name = token.rpartition(":")
    return f"{module.removesuffix('V2')}:{name.removesuffix('V2')}"
