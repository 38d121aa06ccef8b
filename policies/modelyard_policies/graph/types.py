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


_RENAMED = {
    f"{AZURE}:{former}": f"{AZURE}:{today}"
    for former, today in (
        ("insights:ActionGroup", "monitor:ActionGroup"),
        ("insights:ActivityLogAlert", "monitor:ActivityLogAlert"),
        ("insights:AutoscaleSetting", "monitor:AutoscaleSetting"),
        ("insights:DiagnosticSetting", "monitor:DiagnosticSetting"),
        ("insights:MetricAlert", "monitor:MetricAlert"),
        ("insights:ScheduledQueryRule", "monitor:ScheduledQueryRule"),
        ("machinelearningservices:MachineLearningCompute", "machinelearningservices:Compute"),
        ("netapp:Pool", "netapp:CapacityPool"),
        ("network:InterfaceEndpoint", "network:PrivateEndpoint"),
    )
}
"""Names of version 2 of the provider, and of Azure's earlier APIs, by which states still hold resources (the
aliases of azure-native 3.29, for the types that rules ask for)."""


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
                token = f"{AZURE}:{found[1]}:{token[found.end() :]}"
        return _RENAMED.get(token, token)
    if not (token.startswith("aws:s3/") and token.endswith("V2")):
        return token
    module, _, name = token.rpartition(":")
    return f"{module.removesuffix('V2')}:{name.removesuffix('V2')}"
