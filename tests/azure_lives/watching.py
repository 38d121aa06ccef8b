"""Network watchers and flow logs."""

from __future__ import annotations

from typing import Any

from arming import ACCOUNT, GROUP, HOME, LOCATION, NETWORK, Maker

IN_GROUP = {"resourceGroupName": "rg"}
PLACED = {**IN_GROUP, "location": LOCATION}
WATCHER = f"{HOME}/resourceGroups/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers"
LIVES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "network:FlowLog": (
        {
            "resourceGroupName": "NetworkWatcherRG",
            "networkWatcherName": f"NetworkWatcher_{LOCATION}",
            "flowLogName": "net",
            "location": LOCATION,
            "targetResourceId": NETWORK,
            "storageId": ACCOUNT,
            "enabled": True,
            "format": {"type": "JSON", "version": 2},
            "retentionPolicy": {"days": 90, "enabled": True},
        },
        {"retentionPolicy": {"days": 120, "enabled": True}},
        f"{WATCHER}/NetworkWatcher_{LOCATION}/flowLogs/net",
    ),
    "network:NetworkWatcher": (
        {**IN_GROUP, "networkWatcherName": "own", "location": "northeurope"},
        {"tags": {"owner": "me"}},
        f"{GROUP}/providers/Microsoft.Network/networkWatchers/own",
    ),
}


def furnish(make: Maker) -> None:
    """A network, with the watcher that comes with it, and an account."""
    make.group()
    space = {"addressPrefixes": ["10.0.0.0/16"]}
    make("network:VirtualNetwork", **PLACED, virtualNetworkName="net", addressSpace=space)
    sku = {"name": "Standard_LRS"}
    make("storage:StorageAccount", **PLACED, accountName="account1", kind="StorageV2", sku=sku)
