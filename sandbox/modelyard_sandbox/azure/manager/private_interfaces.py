"""Network interfaces of private endpoints (REST reference of Network Interfaces, 2024-05-01; as of 2026-11).

There is no other interface here: machines have none.
"""

from __future__ import annotations

from typing import Any

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId, resource_id
from modelyard_sandbox.azure.manager.kinds import envelope
from modelyard_sandbox.azure.manager.network import NetworkKind
from modelyard_sandbox.azure.manager.network_references import INTERFACE, guid, reference, tagged
from modelyard_sandbox.azure.manager.private_connections import only_connection
from modelyard_sandbox.azure.manager.private_members import addresses_of
from modelyard_sandbox.azure.manager.shapes import record
from modelyard_sandbox.azure.manager.store import Body, Resource, Store


class NetworkInterface(NetworkKind):
    """The network interface of a private endpoint, which is made and goes with it."""

    type = INTERFACE
    patched = False
    shape = envelope("NetworkInterface", record("NetworkInterfacePropertiesFormat", {}))

    @override
    def accept(self, id_: ResourceId, body: Any) -> Body:
        raise ArmError(
            405,
            "HttpMethodNotAllowed",
            "Network interfaces are made here by private endpoints, and not changed.",
        )

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        if store.get(resource_id(reference(resource.properties, "privateEndpoint"))) is None:
            # It goes with the endpoint, as when both are in a group that is deleted.
            return
        raise bad_request(
            "NicInUseWithPrivateEndpoint",
            f"Network interface {resource.id.text} cannot be deleted because it is currently in use with a "
            f"private endpoint ({reference(resource.properties, 'privateEndpoint')}).",
        )

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        endpoint = store.get(resource_id(reference(resource.properties, "privateEndpoint")))
        assert endpoint is not None  # noqa: S101  (its interface goes with it)
        properties = {
            **resource.properties,
            "enableAcceleratedNetworking": False,
            "enableIPForwarding": False,
            "ipConfigurations": [
                _configuration(resource, endpoint, taken) for taken in addresses_of(store, endpoint)
            ],
            "nicType": "Standard",
            "provisioningState": "Succeeded",
            "resourceGuid": guid(resource.id.text),
        }
        answer = super().answer(store, resource)
        return {**answer, "etag": tagged(resource), "properties": properties}


def _configuration(interface: Resource, endpoint: Resource, taken: Body) -> Body:
    group = only_connection(endpoint)["properties"]["groupIds"][0]
    name = taken["configuration"]
    return {
        "id": f"{interface.id.text}/ipConfigurations/{name}",
        "name": name,
        "type": f"{INTERFACE}/ipConfigurations",
        "properties": {
            "primary": taken == endpoint.properties["addresses"][0],
            "privateIPAddress": taken["address"],
            "privateIPAddressVersion": "IPv4",
            "privateIPAllocationMethod": "Dynamic",
            "privateLinkConnectionProperties": {
                "fqdns": [each["fqdn"] for each in taken["names"]],
                "groupId": group,
                "requiredMemberName": taken["member"],
            },
            "provisioningState": "Succeeded",
            "subnet": endpoint.properties["subnet"],
        },
    }
