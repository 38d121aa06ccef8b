"""Azure Firewall in a virtual network (REST reference, 2024-05-01; "Azure Firewall FAQ": a subnet named
AzureFirewallSubnet of /26 or more; "Azure Firewall forced tunneling"; as of 2026-11).

A firewall in a virtual hub, and rules of its own beside a policy, aren't known. The codes for its subnet, its
policy's tier and its management aren't documented.
"""

from __future__ import annotations

from typing_extensions import override

from modelyard_sandbox.azure.manager.addresses import check_distinct, usable_address
from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.firewall_policies import TIERS
from modelyard_sandbox.azure.manager.kinds import ANSWERED, Write, envelope, filled
from modelyard_sandbox.azure.manager.network import NetworkKind
from modelyard_sandbox.azure.manager.network_occupancy import (
    configurations_of,
    free_addresses,
    holder_of,
    occupants,
    prefixes,
)
from modelyard_sandbox.azure.manager.network_references import (
    FIREWALL,
    FIREWALL_POLICY,
    SUBNET,
    reference,
    referenced,
    same,
    tagged,
)
from modelyard_sandbox.azure.manager.shapes import REFERENCE, many, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

LONGEST_PREFIX = 26
CONFIGURATIONS, MANAGEMENT = "ipConfigurations", "managementIpConfiguration"
SUBNET_NAMES = {CONFIGURATIONS: "AzureFirewallSubnet", MANAGEMENT: "AzureFirewallManagementSubnet"}
"""What the subnet of a configuration must be called."""

CONFIGURATION = record(
    "AzureFirewallIPConfiguration",
    {
        "name": text(),
        "properties": record(
            "AzureFirewallIPConfigurationPropertiesFormat",
            {"publicIPAddress": REFERENCE, "subnet": REFERENCE},
            read_only=("privateIPAddress", "privateIPAllocationMethod", "provisioningState"),
        ),
    },
    required=("name", "properties"),
    read_only=ANSWERED,
)


class AzureFirewall(NetworkKind):
    """A firewall."""

    type = FIREWALL
    asynchronous = frozenset({"PUT", "PATCH", "DELETE"})
    shape = envelope(
        "AzureFirewall",
        record(
            "AzureFirewallPropertiesFormat",
            {
                "firewallPolicy": REFERENCE,
                CONFIGURATIONS: many(CONFIGURATION),
                MANAGEMENT: CONFIGURATION,
                "sku": record("AzureFirewallSku", {"name": text("AZFW_VNet"), "tier": text(*TIERS)}),
                "threatIntelMode": text("Alert", "Deny", "Off"),
            },
            read_only=("hubIPAddresses", "ipGroups", "provisioningState"),
        ),
        zones=many(text("1", "2", "3")),
    )

    @override
    def settle(self, write: Write) -> Body:
        defaults: Body = {
            "sku": {"name": "AZFW_VNet", "tier": "Standard"},
            "threatIntelMode": "Alert",
            CONFIGURATIONS: [],
        }
        properties = filled(write.properties, defaults)
        _check_policy(write, properties)
        _check_management(write, properties)
        configurations: list[Body] = properties[CONFIGURATIONS]
        none = not any(reference(item["properties"], "subnet") for item in configurations)
        subnets = [
            _subnet(write, item, CONFIGURATIONS, f"properties.{CONFIGURATIONS}[{at}]")
            for at, item in enumerate(configurations)
            if reference(item["properties"], "subnet") or (none and at == 0)
        ]
        if len(subnets) > 1:
            raise bad_request(
                "AzureFirewallMultipleSubnetsNotSupported",
                f"Azure Firewall {write.id.text} cannot have more than one subnet reference, please ensure "
                "only one IpConfiguration contains a subnet reference",
            )
        placed = [
            _placed(write, item, f"properties.{CONFIGURATIONS}[{at}]")
            for at, item in enumerate(configurations)
        ]
        settled: Body = {**properties, CONFIGURATIONS: placed}
        if MANAGEMENT in properties:
            management = _subnet(write, properties[MANAGEMENT], MANAGEMENT, f"properties.{MANAGEMENT}")
            _check_one_network(write, subnets, management)
            settled[MANAGEMENT] = _placed(write, properties[MANAGEMENT], f"properties.{MANAGEMENT}")
        check_distinct(
            (reference(item["properties"], "publicIPAddress"), holder_of(write.id.text, item))
            for item in [*placed, *([settled[MANAGEMENT]] if MANAGEMENT in settled else [])]
        )
        return {**write.asked, "properties": settled}

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties: Body = {
            **resource.properties,
            CONFIGURATIONS: [_shown(resource, item) for item in resource.properties[CONFIGURATIONS]],
            "provisioningState": "Succeeded",
        }
        if MANAGEMENT in properties:
            properties[MANAGEMENT] = _shown(resource, properties[MANAGEMENT])
        return {**super().answer(store, resource), "etag": tagged(resource), "properties": properties}


def _check_policy(write: Write, properties: Body) -> None:
    if "firewallPolicy" not in properties:
        return
    policy = referenced(
        write.store,
        reference(properties, "firewallPolicy"),
        write.id,
        FIREWALL_POLICY,
        path="properties.firewallPolicy",
    )
    own, other = properties["sku"]["tier"], policy.properties["sku"]["tier"]
    if (own == "Basic") != (other == "Basic") or TIERS.index(other) > TIERS.index(own):
        raise bad_request(
            "AzureFirewallPolicyTierMismatch",
            f"Azure Firewall {write.id.text} is of tier {own} and its policy {policy.id.text} of tier "
            f"{other}. A Basic firewall takes a Basic policy, a Standard firewall a Standard one, and a "
            "Premium firewall a Standard or a Premium one.",
            "properties.firewallPolicy",
        )


def _check_management(write: Write, properties: Body) -> None:
    if properties["sku"]["tier"] == "Basic" and properties[CONFIGURATIONS] and MANAGEMENT not in properties:
        raise bad_request(
            "AzureFirewallManagementIpConfigurationRequired",
            f"Azure Firewall {write.id.text} is of tier Basic and needs a {MANAGEMENT}.",
            f"properties.{MANAGEMENT}",
        )


def _subnet(write: Write, item: Body, collection: str, path: str) -> Resource:
    """The subnet of a configuration; refuses one that a firewall can't be in."""
    place = f"{path}.properties.subnet"
    location = write.asked["location"]
    found = referenced(
        write.store, reference(item["properties"], "subnet"), write.id, SUBNET, location, place
    )
    wanted = SUBNET_NAMES[collection]
    small = not any(prefix.prefixlen <= LONGEST_PREFIX for prefix in prefixes(found.properties))
    if found.id.name.lower() != wanted.lower() or small:
        raise bad_request(
            "AzureFirewallSubnetInvalid",
            f"Subnet {found.id.text} of Azure Firewall {write.id.text} must be named {wanted}, and be of "
            f"/{LONGEST_PREFIX} or more.",
            place,
        )
    for occupant in occupants(write.store, found.id):
        if not occupant.holder.lower().startswith(f"{write.id.key}/"):
            raise bad_request(
                "AzureFirewallSubnetInUse",
                f"Subnet {found.id.text} of Azure Firewall {write.id.text} is in use by {occupant.holder}.",
                place,
            )
    return found


def _check_one_network(write: Write, subnets: list[Resource], management: Resource) -> None:
    networks = {subnet.id.parent.key for subnet in [*subnets, management] if subnet.id.parent}
    if len(networks) > 1:
        raise bad_request(
            "AzureFirewallSubnetsInDifferentVirtualNetworks",
            f"The subnets of Azure Firewall {write.id.text} are in different virtual networks.",
            f"properties.{MANAGEMENT}",
        )


def _placed(write: Write, item: Body, path: str) -> Body:
    """A configuration with its address."""
    properties: Body = dict(item["properties"])
    holder = holder_of(write.id.text, item)
    place = f"{path}.properties.publicIPAddress"
    address = usable_address(write, reference(properties, "publicIPAddress"), holder, place)
    properties["publicIPAddress"] = {"id": address.id.text}
    subnet = reference(properties, "subnet")
    if subnet:
        found = referenced(write.store, subnet, write.id, SUBNET)
        kept = _address(write.old, subnet) if write.old else ""
        properties["privateIPAddress"] = kept or free_addresses(write.store, found, 1, set())[0]
    return {**item, "properties": properties}


def _address(firewall: Resource, subnet: str) -> str:
    """The address that a firewall has in a subnet."""
    for item in configurations_of(firewall):
        if same(reference(item["properties"], "subnet"), subnet):
            return item["properties"].get("privateIPAddress", "")
    return ""


def _shown(firewall: Resource, item: Body) -> Body:
    return {
        "id": holder_of(firewall.id.text, item),
        "name": item["name"],
        "type": f"{FIREWALL}/azureFirewallIpConfigurations",
        "etag": tagged(firewall),
        "properties": {
            "privateIPAllocationMethod": "Dynamic",
            "provisioningState": "Succeeded",
            **item["properties"],
        },
    }
