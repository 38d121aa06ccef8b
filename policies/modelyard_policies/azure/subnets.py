"""Subnets, which stand by themselves or within their virtual network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.addresses import internet
from modelyard_policies.azure.types import ROUTE, ROUTE_TABLE, SUBNET
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Block, GraphView, Resource, all_of, any_of, some

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


_ELSEWHERE: Final = ("virtualappliance", "virtualnetworkgateway", "none")
"""Next hops that aren't the internet itself."""


def subnets(resource: Resource) -> Iterator[Block]:
    """The subnet itself, or those that a virtual network holds."""
    if canonical(resource.type) == SUBNET:
        yield resource
    else:
        yield from resource.list("subnets")


def is_of_the_platform(subnet: Block) -> bool:
    """Whether a service of Azure's owns the subnet, by its name."""
    return (subnet.text("subnetName") or subnet.text("name")).strip().lower() in OF_THE_PLATFORM


def leaves_by_a_chosen_way(subnet: Block, graph: GraphView) -> bool:
    """Whether what leaves the subnet for the internet goes by a NAT gateway, or by a route to an appliance
    such as a firewall, to a gateway or to nowhere.
    """
    route_table = subnet.block("routeTable")
    return any_of(
        lambda: bool(subnet.block("natGateway").keys()),
        lambda: graph.any_target(
            route_table, "id", ROUTE_TABLE, lambda table: _leads_elsewhere(table, graph)
        ),
    )


def _leads_elsewhere(table: Resource, graph: GraphView) -> bool:
    return any_of(
        lambda: some(table.list("routes"), _is_default_to_elsewhere),
        lambda: some(graph.linked(table, ROUTE, "routeTableName"), _is_default_to_elsewhere),
    )


def _is_default_to_elsewhere(route: Block) -> bool:
    return all_of(
        lambda: 4 in internet(route.text("addressPrefix"), wholly=True),
        lambda: route.text("nextHopType").strip().lower() in _ELSEWHERE,
    )
