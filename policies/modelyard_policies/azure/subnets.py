"""Subnets, which stand by themselves or within their virtual network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.azure.types import SUBNET
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Block, Resource

OF_THE_PLATFORM: Final = frozenset(
    {
        "gatewaysubnet",
        "azurefirewallsubnet",
        "azurefirewallmanagementsubnet",
        "azurebastionsubnet",
        "routeserversubnet",
    },
)
"""Names by which a subnet belongs to a service of Azure's, in small letters. A network security group stops a
gateway (Azure Policy 35f9c03a, 2026-04) and isn't supported by Azure Firewall and Route Server; Bastion takes
one, but no machine of the customer's stands there."""


def subnets(resource: Resource) -> Iterator[Block]:
    """The subnet itself, or those that a virtual network holds."""
    if canonical(resource.type) == SUBNET:
        yield resource
    else:
        yield from resource.list("subnets")


def is_of_the_platform(subnet: Block) -> bool:
    """Whether a service of Azure's owns the subnet, by its name."""
    return (subnet.text("subnetName") or subnet.text("name")).strip().lower() in OF_THE_PLATFORM
