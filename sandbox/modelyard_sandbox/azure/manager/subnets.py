"""What a subnet must be: its prefixes, and the resources that it names.

REST reference of Virtual Networks and Subnets, 2024-05-01; error codes as Azure's network service answers
them (2026-11). Azure takes a subnet of /2 to /29 in IPv4 and of /64 in IPv6.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId, is_resource_id, resource_id
from modelyard_sandbox.azure.manager.shapes import REFERENCE, Problem, ShapeFault, flag, many, record, text
from modelyard_sandbox.azure.manager.store import Body, Store

SUBNET = "Microsoft.Network/virtualNetworks/subnets"
SMALLEST_IPV4 = 29
IPV6_LENGTH = 64
REFERENCES = ("networkSecurityGroup", "routeTable", "natGateway")

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
    if fault.problem is Problem.NOT_ALLOWED:
        said = f"Invalid value '{fault.value}' for property '{fault.path}'."
        return ArmError(
            400, "InvalidRequestFormat", "Cannot parse the request.", details=[("InvalidJson", said)]
        )
    return ArmError(
        400, "InvalidRequestFormat", "Cannot parse the request.", fault.path, [("InvalidJson", fault.message)]
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
        for reference in references(properties):
            check_reference(store, reference, id_, location)


def references(properties: Body) -> Iterator[str]:
    """The ids of what a subnet names."""
    named = [properties[name] for name in REFERENCES if name in properties]
    for reference in [*named, *properties.get("serviceEndpointPolicies", [])]:
        yield reference.get("id", "")


def check_reference(store: Store, text_: str, owner: ResourceId, location: str) -> None:
    """Refuse a reference to what isn't there, or stands in another region."""
    if not is_resource_id(text_):
        raise bad_request(
            "LinkedInvalidPropertyId",
            f"Property id '{text_}' of resource {owner.text} is invalid. Expect fully qualified resource Id "
            "that start with '/subscriptions/{subscriptionId}' or '/providers/{resourceProviderNamespace}/'.",
        )
    found = store.get(resource_id(text_))
    if found is None or found.location != location:
        raise bad_request(
            "InvalidResourceReference",
            f"Resource {text_} referenced by resource {owner.text} was not found. Please make sure that the "
            "referenced resource exists, and that both resources are in the same region.",
        )


def overlap(prefixes: Iterable[Prefix], other: Prefix) -> bool:
    """Whether an address is in both."""
    return any(own.version == other.version and own.overlaps(other) for own in prefixes)


def shown(properties: Body, id_: ResourceId, location: str) -> Body:
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
    return body


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
