"""Firewalls, their policies and their rules."""

from __future__ import annotations

from typing import Any

import pytest
from arming import LOCATION, NETWORK, Arm, network, subnet
from azure_firewalls import POLICY, RULES, policy, rules
from azure_networks import ADDRESS, GATEWAY, PROVIDER, address, gateway, named

WALL = f"{PROVIDER}/azureFirewalls/wall"
PLACE = f"{NETWORK}/subnets/AzureFirewallSubnet"
MANAGEMENT = f"{NETWORK}/subnets/AzureFirewallManagementSubnet"


def configuration(place: str | None = PLACE, name: str = "ip", number: str = "") -> dict[str, Any]:
    inside = {"subnet": {"id": place}} if place else {}
    return {"name": name, "properties": {**inside, "publicIPAddress": {"id": f"{ADDRESS}{number}"}}}


def firewall(*configurations: dict[str, Any], tier: str = "Standard", **properties: Any) -> dict[str, Any]:
    given = {
        "sku": {"name": "AZFW_VNet", "tier": tier},
        "ipConfigurations": list(configurations) or [configuration()],
    }
    return {"location": LOCATION, "properties": {**given, **properties}}


@pytest.fixture
def arm(group: Arm) -> Arm:
    """A network with the subnets of a firewall, addresses and a policy."""
    inside = [
        named("AzureFirewallSubnet", subnet("10.0.4.0/26")),
        named("AzureFirewallManagementSubnet", subnet("10.0.5.0/26")),
        named("nodes", subnet("10.0.1.0/24")),
    ]
    group.put(NETWORK, network(subnets=inside))
    for number in ("", "2"):
        group.put(f"{ADDRESS}{number}", address())
    group.put(POLICY, policy())
    return group


def test_a_firewall_has_the_first_address_of_its_subnet(arm: Arm) -> None:
    status, made = arm.call("PUT", WALL, firewall(firewallPolicy={"id": POLICY}))
    assert status == 201
    properties = made["properties"]
    assert properties["threatIntelMode"] == "Alert"
    assert properties["provisioningState"] == "Succeeded"
    (shown,) = properties["ipConfigurations"]
    holder = f"{WALL}/azureFirewallIpConfigurations/ip"
    assert shown["id"] == holder
    assert shown["properties"] == {
        "privateIPAddress": "10.0.4.4",
        "privateIPAllocationMethod": "Dynamic",
        "provisioningState": "Succeeded",
        "publicIPAddress": {"id": ADDRESS},
        "subnet": {"id": PLACE},
    }
    assert arm.get(PLACE)["properties"]["ipConfigurations"] == [{"id": holder}]
    assert arm.get(ADDRESS)["properties"]["ipConfiguration"] == {"id": holder}
    assert arm.get(POLICY)["properties"]["firewalls"] == [{"id": WALL}]
    arm.put(WALL, firewall(configuration(), configuration(None, "more", "2")))
    kept = arm.get(WALL)["properties"]["ipConfigurations"]
    assert [item["properties"].get("privateIPAddress") for item in kept] == ["10.0.4.4", None]
    assert arm.call("PATCH", WALL, {"tags": {"owner": "me"}})[0] == 200


def test_what_a_firewall_uses_is_not_deleted(arm: Arm) -> None:
    arm.put(WALL, firewall(firewallPolicy={"id": POLICY}))
    assert arm.refused("DELETE", POLICY) == (
        400,
        "FirewallPolicyInUse",
        f"Firewall Policy {POLICY} cannot be deleted since there are firewalls using this resource: {WALL}.",
    )
    assert arm.refused("DELETE", ADDRESS)[1] == "PublicIPAddressCannotBeDeleted"
    assert arm.refused("DELETE", PLACE)[1] == "InUseSubnetCannotBeDeleted"
    assert arm.refused("DELETE", NETWORK)[1] == "InUseSubnetCannotBeDeleted"
    assert arm.refused("PUT", GATEWAY, gateway(ADDRESS))[1] == "PublicIPAddressInUse"
    for place in (WALL, POLICY, ADDRESS, PLACE):
        assert arm.call("DELETE", place)[0] == 200


def test_a_basic_firewall_is_managed_through_a_subnet_of_its_own(arm: Arm) -> None:
    assert arm.refused("PUT", WALL, firewall(tier="Basic")) == (
        400,
        "AzureFirewallManagementIpConfigurationRequired",
        f"Azure Firewall {WALL} is of tier Basic and needs a managementIpConfiguration.",
    )
    managed = configuration(MANAGEMENT, "management", "2")
    made = arm.put(WALL, firewall(tier="Basic", managementIpConfiguration=managed))
    shown = made["properties"]["managementIpConfiguration"]["properties"]
    assert shown["privateIPAddress"] == "10.0.5.4"
    other = NETWORK.replace("/net", "/second")
    space = {"addressPrefixes": ["10.1.0.0/16"]}
    inside = [named("AzureFirewallManagementSubnet", subnet("10.1.5.0/26"))]
    arm.put(other, network(addressSpace=space, subnets=inside))
    foreign = configuration(f"{other}/subnets/AzureFirewallManagementSubnet", "management", "2")
    assert arm.refused("PUT", WALL, firewall(tier="Basic", managementIpConfiguration=foreign)) == (
        400,
        "AzureFirewallSubnetsInDifferentVirtualNetworks",
        f"The subnets of Azure Firewall {WALL} are in different virtual networks.",
    )


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "another subnet": (
        firewall(configuration(f"{NETWORK}/subnets/nodes")),
        "AzureFirewallSubnetInvalid",
        (
            f"Subnet {NETWORK}/subnets/nodes of Azure Firewall {WALL} must be named AzureFirewallSubnet, and be of /26 or "
            "more."
        ),
    ),
    "a small subnet": (
        firewall(configuration(PLACE.replace("/net/", "/second/"))),
        "AzureFirewallSubnetInvalid",
        "must be named AzureFirewallSubnet, and be of /26 or more.",
    ),
    "no subnet": (firewall(configuration(None)), "InvalidRequestFormat", "Cannot parse the request."),
    "a subnet of another region": (
        {**firewall(), "location": "northeurope"},
        "InvalidResourceReference",
        f"Resource {PLACE} referenced by resource {WALL} was not found.",
    ),
    "two subnets": (
        firewall(configuration(), configuration(name="second", number="2")),
        "AzureFirewallMultipleSubnetsNotSupported",
        (
            f"Azure Firewall {WALL} cannot have more than one subnet reference, please ensure only one IpConfiguration "
            "contains a subnet reference"
        ),
    ),
    "an address that isn't there": (
        firewall(configuration(number="3")),
        "InvalidResourceReference",
        f"Resource {ADDRESS}3 referenced by resource {WALL} was not found.",
    ),
    "one address twice": (
        firewall(configuration(), configuration(None, "second")),
        "PublicIPAddressInUse",
        (
            f"Resource {WALL}/azureFirewallIpConfigurations/second is referencing public IP address {ADDRESS} that is "
            f"already allocated to resource {WALL}/azureFirewallIpConfigurations/ip."
        ),
    ),
    "a policy that isn't there": (
        firewall(firewallPolicy={"id": f"{POLICY}2"}),
        "InvalidResourceReference",
        f"Resource {POLICY}2 referenced by resource {WALL} was not found.",
    ),
    "a policy of more": (
        firewall(firewallPolicy={"id": f"{POLICY}-premium"}),
        "AzureFirewallPolicyTierMismatch",
        (
            f"Azure Firewall {WALL} is of tier Standard and its policy {POLICY}-premium of tier Premium. A Basic firewall "
            "takes a Basic policy, a Standard firewall a Standard one, and a Premium firewall a Standard or a Premium one."
        ),
    ),
    "a hub": (
        firewall(sku={"name": "AZFW_Hub", "tier": "Standard"}),
        "InvalidRequestFormat",
        "Cannot parse the request.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_firewall_that_can_not_be_is_refused(arm: Arm, case: str) -> None:
    other = NETWORK.replace("/net", "/second")
    space = {"addressPrefixes": ["10.1.0.0/16"]}
    inside = [named("AzureFirewallSubnet", subnet("10.1.4.0/27"))]
    arm.put(other, network(addressSpace=space, subnets=inside))
    arm.put(f"{POLICY}-premium", policy("Premium"))
    document, code, message = REFUSED[case]
    status, refused_as, said = arm.refused("PUT", WALL, document)
    assert (status, refused_as) == (400, code)
    assert message in said


def test_a_firewall_is_alone_in_its_subnet(arm: Arm) -> None:
    arm.put(WALL, firewall())
    second = WALL.replace("/wall", "/second")
    assert arm.refused("PUT", second, firewall(configuration(number="2"))) == (
        400,
        "AzureFirewallSubnetInUse",
        (f"Subnet {PLACE} of Azure Firewall {second} is in use by {WALL}/azureFirewallIpConfigurations/ip."),
    )


def test_a_firewall_without_configurations_is_deallocated(arm: Arm) -> None:
    arm.put(WALL, firewall())
    arm.put(WALL, {"location": LOCATION, "properties": {"ipConfigurations": []}})
    assert arm.call("DELETE", PLACE)[0] == 200


def test_a_policy_says_what_belongs_to_it(arm: Arm) -> None:
    made = arm.put(POLICY, {"location": LOCATION})
    assert made["properties"] == {
        "childPolicies": [],
        "firewalls": [],
        "provisioningState": "Succeeded",
        "ruleCollectionGroups": [],
        "sku": {"tier": "Standard"},
        "threatIntelMode": "Alert",
    }
    arm.put(RULES, rules())
    assert arm.get(POLICY)["properties"]["ruleCollectionGroups"] == [{"id": RULES}]
    assert arm.get(RULES)["properties"] == {
        "priority": 200,
        "provisioningState": "Succeeded",
        "ruleCollections": [],
    }
    arm.call("DELETE", POLICY)
    assert arm.refused("GET", RULES)[0] == 404


@pytest.mark.parametrize(
    ("document", "code", "message"),
    [
        (
            policy("Premium"),
            "FirewallPolicySkuChangeDisallowed",
            "Firewall Policy policy cannot change sku from SKU Tier=Standard to SKU Tier=Premium",
        ),
        (
            policy(intrusionDetection={"mode": "Deny"}),
            "FirewallPolicyPremiumOnlyProperties",
            "Firewall Policy policy contains premium only properties - IntrusionDetection",
        ),
        (policy(threatIntelMode="Maybe"), "InvalidRequestFormat", "Cannot parse the request."),
    ],
)
def test_a_policy_that_can_not_be_is_refused(
    arm: Arm, document: dict[str, Any], code: str, message: str
) -> None:
    assert arm.refused("PUT", POLICY, document) == (400, code, message)


@pytest.mark.parametrize("settings", [{"dnsSettings": {"enableProxy": True}}, {"threatIntelMode": "Deny"}])
def test_a_basic_policy_lacks_some_things(arm: Arm, settings: dict[str, Any]) -> None:
    assert arm.refused("PUT", f"{POLICY}-basic", policy("Basic", **settings)) == (
        400,
        "FirewallPolicyPropertyNotSupportedForBasicSku",
        (
            "Firewall Policy policy-basic of SKU Tier=Basic has neither a DNS proxy nor threat intelligence that "
            "denies."
        ),
    )
    arm.put(f"{POLICY}-basic", policy("Basic"))
