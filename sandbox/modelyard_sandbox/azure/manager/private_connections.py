"""The other end of private endpoints: connections of the resource that an endpoint leads to.

REST references of the storage, key vault, container registry and machine learning resource providers,
"Private Endpoint Connections" (2026-11). A connection is made by an endpoint; at its own place it is
approved, rejected or deleted. An endpoint without its connection is disconnected, and can only be deleted.
"""

from __future__ import annotations

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import not_found
from modelyard_sandbox.azure.manager.ids import ResourceId, resource_id
from modelyard_sandbox.azure.manager.kinds import ANSWERED, Kind, Write
from modelyard_sandbox.azure.manager.network_references import guid
from modelyard_sandbox.azure.manager.private_links import REGISTRY, SCOPE, WORKSPACE
from modelyard_sandbox.azure.manager.shapes import record, text
from modelyard_sandbox.azure.manager.storage import ACCOUNT
from modelyard_sandbox.azure.manager.storage import API_VERSIONS as STORAGE_VERSIONS
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.vaults import VAULT, Vault

CONNECTIONS = "privateEndpointConnections"
AUTOMATIC, MANUAL = "privateLinkServiceConnections", "manualPrivateLinkServiceConnections"
"""Where an endpoint names what it leads to: a connection that is approved by itself, or by somebody."""
APPROVED, PENDING, DISCONNECTED = "Approved", "Pending", "Disconnected"


class PrivateEndpointConnection(Kind):
    """A connection, of whichever resource."""

    located = False
    patched = False
    listed_in = frozenset[str]()
    shape = record(
        "PrivateEndpointConnection",
        {
            "properties": record(
                "PrivateEndpointConnectionProperties",
                {
                    "privateLinkServiceConnectionState": record(
                        "PrivateLinkServiceConnectionState",
                        {
                            "actionsRequired": text(),
                            "description": text(),
                            "status": text(APPROVED, "Rejected", PENDING),
                        },
                        required=("status",),
                    )
                },
                required=("privateLinkServiceConnectionState",),
                read_only=("groupIds", "privateEndpoint", "provisioningState"),
            )
        },
        required=("properties",),
        read_only=ANSWERED,
    )

    @override
    def settle(self, write: Write) -> Body:
        if write.old is None:
            raise not_found(
                "ResourceNotFound",
                f"The private endpoint connection '{write.id.name}' was not found: connections are made by "
                "private endpoints.",
            )
        return {"properties": {**write.old.properties, **write.properties}}


class StorageConnection(PrivateEndpointConnection):
    """A connection of a storage account."""

    type = f"{ACCOUNT}/{CONNECTIONS}"
    parent_type = ACCOUNT
    api_versions = STORAGE_VERSIONS


class VaultConnection(PrivateEndpointConnection):
    """A connection of a key vault."""

    type = f"{VAULT}/{CONNECTIONS}"
    parent_type = VAULT
    api_versions = Vault.api_versions


class RegistryConnection(PrivateEndpointConnection):
    """A connection of a container registry."""

    type = f"{REGISTRY}/{CONNECTIONS}"
    parent_type = REGISTRY
    api_versions = ("2022-12-01", "2023-01-01-preview", "2023-07-01", "2024-11-01-preview", "2025-04-01")


class ScopeConnection(PrivateEndpointConnection):
    """A connection of a private link scope of Azure Monitor."""

    type = f"{SCOPE}/{CONNECTIONS}"
    parent_type = SCOPE
    api_versions = ("2019-10-17-preview", "2021-07-01-preview", "2021-09-01", "2023-06-01-preview")


class WorkspaceConnection(PrivateEndpointConnection):
    """A connection of a machine learning workspace."""

    type = f"{WORKSPACE}/{CONNECTIONS}"
    parent_type = WORKSPACE
    api_versions = ("2024-10-01", "2025-06-01", "2025-09-01", "2025-12-01")


def only_connection(endpoint: Resource) -> Body:
    """The one connection of an endpoint, as it was asked for."""
    return (endpoint.properties.get(AUTOMATIC) or endpoint.properties[MANUAL])[0]


def target_of(endpoint: Resource) -> ResourceId:
    """What an endpoint leads to, whether it stands or not."""
    return resource_id(only_connection(endpoint)["properties"]["privateLinkServiceId"])


def connection_id(target: ResourceId, endpoint: ResourceId) -> ResourceId:
    """Where the connection of an endpoint stands."""
    name = f"{endpoint.name}.{guid(endpoint.text)}"
    return ResourceId(f"{target.text}/{CONNECTIONS}/{name}", f"{target.type}/{CONNECTIONS}", name, target)


def connect(store: Store, target: ResourceId, endpoint: ResourceId, group: str, *, approved: bool) -> None:
    """Make an endpoint's connection."""
    state = {
        "status": APPROVED if approved else PENDING,
        "description": "Auto-Approved" if approved else "",
        "actionsRequired": "None",
    }
    properties = {
        "privateEndpoint": {"id": endpoint.text},
        "groupIds": [group],
        "privateLinkServiceConnectionState": state,
        "provisioningState": "Succeeded",
    }
    store.write(connection_id(target, endpoint), {"properties": properties})


def state_of(store: Store, target: ResourceId, endpoint: ResourceId) -> Body:
    """The state of an endpoint's connection, as the endpoint shows it."""
    found = store.get(connection_id(target, endpoint))
    if found is None:
        return {"status": DISCONNECTED, "description": "", "actionsRequired": "None"}
    return found.properties["privateLinkServiceConnectionState"]


def connections_of(store: Store, target: Resource) -> list[Body]:
    """The connections of a resource, as it shows them among its properties."""
    return [
        {"id": found.id.text, "name": found.id.name, "type": found.id.type, "properties": found.properties}
        for found in store.within(target.id, f"{target.id.type}/{CONNECTIONS}")
    ]
