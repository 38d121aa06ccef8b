"""The address that a network's way out has on the internet."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_azure_native as azure_native


def public_address(
    name: str,
    *,
    address_name: str,
    resource_group_name: pulumi.Input[str],
    location: pulumi.Input[str],
    zones: Sequence[str],
    tags: Mapping[str, pulumi.Input[str]] | None,
    parent: pulumi.Resource,
) -> azure_native.network.PublicIPAddress:
    """Make a static public address in these zones, or in none where the region has none.

    Azure moves no address to other zones, so the zones are in its name: the new one is made beside the old,
    which whoever uses it can leave before it goes.
    """
    return azure_native.network.PublicIPAddress(
        name,
        public_ip_address_name=zonal_name(address_name, zones),
        resource_group_name=resource_group_name,
        location=location,
        sku={"name": "Standard", "tier": "Regional"},
        public_ip_allocation_method="Static",
        public_ip_address_version="IPv4",
        zones=list(zones) or None,
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def zonal_name(name: str, zones: Sequence[str]) -> str:
    """A name with its zones in it, as dev-nat-z1, or as it is without any."""
    return f"{name}-z{''.join(zones)}" if zones else name
