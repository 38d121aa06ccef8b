"""Public IP addresses (REST reference, 2024-05-01; "Public IP addresses"; as of 2026-11).

Azure has taken no new Basic address since 2025-09-30, and Basic is what is meant where no SKU is named. An
address is of 198.18.0.0/15, which is nobody's (RFC 2544).
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import Write, envelope, filled
from modelyard_sandbox.azure.manager.network import NetworkKind
from modelyard_sandbox.azure.manager.network_occupancy import configurations_of, holder_of
from modelyard_sandbox.azure.manager.network_references import (
    FIREWALL,
    NAT_GATEWAY,
    PUBLIC_ADDRESS,
    check_zones,
    guid,
    reference,
    referenced,
    same,
    tagged,
)
from modelyard_sandbox.azure.manager.shapes import many, number, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

RANGES: dict[str, IPv4Network | IPv6Network] = {
    "IPv4": ip_network("198.18.0.0/15"),
    "IPv6": ip_network("2001:db8:198::/64"),
}
"""Where addresses are taken from, by their version."""
SETTLED = ("publicIPAddressVersion", "publicIPAllocationMethod")
"""Properties that are settled when the address is made."""


class PublicIPAddress(NetworkKind):
    """A public IP address."""

    type = PUBLIC_ADDRESS
    shape = envelope(
        "PublicIPAddress",
        record(
            "PublicIPAddressPropertiesFormat",
            {
                "idleTimeoutInMinutes": number(4, 30),
                "publicIPAddressVersion": text("IPv4", "IPv6"),
                "publicIPAllocationMethod": text("Static", "Dynamic"),
            },
            read_only=(
                "ipAddress",
                "ipConfiguration",
                "ipTags",
                "natGateway",
                "provisioningState",
                "resourceGuid",
            ),
        ),
        sku=record(
            "PublicIPAddressSku", {"name": text("Standard", "Basic"), "tier": text("Regional", "Global")}
        ),
        zones=many(text("1", "2", "3")),
    )

    @override
    def settle(self, write: Write) -> Body:
        sku = {"name": "Basic", "tier": "Regional", **write.asked.get("sku", {})}
        defaults = {
            "idleTimeoutInMinutes": 4,
            "publicIPAddressVersion": "IPv4",
            "publicIPAllocationMethod": "Dynamic",
        }
        properties = filled(write.properties, defaults)
        version: str = properties["publicIPAddressVersion"]
        if sku["name"] == "Basic":
            raise bad_request(
                f"{version}BasicSkuPublicIpCountLimitReached",
                f"Cannot create more than 0 {version} Basic SKU public IP addresses for this subscription in "
                "this region.",
            )
        if properties["publicIPAllocationMethod"] != "Static":
            raise bad_request(
                "StandardSkuPublicIPAddressesMustBeStatic",
                f"Standard sku publicIp {write.id.text} must have AllocationMethod set to Static.",
            )
        check_zones(write.asked, write.old, write.id)
        _check_settled(write, sku, properties)
        old = write.old.properties if write.old else {}
        address = old.get("ipAddress") or _free(write.store, version)
        return {**write.asked, "sku": sku, "properties": {**properties, "ipAddress": address}}

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        user = user_of(store, resource.id)
        if user:
            raise bad_request(
                "PublicIPAddressCannotBeDeleted",
                f"Public IP address {resource.id.text} can not be deleted since it is still allocated to "
                f"resource {user}. In order to delete the public IP, disassociate/detach the Public IP "
                "address from the resource. To learn how to do this, see aka.ms/deletepublicip.",
            )

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        user = user_of(store, resource.id)
        use: Body = {}
        if user:
            kind = "ipConfiguration" if "/azurefirewalls/" in user.lower() else "natGateway"
            use = {kind: {"id": user}}
        properties = {
            **resource.properties,
            **use,
            "ipTags": [],
            "provisioningState": "Succeeded",
            "resourceGuid": guid(resource.id.text),
        }
        return {**super().answer(store, resource), "etag": tagged(resource), "properties": properties}


def user_of(store: Store, address: ResourceId) -> str:
    """The id of what a public address is of; empty if it is free."""
    for gateway in store.of_type(NAT_GATEWAY):
        for held in gateway.properties.get("publicIpAddresses", []):
            if same(held.get("id", ""), address.text):
                return gateway.id.text
    for firewall in store.of_type(FIREWALL):
        for configuration in configurations_of(firewall):
            if same(reference(configuration["properties"], "publicIPAddress"), address.text):
                return holder_of(firewall.id.text, configuration)
    return ""


def usable_address(write: Write, text_: str, holder: str, path: str) -> Resource:
    """The public address that a resource names; refuses one of another region, and one that is in use.

    Args:
        write: of the resource.
        text_: the address's id.
        holder: the id of what is to have it.
        path: of the property that names it.
    """
    location = write.asked["location"]
    found = referenced(write.store, text_, write.id, PUBLIC_ADDRESS, location, path)
    user = user_of(write.store, found.id)
    if user and not same(user, holder):
        raise bad_request("PublicIPAddressInUse", _in_use(found.id.text, holder, user))
    return found


def check_distinct(holders: Iterable[tuple[str, str]]) -> None:
    """Refuse one address for two: pairs of an address's id and of what is to have it."""
    seen: dict[str, str] = {}
    for address, holder in holders:
        other = seen.setdefault(address.lower(), holder)
        if other is not holder:
            raise bad_request("PublicIPAddressInUse", _in_use(address, holder, other))


def _in_use(address: str, holder: str, user: str) -> str:
    return (
        f"Resource {holder} is referencing public IP address {address} that is already allocated to resource "
        f"{user}."
    )


def _check_settled(write: Write, sku: Body, properties: Body) -> None:
    if write.old is None:
        return
    old = {**write.old.properties, "sku": write.old.body["sku"]}
    for name, value in {**{name: properties[name] for name in SETTLED}, "sku": sku}.items():
        if old[name] != value:
            raise bad_request(
                "PropertyChangeNotAllowed",
                f"Property {name} of public IP address {write.id.text} cannot be changed once it is created.",
                name if name == "sku" else f"properties.{name}",
            )


def _free(store: Store, version: str) -> str:
    taken = {address.properties.get("ipAddress") for address in store.of_type(PUBLIC_ADDRESS)}
    return next(str(address) for address in RANGES[version].hosts() if str(address) not in taken)
