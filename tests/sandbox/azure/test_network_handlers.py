"""Handlers of the network service's types: what replaces, what is told beforehand, what is found again."""

from __future__ import annotations

from typing import Any

import pytest
from arming import ACCOUNT, GROUP, LOCATION, NETWORK, Maker
from azure_lives import egress, firewalls, furnishings, lives, private_links

from modelyard_sandbox.azure.client import AzureError
from modelyard_sandbox.azure.handler import ArmHandler
from modelyard_sandbox.azure.registry import handler_of
from modelyard_sandbox.errors import UnsupportedError

LIVES = lives()


def handler(type_: str) -> ArmHandler:
    return handler_of(f"azure-native:{type_}")


@pytest.mark.parametrize(
    ("type_", "change", "replaced"),
    [
        ("network:AzureFirewall", {"location": "eastus"}, {"location"}),
        ("network:AzureFirewall", {"zones": ["1"], "sku": {"name": "AZFW_VNet", "tier": "Premium"}}, set()),
        ("network:FirewallPolicy", {"firewallPolicyName": "other"}, {"firewallPolicyName"}),
        ("network:FirewallPolicy", {"sku": {"tier": "Premium"}}, set()),
        ("network:FirewallPolicyRuleCollectionGroup", {"firewallPolicyName": "a"}, {"firewallPolicyName"}),
        ("network:FlowLog", {"targetResourceId": GROUP, "location": "eastus"}, set()),
        ("network:FlowLog", {"networkWatcherName": "own"}, {"networkWatcherName"}),
        ("network:NatGateway", {"zones": ["2"], "publicIpAddresses": []}, set()),
        ("network:NatGateway", {"location": "eastus"}, {"location"}),
        ("network:NetworkWatcher", {"location": "North Europe"}, set()),
        ("network:PrivateDnsZoneGroup", {"privateEndpointName": "data"}, {"privateEndpointName"}),
        ("network:PrivateEndpoint", {"subnet": {"id": f"{NETWORK}/subnets/b"}}, {"subnet"}),
        ("network:PrivateEndpoint", {"privateLinkServiceConnections": []}, set()),
        ("network:PublicIPAddress", {"sku": {"name": "Basic"}}, {"sku"}),
        ("network:PublicIPAddress", {"publicIPAddressVersion": "IPv6"}, {"publicIPAddressVersion"}),
        ("network:PublicIPAddress", {"zones": ["1"]}, set()),
        ("network:RouteTable", {"routes": [], "location": "eastus"}, {"location"}),
        ("privatedns:PrivateZone", {"privateZoneName": "a.example"}, {"privateZoneName"}),
        ("privatedns:PrivateZone", {"location": "Global"}, set()),
        ("privatedns:VirtualNetworkLink", {"virtualNetwork": {"id": GROUP}}, set()),
    ],
)
def test_what_replaces_a_resource_of_the_network(
    type_: str, change: dict[str, Any], replaced: set[str]
) -> None:
    old = LIVES[type_][0]
    assert handler(type_).replaces(old, {**old, **change}) == replaced


@pytest.mark.parametrize(
    ("type_", "change", "message"),
    [
        (
            "network:FlowLog",
            {"targetResourceId": f"{NETWORK}/subnets/a"},
            "FlowLogTargetResourceCannotBeChanged: Property targetResourceId of flow log",
        ),
        (
            "network:NatGateway",
            {"zones": ["2"]},
            "ResourceAvailabilityZonesCannotBeModified: Resource",
        ),
        (
            "network:PublicIPAddress",
            {"zones": ["1"]},
            "ResourceAvailabilityZonesCannotBeModified: Resource",
        ),
        (
            "network:PrivateEndpoint",
            {"privateLinkServiceConnections": [{**private_links.CONNECTION, "groupIds": ["file"]}]},
            "PrivateEndpointCannotBeUpdated: Property groupIds of private endpoint",
        ),
        (
            "network:FirewallPolicy",
            {"sku": {"tier": "Premium"}},
            "FirewallPolicySkuChangeDisallowed: Firewall Policy policy cannot change sku",
        ),
        (
            "privatedns:VirtualNetworkLink",
            {"virtualNetwork": {"id": NETWORK.replace("/net", "/second")}},
            "BadRequest: The virtual network of link 'net' cannot be changed: make another link.",
        ),
    ],
)
def test_what_azure_will_not_change_in_place_fails_as_it_does_there(
    make: Maker, type_: str, change: dict[str, Any], message: str
) -> None:
    furnishings()[type_](make)
    if type_ == "privatedns:VirtualNetworkLink":
        space = {"addressPrefixes": ["10.1.0.0/16"]}
        placed = {"resourceGroupName": "rg", "location": LOCATION}
        make("network:VirtualNetwork", **placed, virtualNetworkName="second", addressSpace=space)
    one, inputs = handler(type_), LIVES[type_][0]
    id_, _ = one.create(make.cloud, inputs)
    with pytest.raises(AzureError) as caught:
        one.update(make.cloud, id_, inputs, {**inputs, **change})
    assert message in str(caught.value)
    assert not caught.value.says_gone
    now = one.read(make.cloud, id_, inputs)
    assert now is not None
    assert one.observe(make.cloud, id_, inputs, now) == inputs


@pytest.mark.parametrize(
    ("type_", "change", "problem"),
    [
        (
            "network:FirewallPolicyRuleCollectionGroup",
            {"priority": 1},
            (
                "priority",
                (
                    "InvalidRequestFormat: Cannot parse the request. Invalid value '1' for property "
                    "'properties.priority'."
                ),
            ),
        ),
        (
            "network:PublicIPAddress",
            {"publicIPAllocationMethod": "Fixed"},
            (
                "publicIPAllocationMethod",
                (
                    "InvalidRequestFormat: Cannot parse the request. Invalid value 'Fixed' for property "
                    "'properties.publicIPAllocationMethod'."
                ),
            ),
        ),
        (
            "network:PrivateEndpoint",
            {"privateEndpointName": "-"},
            (
                "privateEndpointName",
                (
                    "InvalidResourceName: Resource name - is invalid. The name can be up to 80 characters long. It "
                    "must begin with a word character, and it must end with a word character or with '_'. The name "
                    "may contain word characters or '.', '-', '_'."
                ),
            ),
        ),
        (
            "privatedns:PrivateZone",
            {"privateZoneName": "blob"},
            (
                "privateZoneName",
                (
                    "InvalidResourceName: The zone name 'blob' is invalid. A zone name has 2 to 34 labels, parted by "
                    "'.', each of 1 to 63 letters, digits, '_' and '-', and none with '-' at an end."
                ),
            ),
        ),
    ],
)
def test_what_the_network_service_would_refuse_is_told_beforehand(
    type_: str, change: dict[str, Any], problem: tuple[str, str]
) -> None:
    assert handler(type_).problems({**LIVES[type_][0], **change}) == [problem]


def test_an_error_names_the_input_at_fault(make: Maker) -> None:
    private_links.furnish(make)
    inputs = {
        **private_links.ENDPOINT,
        "privateEndpointName": "data",
        "customNetworkInterfaceName": "taken",
    }
    make("network:PrivateEndpoint", **{**inputs, "privateEndpointName": "first"})
    with pytest.raises(AzureError) as caught:
        make("network:PrivateEndpoint", **inputs)
    one = handler("network:PrivateEndpoint")
    assert one.at_fault(inputs, caught.value) == "customNetworkInterfaceName"


def test_members_that_the_sandbox_does_not_carry_out_are_named(make: Maker) -> None:
    egress.furnish(make)
    inputs = LIVES["network:PublicIPAddress"][0]
    with pytest.raises(UnsupportedError, match="does not know the input dnsSettings"):
        make("network:PublicIPAddress", **inputs, dnsSettings={"domainNameLabel": "a"})


def test_addresses_are_outputs(make: Maker) -> None:
    firewalls.furnish(make)
    _, wall = make("network:AzureFirewall", **LIVES["network:AzureFirewall"][0])
    assert wall["ipConfigurations"][0]["privateIPAddress"] == "10.0.4.4"
    _, out = make("network:PublicIPAddress", **LIVES["network:PublicIPAddress"][0])
    assert out["ipAddress"].startswith("198.18.")


def test_an_endpoint_says_what_it_made(make: Maker) -> None:
    private_links.furnish(make)
    _, outputs = make("network:PrivateEndpoint", **private_links.ENDPOINT, privateEndpointName="data")
    (shown,) = outputs["privateLinkServiceConnections"]
    assert shown["privateLinkServiceId"] == ACCOUNT
    assert shown["privateLinkServiceConnectionState"]["status"] == "Approved"
    (interface,) = outputs["networkInterfaces"]
    assert interface["id"].startswith(f"{GROUP}/providers/Microsoft.Network/networkInterfaces/data.nic.")


def without_tags(document: Any) -> Any:
    """A document without what every write changes."""
    if isinstance(document, dict):
        return {name: without_tags(part) for name, part in document.items() if name != "etag"}
    return [without_tags(part) for part in document] if isinstance(document, list) else document


@pytest.mark.parametrize("type_", [type_ for type_ in LIVES if type_.startswith(("network:", "privatedns:"))])
def test_what_azure_shows_can_be_sent_back_and_changes_nothing(make: Maker, type_: str) -> None:
    furnishings()[type_](make)
    one = handler(type_)
    id_, _ = one.create(make.cloud, LIVES[type_][0])
    shown = make.cloud.get(id_, one.api_version)
    assert without_tags(make.cloud.put(id_, one.api_version, shown)) == without_tags(shown)
    assert (
        make.cloud.get(id_.upper().replace("/SUBSCRIPTIONS", "/subscriptions"), one.api_version)["id"] == id_
    )
