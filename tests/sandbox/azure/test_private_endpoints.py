"""Private endpoints: what they get, what they show, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest
from arming import ACCOUNT, GROUP, LOCATION, NETWORK, VAULT, Arm, network, vault
from azure_networks import BLOB_ZONE, ENDPOINT, PROVIDER, SUBNET, connect, connection, endpoint, zone_group

from modelyard_sandbox.azure.manager.ids import resource_id

REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/images"
OTHER = ENDPOINT.replace("/data", "/other")


@pytest.fixture
def arm(group: Arm) -> Arm:
    """A network, an account and a zone."""
    return connect(group)


def address_of(arm: Arm, place: str = ENDPOINT) -> list[str]:
    interface = arm.get(arm.get(place)["properties"]["networkInterfaces"][0]["id"])
    return [item["properties"]["privateIPAddress"] for item in interface["properties"]["ipConfigurations"]]


def state_of(arm: Arm, place: str = ENDPOINT, part: str = "privateLinkServiceConnections") -> str:
    shown = arm.get(place)["properties"][part][0]["properties"]
    return str(shown["privateLinkServiceConnectionState"]["status"])


def connections(arm: Arm, target: str = ACCOUNT) -> list[str]:
    return [item["id"] for item in arm.get(f"{target}/privateEndpointConnections")["value"]]


def test_an_endpoint_has_an_interface_with_the_first_free_address_of_its_subnet(arm: Arm) -> None:
    status, made = arm.call("PUT", ENDPOINT, endpoint(customNetworkInterfaceName="data-nic"))
    assert status == 201
    properties = made["properties"]
    assert properties["provisioningState"] == "Succeeded"
    assert properties["subnet"] == {"id": SUBNET}
    interface_id = f"{PROVIDER}/networkInterfaces/data-nic"
    assert properties["networkInterfaces"] == [{"id": interface_id}]
    assert properties["customDnsConfigs"] == [
        {"fqdn": "account1.blob.core.windows.net", "ipAddresses": ["10.0.0.4"]}
    ]
    shown = properties["privateLinkServiceConnections"][0]
    assert shown["id"] == f"{ENDPOINT}/privateLinkServiceConnections/blob"
    assert shown["properties"]["privateLinkServiceConnectionState"] == {
        "status": "Approved",
        "description": "Auto-Approved",
        "actionsRequired": "None",
    }
    interface = arm.get(interface_id)
    assert interface["location"] == LOCATION
    assert interface["properties"]["privateEndpoint"] == {"id": ENDPOINT}
    (configuration,) = interface["properties"]["ipConfigurations"]
    assert configuration["properties"] | {"provisioningState": "Succeeded"} == {
        "primary": True,
        "privateIPAddress": "10.0.0.4",
        "privateIPAddressVersion": "IPv4",
        "privateIPAllocationMethod": "Dynamic",
        "privateLinkConnectionProperties": {
            "fqdns": ["account1.blob.core.windows.net"],
            "groupId": "blob",
            "requiredMemberName": "blob",
        },
        "provisioningState": "Succeeded",
        "subnet": {"id": SUBNET},
    }


def test_each_endpoint_has_addresses_of_its_own_and_gives_them_back(arm: Arm) -> None:
    arm.put(ENDPOINT, endpoint())
    arm.put(OTHER, endpoint(connection(group="dfs")))
    assert (address_of(arm), address_of(arm, OTHER)) == (["10.0.0.4"], ["10.0.0.5"])
    interface = arm.get(ENDPOINT)["properties"]["networkInterfaces"][0]["id"]
    assert arm.call("DELETE", ENDPOINT)[0] == 200
    assert arm.refused("GET", interface)[:2] == (404, "ResourceNotFound")
    assert len(connections(arm)) == 1
    arm.put(ENDPOINT, endpoint())
    assert address_of(arm) == ["10.0.0.4"]


def test_an_endpoint_keeps_its_address_when_it_is_written_again(arm: Arm) -> None:
    arm.put(ENDPOINT, endpoint())
    arm.put(OTHER, endpoint())
    assert arm.call("PUT", OTHER, {**endpoint(), "tags": {"owner": "me"}})[0] == 200
    patched = arm.call("PATCH", OTHER, {"tags": {"owner": "you"}})
    assert patched[0] == 200
    assert patched[1]["tags"] == {"owner": "you"}
    assert address_of(arm, OTHER) == ["10.0.0.5"]


CHANGES: dict[str, tuple[dict[str, Any], str, str]] = {
    "no connection": (
        endpoint(privateLinkServiceConnections=[]),
        "InvalidPrivateEndpointConnectionCount",
        (
            f"Private endpoint {ENDPOINT} has 0 private link service connections. It must have one, in "
            "privateLinkServiceConnections or in manualPrivateLinkServiceConnections."
        ),
    ),
    "two connections": (
        endpoint(connection(), connection(group="file")),
        "InvalidPrivateEndpointConnectionCount",
        f"Private endpoint {ENDPOINT} has 2 private link service connections.",
    ),
    "no group": (
        endpoint(connection(groupIds=[])),
        "MissingParameterOnPrivateLinkServiceConnection",
        (
            f"Private link service connection {ENDPOINT}/privateLinkServiceConnections/blob is missing required "
            "parameter 'group Id'."
        ),
    ),
    "two groups": (
        endpoint(connection(groupIds=["blob", "file"])),
        "OnlyOneGroupIdPermitted",
        (
            f"Private link service connection {ENDPOINT}/privateLinkServiceConnections/blob has the following group "
            f"Ids: blob, file. Only one group Id is permitted when connecting to a first-party resource ({ACCOUNT})."
        ),
    ),
    "a group that the target doesn't have": (
        endpoint(connection(group="vault")),
        "InvalidGroupId",
        (
            "Call to Microsoft.Storage/storageAccounts failed. Error message: Invalid groupId vault. It must be one "
            "of: blob, dfs, file,"
        ),
    ),
    "a target that takes none": (
        endpoint(connection(NETWORK)),
        "InvalidGroupId",
        "Invalid groupId blob. The resource takes no private endpoint.",
    ),
    "a target that isn't there": (
        endpoint(connection(VAULT, "vault")),
        "InvalidResourceReference",
        f"Resource {VAULT} referenced by resource {ENDPOINT} was not found.",
    ),
    "a subnet that isn't there": (
        endpoint(subnet={"id": f"{NETWORK}/subnets/none"}),
        "InvalidResourceReference",
        (
            f"Resource {NETWORK}/subnets/none referenced by resource {ENDPOINT} was not found. Please make sure that "
            "the referenced resource exists, and that both resources are in the same region."
        ),
    ),
    "a region that isn't the subnet's": (
        endpoint(location="northeurope"),
        "InvalidResourceReference",
        f"Resource {SUBNET} referenced by resource {ENDPOINT} was not found.",
    ),
    "a network where a subnet should be": (
        endpoint(subnet={"id": NETWORK}),
        "InvalidRequestFormat",
        "Cannot parse the request.",
    ),
    "no subnet's id": (
        endpoint(subnet={}),
        "InvalidRequestFormat",
        "Cannot parse the request.",
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_an_endpoint_that_leads_nowhere_is_refused(arm: Arm, case: str) -> None:
    document, code, message = CHANGES[case]
    status, refused_as, said = arm.refused("PUT", ENDPOINT, document)
    assert (status, refused_as) == (400, code)
    assert message in said
    assert arm.refused("GET", ENDPOINT)[0] == 404


def test_what_is_wrong_with_a_reference_is_said_in_detail(arm: Arm) -> None:
    _, wrong = arm.call("PUT", ENDPOINT, endpoint(subnet={"id": NETWORK}))
    assert wrong["error"]["details"] == [
        {
            "code": "InvalidJsonReferenceWrongType",
            "message": f"Reference Id {NETWORK} is referencing resource of a wrong type. The Id is expected to "
            "reference resources of type virtualNetworks/subnets. Path properties.subnet.",
        }
    ]
    _, missing = arm.call("PUT", ENDPOINT, endpoint(subnet={}))
    assert missing["error"]["details"] == [
        {
            "code": "MissingJsonReferenceId",
            "message": "Value for reference id is missing. Path properties.subnet.",
        }
    ]


def test_only_a_premium_registry_takes_an_endpoint(arm: Arm) -> None:
    basic = {"location": LOCATION, "sku": {"name": "Basic"}, "properties": {}}
    arm.store.write(resource_id(REGISTRY), basic)
    assert arm.refused("PUT", ENDPOINT, endpoint(connection(REGISTRY, "registry")))[1:] == (
        "UnsupportedSku",
        (
            "Call to Microsoft.ContainerRegistry/registries failed. Error message: The Basic SKU of registry images "
            "does not support private endpoint connections. Only Premium does."
        ),
    )


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"subnet": {"id": f"{NETWORK}/subnets/nodes"}}, "subnet"),
        ({"privateLinkServiceConnections": [connection(group="file")]}, "groupIds"),
        ({"privateLinkServiceConnections": [connection(VAULT, "vault")]}, "privateLinkServiceId"),
        (
            {
                "privateLinkServiceConnections": [],
                "manualPrivateLinkServiceConnections": [connection()],
            },
            "privateLinkServiceConnections",
        ),
        ({"customNetworkInterfaceName": "other"}, "customNetworkInterfaceName"),
    ],
)
def test_an_endpoint_does_not_become_another(arm: Arm, change: dict[str, Any], name: str) -> None:
    arm.put(VAULT, vault())
    arm.put(ENDPOINT, endpoint())
    assert arm.refused("PUT", ENDPOINT, endpoint(**change)) == (
        400,
        "PrivateEndpointCannotBeUpdated",
        f"Property {name} of private endpoint {ENDPOINT} cannot be changed once the private endpoint is created.",
    )


def test_a_connection_that_is_not_approved_by_itself_waits_for_who_owns_the_target(arm: Arm) -> None:
    manual = endpoint(
        privateLinkServiceConnections=[],
        manualPrivateLinkServiceConnections=[connection(requestMessage="please")],
    )
    arm.put(ENDPOINT, manual)
    part = "manualPrivateLinkServiceConnections"
    assert state_of(arm, part=part) == "Pending"
    (place,) = connections(arm)
    approved = {"privateLinkServiceConnectionState": {"status": "Approved", "description": "mine"}}
    answer = arm.put(place, {"properties": approved})
    assert answer["properties"]["privateEndpoint"] == {"id": ENDPOINT}
    assert state_of(arm, part=part) == "Approved"


def test_an_endpoint_whose_connection_or_target_is_gone_is_disconnected_and_takes_no_change(arm: Arm) -> None:
    for place, gone in ((ENDPOINT, "the connection"), (OTHER, "the target")):
        arm.put(place, endpoint())
        arm.call("DELETE", connections(arm)[-1] if gone == "the connection" else ACCOUNT)
        assert state_of(arm, place) == "Disconnected", gone
        assert arm.refused("PUT", place, {**endpoint(), "tags": {"owner": "me"}}) == (
            400,
            "PrivateEndpointCannotBeUpdatedInDisconnectedState",
            f"Private endpoint {place} cannot be updated in disconnected state.",
        )
        assert arm.call("DELETE", place)[0] == 200


def test_what_an_endpoint_leads_to_shows_its_connection(arm: Arm) -> None:
    arm.put(VAULT, vault())
    arm.put(ENDPOINT, endpoint(connection(VAULT, "vault")))
    arm.put(OTHER, endpoint())
    for target, owner in ((VAULT, ENDPOINT), (ACCOUNT, OTHER)):
        (shown,) = arm.get(target)["properties"]["privateEndpointConnections"]
        assert shown["id"].startswith(f"{target}/privateEndpointConnections/{owner.rpartition('/')[2]}.")
        assert shown["properties"]["privateEndpoint"] == {"id": owner}
    # What Azure shows can be sent back to it.
    assert arm.call("PATCH", VAULT, {"tags": {"owner": "me"}})[0] == 200


def test_a_connection_is_made_by_an_endpoint_only(arm: Arm) -> None:
    state = {"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}}
    assert arm.refused("PUT", f"{ACCOUNT}/privateEndpointConnections/mine", state) == (
        404,
        "ResourceNotFound",
        "The private endpoint connection 'mine' was not found: connections are made by private endpoints.",
    )


def test_an_interface_comes_and_goes_with_its_endpoint(arm: Arm) -> None:
    arm.put(ENDPOINT, endpoint(customNetworkInterfaceName="data-nic"))
    interface = f"{PROVIDER}/networkInterfaces/data-nic"
    assert arm.refused("DELETE", interface) == (
        400,
        "NicInUseWithPrivateEndpoint",
        (
            f"Network interface {interface} cannot be deleted because it is currently in use with a private endpoint "
            f"({ENDPOINT})."
        ),
    )
    assert arm.refused("PUT", interface, {"location": LOCATION}) == (
        405,
        "HttpMethodNotAllowed",
        "Network interfaces are made here by private endpoints, and not changed.",
    )
    taken = endpoint(customNetworkInterfaceName="data-nic")
    assert arm.refused("PUT", OTHER, taken)[1:] == (
        "InvalidCustomNetworkInterfaceName",
        f"Network interface data-nic of private endpoint {OTHER} exists already in its resource group.",
    )


def test_an_endpoint_in_another_group_goes_with_its_group_and_leaves_nothing_behind(arm: Arm) -> None:
    other = GROUP.replace("/rg", "/other")
    arm.put(other, {"location": LOCATION})
    place = ENDPOINT.replace(GROUP, other)
    arm.put(place, endpoint())
    arm.put(f"{place}/privateDnsZoneGroups/default", zone_group(BLOB_ZONE))
    assert arm.listed(f"{BLOB_ZONE}/A") == ["account1"]
    arm.call("DELETE", other)
    assert connections(arm) == []
    assert arm.listed(f"{BLOB_ZONE}/A") == []
    arm.call("DELETE", NETWORK)
    assert arm.put(NETWORK, network())["name"] == "net"
