"""NAT gateways (REST reference, 2024-05-01; "NAT gateway resource", "NAT gateway and availability zones"; as
of 2026-11).

A gateway is in one zone or in none; its addresses are Standard, of its region, and in its zone or in all.
`CannotDeleteNatGatewayAssociatedToSubnet` is Azure's word; the codes for zones and versions of addresses
aren't documented.
"""

from __future__ import annotations

from typing_extensions import override

from modelyard_sandbox.azure.manager.addresses import check_distinct, usable_address
from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.kinds import Write, envelope, filled
from modelyard_sandbox.azure.manager.network import NetworkKind
from modelyard_sandbox.azure.manager.network_references import NAT_GATEWAY, check_zones, guid, tagged
from modelyard_sandbox.azure.manager.shapes import REFERENCE, many, number, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.subnets import users

MOST_ADDRESSES = 16


class NatGateway(NetworkKind):
    """A NAT gateway."""

    type = NAT_GATEWAY
    shape = envelope(
        "NatGateway",
        record(
            "NatGatewayPropertiesFormat",
            {"idleTimeoutInMinutes": number(4, 120), "publicIpAddresses": many(REFERENCE)},
            read_only=("provisioningState", "resourceGuid", "subnets"),
        ),
        sku=record("NatGatewaySku", {"name": text("Standard")}),
        zones=many(text("1", "2", "3")),
    )

    @override
    def settle(self, write: Write) -> Body:
        zones: list[str] = write.asked.get("zones", [])
        if len(zones) > 1:
            raise bad_request(
                "NatGatewayZonesNotSupported",
                f"NAT Gateway {write.id.text} has zones {', '.join(zones)}. It can be in one zone, or in "
                "none.",
                "zones",
            )
        check_zones(write.asked, write.old, write.id)
        addresses: list[Body] = write.properties.get("publicIpAddresses", [])
        if len(addresses) > MOST_ADDRESSES:
            raise bad_request(
                "NatGatewayPublicIpAddressLimitReached",
                f"NAT Gateway {write.id.text} has {len(addresses)} public IP addresses. It can have up to "
                f"{MOST_ADDRESSES}.",
                "properties.publicIpAddresses",
            )
        for at, named in enumerate(addresses):
            path = f"properties.publicIpAddresses[{at}]"
            _check_address(write, usable_address(write, named.get("id", ""), write.id.text, path), path)
        check_distinct(
            (named.get("id", ""), f"{write.id.text}/publicIpAddresses/{at}")
            for at, named in enumerate(addresses)
        )
        properties = filled(write.properties, {"idleTimeoutInMinutes": 4})
        return {"sku": {"name": "Standard"}, **write.asked, "properties": properties}

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        held = users(store, resource.id)
        if held:
            raise bad_request(
                "CannotDeleteNatGatewayAssociatedToSubnet",
                f"NAT Gateway {resource.id.text} is still configured on {len(held)} subnets. Remove NAT "
                "Gateway from all referenced subnets and then delete NAT Gateway.",
            )

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        held = [{"id": subnet.id.text} for subnet in users(store, resource.id)]
        properties = {
            **resource.properties,
            **({"subnets": held} if held else {}),
            "provisioningState": "Succeeded",
            "resourceGuid": guid(resource.id.text),
        }
        return {**super().answer(store, resource), "etag": tagged(resource), "properties": properties}


def _check_address(write: Write, address: Resource, path: str) -> None:
    if address.properties["publicIPAddressVersion"] != "IPv4":
        raise bad_request(
            "NatGatewayPublicIpAddressVersionNotSupported",
            f"Public IP address {address.id.text} of NAT Gateway {write.id.text} is IPv6. It must be IPv4.",
            path,
        )
    zones, others = set(write.asked.get("zones", [])), set(address.body.get("zones", []))
    if zones and others and not zones <= others:
        raise bad_request(
            "NatGatewayAndPublicIpAddressZoneMismatch",
            f"NAT Gateway {write.id.text} is in zone {', '.join(zones)} and its public IP address "
            f"{address.id.text} in zone {', '.join(sorted(others))}. It must be in the same zone, or in all.",
            path,
        )
