"""Network watchers (REST reference, 2024-05-01): one for each region of a subscription."""

from __future__ import annotations

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.kinds import Write, envelope
from modelyard_sandbox.azure.manager.network import NetworkKind
from modelyard_sandbox.azure.manager.network_references import tagged
from modelyard_sandbox.azure.manager.network_watching import WATCHER, watcher_of
from modelyard_sandbox.azure.manager.shapes import record
from modelyard_sandbox.azure.manager.store import Body, Resource, Store


class NetworkWatcher(NetworkKind):
    """A network watcher."""

    type = WATCHER
    shape = envelope(
        "NetworkWatcher",
        record("NetworkWatcherPropertiesFormat", {}, read_only=("provisioningState", "runningOperationIds")),
    )

    @override
    def settle(self, write: Write) -> Body:
        other = watcher_of(write.store, write.id.subscription, write.asked["location"])
        if other is not None and other.id.key != write.id.key:
            raise bad_request(
                "NetworkWatcherCountLimitReached",
                "Cannot create more than 1 network watchers for this subscription in this region.",
            )
        return write.asked

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties = {"provisioningState": "Succeeded", "runningOperationIds": []}
        return {**super().answer(store, resource), "etag": tagged(resource), "properties": properties}
