"""What is in a subnet: whose the addresses are, and which one is free.

Azure keeps the first four addresses of a subnet and the last to itself ("Private IP addresses", 2026-11).
Private endpoints and firewalls occupy addresses here; nodes of compute clusters do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_address, ip_network

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.network_references import ENDPOINT, FIREWALL, reference, same
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

KEPT = 4
"""Addresses at the beginning of a subnet that are Azure's."""


@dataclass(frozen=True, slots=True)
class Occupant:
    """One address in a subnet."""

    holder: str
    """The id of the configuration that holds it."""
    address: str


def occupants(store: Store, subnet: ResourceId) -> list[Occupant]:
    """All addresses of a subnet that are taken."""
    found: list[Occupant] = []
    for endpoint in store.of_type(ENDPOINT):
        if same(reference(endpoint.properties, "subnet"), subnet.text):
            interface = interface_id(endpoint)
            found += [
                Occupant(f"{interface}/ipConfigurations/{taken['configuration']}", taken["address"])
                for taken in endpoint.properties["addresses"]
            ]
    for firewall in store.of_type(FIREWALL):
        for configuration in configurations_of(firewall):
            if same(reference(configuration["properties"], "subnet"), subnet.text):
                holder = holder_of(firewall.id.text, configuration)
                address = configuration["properties"].get("privateIPAddress", "")
                found.append(Occupant(holder, address))
    return found


def configurations_of(firewall: Resource) -> list[Body]:
    """The IP configurations of a firewall, that of its management included."""
    management = firewall.properties.get("managementIpConfiguration")
    return [*firewall.properties.get("ipConfigurations", []), *([management] if management else [])]


def holder_of(firewall: str, configuration: Body) -> str:
    """The id of an IP configuration of a firewall with that id."""
    return f"{firewall}/azureFirewallIpConfigurations/{configuration['name']}"


def interface_id(endpoint: Resource) -> str:
    """The id of a private endpoint's network interface."""
    assert endpoint.id.group is not None  # noqa: S101  (every endpoint lies in a group)
    name = endpoint.properties["interfaceName"]
    return f"{endpoint.id.group.text}/providers/Microsoft.Network/networkInterfaces/{name}"


def check_unoccupied(store: Store, subnet: ResourceId, *, work: str = "deleted") -> None:
    """Refuse to delete or to change a subnet that something is in.

    Raises:
        ArmError: InUseSubnetCannotBeDeleted or InUseSubnetCannotBeUpdated.
    """
    holders = ", ".join(occupant.holder for occupant in occupants(store, subnet))
    if not holders:
        return
    advice = (
        " In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet."
        if work == "deleted"
        else ""
    )
    raise bad_request(
        f"InUseSubnetCannotBe{work.capitalize()}",
        f"Subnet {subnet.name} is in use by {holders} and cannot be {work}.{advice}",
    )


def free_addresses(store: Store, subnet: Resource, count: int, wanted: set[str]) -> list[str]:
    """The first addresses of a subnet that nobody has, and nobody asks for by name.

    Raises:
        ArmError: it hasn't so many.
    """
    taken = wanted | {occupant.address for occupant in occupants(store, subnet.id)}
    free: list[str] = []
    for prefix in prefixes(subnet.properties):
        free += [address for address in _usable(prefix, len(taken) + count) if address not in taken]
    if len(free) < count:
        raise bad_request(
            "SubnetIsFull",
            f"Subnet {subnet.id.name} with address prefix "
            f"{', '.join(map(str, prefixes(subnet.properties)))} does not have enough capacity for {count} "
            "IP addresses.",
        )
    return free[:count]


def check_address(store: Store, subnet: Resource, written: str, holder: str) -> None:
    """Refuse an address that can't be had in a subnet."""
    own = prefixes(subnet.properties)
    try:
        address = ip_address(written)
    except ValueError:
        raise bad_request(
            "InvalidIPAddress", f"IP address {written} of {holder} is not formatted correctly."
        ) from None
    outer = next((prefix for prefix in own if address in prefix), None)
    if outer is None:
        raise bad_request(
            "PrivateIPAddressNotInSubnet",
            f"Private static IP address {written} does not belong to the range of subnet prefix "
            f"{', '.join(map(str, own))}.",
        )
    if not KEPT <= int(address) - int(outer.network_address) < outer.num_addresses - 1:
        raise bad_request(
            "PrivateIPAddressInReservedRange",
            f"Private static IP address {written} falls within reserved range of subnet prefix {outer}.",
        )
    for occupant in occupants(store, subnet.id):
        if occupant.address == written and not same(occupant.holder, holder):
            raise bad_request(
                "PrivateIPAddressIsAllocated",
                f"IP configuration {holder} is using the private IP address {written} which is already "
                f"allocated to resource {occupant.holder}.",
            )


def prefixes(subnet: Body) -> list[IPv4Network]:
    """The IPv4 prefixes of a subnet."""
    one = subnet.get("addressPrefix")
    written = [*([one] if one else []), *subnet.get("addressPrefixes", [])]
    return [prefix for prefix in map(ip_network, written) if isinstance(prefix, IPv4Network)]


def _usable(prefix: IPv4Network, count: int) -> Iterator[str]:
    first, last = int(prefix.network_address) + KEPT, int(prefix.broadcast_address) - 1
    for number in range(first, min(last, first + count) + 1):
        yield str(IPv4Address(number))
