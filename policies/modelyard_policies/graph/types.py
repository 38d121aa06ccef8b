"""Type tokens that mean the same kind of resource."""

from __future__ import annotations

import re
from functools import cache

AWS = "aws"
"""Name of AWS's provider, which its types begin with."""

AZURE = "azure-native"
"""Start of the types of Azure's provider, which are named `azure-native:MODULE:NAME`."""

_VERSIONED_MODULE = re.compile(r"azure-native:([^:/]+)/v\d{8}\w*:")
"""As in `azure-native:storage/v20230101:StorageAccount`: an API version in the provider's version 2."""
_VERSIONED_PACKAGE = re.compile(r"azure-native_[^:]+_v\d{8}\w*:([^:]+):")
"""As in `azure-native_storage_v20230101:storage:StorageAccount`: in version 3, from a package of its own."""


@cache
def canonical(token: str) -> str:
    """The one token for a kind of resource.

    Pulumi kept S3's resources of the provider's version 6 beside today's under names that end in V2
    (`aws:s3/bucketV2:BucketV2`), and writes Azure's API versions into its types. They are the same kind, so
    every look-up by type treats them alike.
    """
    if token.startswith(AZURE):
        for versioned in (_VERSIONED_MODULE, _VERSIONED_PACKAGE):
            found = versioned.match(token)
            if found:
                return f"{AZURE}:{found[1]}:{token[found.end() :]}"
        return token
    if not (token.startswith("aws:s3/") and token.endswith("V2")):
        return token
    module, _, name = token.rpartition(":")
    return f"{module.removesuffix('V2')}:{name.removesuffix('V2')}"
