"""What a subnet must be: its prefixes, and the resources that it names.

REST reference of Virtual Networks and Subnets, 2024-05-01; error codes as Azure's network service answers
them (2026-11). Azure takes a subnet of /2 to /29 in IPv4 and of /64 in IPv6.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.network_occupancy import check_unoccupied, occupants
from modelyard_sandbox.azure.manager.network_references import (
    ENDPOINT,
    NAT_GATEWAY,
    ROUTE_TABLE,
    SECURITY_GROUP,
    SUBNET,
    reference,
    referenced,
    same,
)
from modelyard_sandbox.azure.manager.shapes import REFERENCE, Problem, ShapeFault, flag, many, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

SMALLEST_IPV4 = 29
IPV6_LENGTH = 64
REFERENCES = {
    "networkSecurityGroup": SECURITY_GROUP,
    "routeTable": ROUTE_TABLE,
    "natGateway": NAT_GATEWAY,
}
"""What a subnet names, by the full type that it must have."""
SERVICES = (
    "Microsoft.AzureActiveDirectory",
    "Microsoft.AzureCosmosDB",
    "Microsoft.CognitiveServices",
    "Microsoft.ContainerRegistry",
    "Microsoft.EventHub",
    "Microsoft.KeyVault",
    "Microsoft.ServiceBus",
    "Microsoft.Sql",
    "Microsoft.Storage",
    "Microsoft.Storage.Global",
    "Microsoft.Web",
)
"""Those that have service endpoints ("Virtual Network service endpoints", 2026-11)."""
FIREWALL_SUBNETS = frozenset({"azurefirewallsubnet", "azurefirewallmanagementsubnet"})

Prefix = IPv4Network | IPv6Network

DELEGATION = record(
    "Delegation",
    {
        "name": text(),
        "properties": record(
            "ServiceDelegationPropertiesFormat",
            {"serviceName": text()},
            required=("serviceName",),
            read_only=("actions", "provisioningState"),
        ),
    },
    required=("name", "properties"),
    read_only=("id", "etag", "type"),
)
SERVICE_ENDPOINT = record(
    "ServiceEndpointPropertiesFormat",
    {"service": text(), "locations": many(text())},
    required=("service",),
    read_only=("provisioningState",),
)
PROPERTIES = record(
    "SubnetPropertiesFormat",
    {
        "addressPrefix": text(),
        "addressPrefixes": many(text()),
        "defaultOutboundAccess": flag(),
        "delegations": many(DELEGATION),
        "natGateway": REFERENCE,
        "networkSecurityGroup": REFERENCE,
        "privateEndpointNetworkPolicies": text(
            "Enabled", "Disabled", "NetworkSecurityGroupEnabled", "RouteTableEnabled"
        ),
        "privateLinkServiceNetworkPolicies": text("Enabled", "Disabled"),
        "routeTable": REFERENCE,
        "serviceEndpointPolicies": many(REFERENCE),
        "serviceEndpoints": many(SERVICE_ENDPOINT),
    },
    read_only=("provisioningState", "purpose", "ipConfigurations", "privateEndpoints"),
)
DEFAULTS: Body = {
    "delegations": [],
    "privateEndpointNetworkPolicies": "Disabled",
    "privateLinkServiceNetworkPolicies": "Enabled",
}


def network_fault(fault: ShapeFault) -> ArmError:
    """What the network service says of properties that it can't read."""
    said = fault.message
    if fault.problem is Problem.NOT_ALLOWED:
        said = f"Invalid value '{fault.value}' for property '{fault.path}'."
    return ArmError(
        400, "InvalidRequestFormat", "Cannot parse the request.", fault.path, [("InvalidJson", said)]
    )


def prefix(written: str, owner: ResourceId) -> Prefix:
    """A prefix as it is written; refuses what isn't one."""
    try:
        meant = ip_network(written, strict=False) if "/" in written else None
    except ValueError:
        meant = None
    if meant is None:
        raise bad_request(
            "InvalidAddressPrefixFormat",
            f"Address prefix {written} of resource {owner.text} is not formatted correctly. It should follow "
            "CIDR notation, for example 10.0.0.0/24.",
        )
    if meant.network_address == ip_address(written.partition("/")[0]):
        return meant
    raise bad_request(
        "InvalidCIDRNotation",
        f"The address prefix {written} in resource {owner.text} has an invalid CIDR notation. For the given "
        f"prefix length, the address prefix should be {meant}.",
    )


def prefixes_of(properties: Body) -> list[str]:
    """The prefixes of a subnet as they are written."""
    one = properties.get("addressPrefix")
    return [*([one] if one else []), *properties.get("addressPrefixes", [])]


def check_subnets(
    store: Store, network: ResourceId, location: str, space: list[Prefix], subnets: Mapping[str, Body]
) -> None:
    """Refuse subnets that don't fit into their network's space or into each other's, or that name what
    isn't there.

    Args:
        store: where what they name must be.
        network: the virtual network.
        location: the network's region.
        space: the network's prefixes.
        subnets: the properties of all its subnets as they are to be, by name.
    """
    taken: list[Prefix] = []
    for name, properties in subnets.items():
        id_ = ResourceId(f"{network.text}/subnets/{name}", SUBNET, name, network)
        prefixes = [prefix(written, id_) for written in prefixes_of(properties)]
        if not prefixes or any(map(_wrong_size, prefixes)):
            raise bad_request(
                "NetcfgInvalidSubnet",
                f"Subnet '{name}' is not valid in virtual network '{network.name}'.",
                id_.text,
            )
        for own in prefixes:
            _check_range(own, name, network, space, taken)
        taken += prefixes
        _check_references(store, id_, location, properties)
        _check_services(properties, id_)


def check_changes(store: Store, before: Iterable[Resource], after: Mapping[str, Body]) -> None:
    """Refuse to take subnets away, or to change their prefixes, while something is in them.

    Args:
        store: where what is in them stands.
        before: subnets of a network as they are.
        after: the properties of the network's subnets as they are to be, by name.
    """
    wanted = {name.lower(): properties for name, properties in after.items()}
    for subnet in before:
        properties = wanted.get(subnet.id.name.lower())
        if properties is None:
            check_unoccupied(store, subnet.id)
        elif sorted(prefixes_of(properties)) != sorted(prefixes_of(subnet.properties)):
            check_unoccupied(store, subnet.id, work="updated")


def references(properties: Body) -> Iterator[str]:
    """The ids of what a subnet names."""
    named = [properties[name] for name in REFERENCES if name in properties]
    for found in [*named, *properties.get("serviceEndpointPolicies", [])]:
        yield found.get("id", "")


def users(store: Store, named: ResourceId) -> list[Resource]:
    """The subnets that name a resource."""
    return [
        subnet
        for subnet in store.of_type(SUBNET)
        if any(same(text_, named.text) for text_ in references(subnet.properties))
    ]


def overlap(prefixes: Iterable[Prefix], other: Prefix) -> bool:
    """Whether an address is in both."""
    return any(own.version == other.version and own.overlaps(other) for own in prefixes)


def shown(store: Store, properties: Body, id_: ResourceId, location: str) -> Body:
    """A subnet's properties as Azure answers them."""
    body: Body = {"provisioningState": "Succeeded", **properties}
    body["delegations"] = [
        {
            "id": f"{id_.text}/delegations/{item['name']}",
            "name": item["name"],
            "type": f"{SUBNET}/delegations",
            "properties": {"provisioningState": "Succeeded", **item["properties"]},
        }
        for item in properties.get("delegations", [])
    ]
    if "serviceEndpoints" in properties:
        body["serviceEndpoints"] = [
            {"provisioningState": "Succeeded", "locations": [location], **item}
            for item in properties["serviceEndpoints"]
        ]
    return {**body, **_contents(store, id_)}


def _contents(store: Store, subnet: ResourceId) -> Body:
    """What is in a subnet, where something is."""
    held = [{"id": occupant.holder} for occupant in occupants(store, subnet)]
    endpoints = [
        {"id": endpoint.id.text}
        for endpoint in store.of_type(ENDPOINT)
        if same(reference(endpoint.properties, "subnet"), subnet.text)
    ]
    return {
        **({"ipConfigurations": held} if held else {}),
        **({"privateEndpoints": endpoints} if endpoints else {}),
    }


def _check_references(store: Store, id_: ResourceId, location: str, properties: Body) -> None:
    for name, type_ in REFERENCES.items():
        if name in properties:
            referenced(store, reference(properties, name), id_, type_, location, f"properties.{name}")
    for policy in properties.get("serviceEndpointPolicies", []):
        referenced(store, policy.get("id", ""), id_, location=location)
    if "networkSecurityGroup" in properties and id_.name.lower() in FIREWALL_SUBNETS:
        raise bad_request(
            "NetworkSecurityGroupNotAllowedOnSubnet",
            f"Network security group {reference(properties, 'networkSecurityGroup')} cannot be associated "
            f"with subnet {id_.name}: Azure Firewall takes no network security group on its subnet.",
        )
    gateway = reference(properties, "natGateway")
    for other in store.of_type(SUBNET):
        if gateway and same(reference(other.properties, "natGateway"), gateway) and other.id.parent:
            _check_one_network(id_, gateway, other.id.parent)


def _check_one_network(subnet: ResourceId, gateway: str, network: ResourceId) -> None:
    """Refuse a NAT gateway that serves another network."""
    if subnet.parent is None or subnet.parent.key == network.key:
        return
    raise bad_request(
        "NatGatewayCannotSpanVirtualNetworks",
        f"NAT Gateway {gateway} of subnet {subnet.text} is in use in virtual network {network.text}. A NAT "
        "gateway serves the subnets of one virtual network.",
    )


def _check_services(properties: Body, id_: ResourceId) -> None:
    known = {service.lower() for service in SERVICES}
    for endpoint in properties.get("serviceEndpoints", []):
        if endpoint["service"].lower() not in known:
            raise bad_request(
                "InvalidServiceEndpoint",
                f"Service endpoint {endpoint['service']} of subnet {id_.text} is not known. The services "
                f"are: {', '.join(SERVICES)}.",
            )


def _wrong_size(own: Prefix) -> bool:
    return own.prefixlen > SMALLEST_IPV4 if own.version == 4 else own.prefixlen != IPV6_LENGTH


def _check_range(
    own: Prefix, name: str, network: ResourceId, space: list[Prefix], taken: list[Prefix]
) -> None:
    if not any(_holds(outer, own) for outer in space):
        raise bad_request(
            "NetcfgSubnetRangeOutsideVnet",
            f"Subnet '{name}' is not valid because its IP address range is outside the IP address range of "
            f"virtual network '{network.name}'.",
        )
    if overlap(taken, own):
        raise bad_request(
            "NetcfgSubnetRangesOverlap",
            f"Subnet '{name}' is not valid because its IP address range overlaps with that of an existing "
            f"subnet in virtual network '{network.name}'.",
        )


def _holds(outer: Prefix, inner: Prefix) -> bool:
    if isinstance(outer, IPv4Network):
        return isinstance(inner, IPv4Network) and inner.subnet_of(outer)
    return isinstance(inner, IPv6Network) and inner.subnet_of(outer)
