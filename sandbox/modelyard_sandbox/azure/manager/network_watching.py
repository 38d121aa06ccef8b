"""The network watcher that Azure makes by itself ("What is Azure Network Watcher?": enabled automatically
when a virtual network is created or updated in a region; as of 2026-11).
"""

from __future__ import annotations

from modelyard_sandbox.azure.manager.ids import GROUP, ResourceId
from modelyard_sandbox.azure.manager.store import Resource, Store

WATCHER = "Microsoft.Network/networkWatchers"
FLOW_LOG = f"{WATCHER}/flowLogs"
WATCHER_GROUP = "NetworkWatcherRG"
"""The group that Azure makes watchers in."""


def ensure_watcher(store: Store, network: Resource) -> None:
    """Make the watcher of a network's region, and the group that it lies in, unless there is one."""
    home = network.id.subscription
    if watcher_of(store, home, network.location) is not None:
        return
    group = ResourceId(f"{home.text}/resourceGroups/{WATCHER_GROUP}", GROUP, WATCHER_GROUP, home)
    if store.get(group) is None:
        properties = {"provisioningState": "Succeeded"}
        store.write(group, {"location": network.location, "properties": properties})
    name = f"NetworkWatcher_{network.location}"
    id_ = ResourceId(f"{group.text}/providers/{WATCHER}/{name}", WATCHER, name, group)
    store.write(id_, {"location": network.location})


def watcher_of(store: Store, subscription: ResourceId, location: str) -> Resource | None:
    """The watcher of a region; a subscription has one at most."""
    watchers = store.within(subscription, WATCHER)
    return next((watcher for watcher in watchers if watcher.location == location), None)


def flow_logs_of(store: Store, target: ResourceId) -> list[Resource]:
    """The flow logs of a resource."""
    return [
        log for log in store.of_type(FLOW_LOG) if log.properties["targetResourceId"].lower() == target.key
    ]
