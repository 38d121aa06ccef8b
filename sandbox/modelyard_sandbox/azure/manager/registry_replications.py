"""The further regions of a container registry (REST reference: Replications, 2024-11-01-preview; as of
2026-11). A registry's own region isn't listed among them here, as it is in Azure.
"""

from __future__ import annotations

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import conflict
from modelyard_sandbox.azure.manager.kinds import Kind, Write, envelope, filled
from modelyard_sandbox.azure.manager.registries import (
    API_VERSIONS,
    ON,
    PREMIUM,
    REGISTRY,
    REPLICATION,
    check_registry_name,
    settled,
)
from modelyard_sandbox.azure.manager.shapes import flag, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.times import timestamp


class Replication(Kind):
    """A registry's replication to a region."""

    type = REPLICATION
    asynchronous = frozenset({"PUT", "PATCH", "DELETE"})
    api_versions = API_VERSIONS
    parent_type = REGISTRY
    listed_in = frozenset[str]()
    shape = envelope(
        "Replication",
        record(
            "ReplicationProperties",
            {"regionEndpointEnabled": flag(), "zoneRedundancy": text("Enabled", "Disabled")},
            read_only=("provisioningState", "status"),
        ),
    )

    @override
    def check_name(self, name: str) -> None:
        check_registry_name(name, "replication")

    @override
    def settle(self, write: Write) -> Body:
        assert write.id.parent is not None  # noqa: S101  (its parent was checked)
        registry = write.store.get(write.id.parent)
        assert registry is not None  # noqa: S101  (its parent was checked)
        sku = registry.body["sku"]["name"]
        if sku != PREMIUM:
            raise conflict("SkuNotSupported", f"The SKU {sku} is not supported.")
        if registry.properties["policies"]["softDeletePolicy"]["status"] == ON:
            raise conflict(
                "SoftDeletePolicyNotSupported",
                "A registry can't have replications while its soft delete policy is enabled.",
            )
        _check_region(write, registry)
        kept = {"zoneRedundancy": write.old.properties["zoneRedundancy"]} if write.old else {}
        properties = filled(
            filled(write.properties, kept), {"regionEndpointEnabled": True, "zoneRedundancy": "Disabled"}
        )
        if write.old and properties["zoneRedundancy"] != write.old.properties["zoneRedundancy"]:
            raise settled("zoneRedundancy", "replication")
        return {**write.asked, "properties": properties}

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        status = {"displayStatus": "Ready", "timestamp": timestamp(resource.created)}
        properties = {**resource.properties, "provisioningState": "Succeeded", "status": status}
        return {**super().answer(store, resource), "properties": properties}


def _check_region(write: Write, registry: Resource) -> None:
    location: str = write.asked["location"]
    others = (found for found in write.store.within(registry.id, REPLICATION) if found.id.key != write.id.key)
    if location in {registry.location, *(found.location for found in others)}:
        raise conflict(
            "ReplicationLocationConflict",
            f"The registry {registry.id.name} is in '{location}' already.",
            "location",
        )
