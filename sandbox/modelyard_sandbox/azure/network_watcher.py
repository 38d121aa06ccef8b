"""Network watchers and flow logs."""

from __future__ import annotations

from collections.abc import Iterable

from typing_extensions import override

from modelyard_sandbox.azure.client import AzureCloud
from modelyard_sandbox.azure.handler import ArmHandler
from modelyard_sandbox.azure.identity import IDENTITY_FORM
from modelyard_sandbox.azure.manager.network_watching import WATCHER_GROUP
from modelyard_sandbox.azure.network import API_VERSION, NETWORK_PATH, RESOURCE
from modelyard_sandbox.azure.translate import Form

WATCHER_PATH = f"{NETWORK_PATH}/networkWatchers/{{networkWatcherName}}"


class NetworkWatcher(ArmHandler):
    """A network watcher. Azure makes one itself for each region with a virtual network."""

    type = "azure-native:network:NetworkWatcher"
    path = WATCHER_PATH
    api_version = API_VERSION
    form = Form(RESOURCE)
    body = frozenset({"location", "tags"})
    fixed = frozenset({"location"})
    name_input = "networkWatcherName"
    listed_at = "providers/Microsoft.Network/networkWatchers"
    chosen = frozenset({"location"})
    changing_outputs = frozenset({"etag"})

    @override
    def list_ids(self, cloud: AzureCloud) -> Iterable[str] | None:
        own = f"/resourcegroups/{WATCHER_GROUP}/".lower()
        return [id_ for id_ in super().list_ids(cloud) or () if own not in id_.lower()]


class FlowLog(ArmHandler):
    """A flow log of a virtual network.

    Nothing flows, so nothing is logged or analysed. Not checked: whether logs could be written, by the
    account's keys or by the identity.
    """

    type = "azure-native:network:FlowLog"
    path = f"{WATCHER_PATH}/flowLogs/{{flowLogName}}"
    api_version = API_VERSION
    form = Form(RESOURCE | {"identity"}, inner={"identity": IDENTITY_FORM})
    body = frozenset(
        {
            "enabled",
            "enabledFilteringCriteria",
            "flowAnalyticsConfiguration",
            "format",
            "identity",
            "location",
            "retentionPolicy",
            "storageId",
            "tags",
            "targetResourceId",
        }
    )
    needed = frozenset({"storageId", "targetResourceId"})
    name_input = "flowLogName"
    chosen = frozenset(
        {
            "enabled",
            "enabledFilteringCriteria",
            "flowAnalyticsConfiguration",
            "format",
            "location",
            "retentionPolicy",
        }
    )
    enriched = frozenset({"identity"})
    changing_outputs = frozenset({"etag"})
