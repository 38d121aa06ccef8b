"""Nobody downloads disks and snapshots over the internet.

A URL that gives a disk's data works from anywhere only while networkAccessPolicy is AllowAll and
publicNetworkAccess is Enabled (Azure SDK for .NET, "DiskPublicNetworkAccess", 2026). Either of the two closes
it; where neither is set it is open, for Azure's own policy 8405fdab as well (2026-04). checkov asks for
publicNetworkAccess alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelyard_policies.azure.types import DISK, SNAPSHOT
from modelyard_policies.reading import Failure, GraphView, Resource, any_of
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="disk-no-public-export",
    code="CO13",
    title="Disks and snapshots can't be downloaded over the internet",
    severity=Severity.MEDIUM,
    resources=(DISK, SNAPSHOT),
    why="One link that was made for an export and passed on gives away everything on the disk.",
    mend=(
        "Set publicNetworkAccess to Disabled, and networkAccessPolicy to DenyAll, or to AllowPrivate with a "
        "diskAccessId where disks have to be exported."
    ),
    maps_to={
        "checkov": ["CKV_AZURE_251"],
        "cis_azure": ["8.5"],
        "azure_policy": ["8405fdab-1faf-48aa-b702-999c9c172094"],
        "mcsb": ["NS-2"],
    },
    snippet="""\
azure.compute.Disk(
    "scratch",
    resource_group_name=group.name,
    creation_data={"create_option": "Empty"},
    disk_size_gb=1024,
    sku={"name": "Premium_LRS"},
    public_network_access="Disabled",
    network_access_policy="DenyAll",
)
""",
)


@RULE.check
def export_is_closed(disk: Resource, graph: GraphView) -> Iterator[Failure]:
    """Either setting is enough."""
    if not _is_closed(disk):
        shown = disk.shown("networkAccessPolicy")
        yield disk.failure(
            "publicNetworkAccess",
            f"is {disk.shown('publicNetworkAccess')}, and networkAccessPolicy is {shown}",
        )


@RULE.remedy
def close_it(disk: Resource, graph: GraphView) -> Mapping[str, Any]:
    """What is to be uploaded comes over the network, so that isn't changed."""
    is_uploaded = disk.block("creationData").text("createOption").lower().startswith("upload")
    return {} if is_uploaded or _is_closed(disk) else {"publicNetworkAccess": "Disabled"}


def _is_closed(disk: Resource) -> bool:
    return any_of(
        lambda: disk.text("publicNetworkAccess").strip().lower() == "disabled",
        lambda: disk.text("networkAccessPolicy").strip().lower() in ("denyall", "allowprivate"),
    )
