"""Machines reach the internet by a way that was chosen, not by the address that Azure gives by itself.

Since version 2025-07-01 of Azure's API that is the default; before, and in version 3 of the provider unless a
type names a newer one, a subnet whose setting is unset gives its machines an address (Azure Networking Blog,
"Private subnets by default in Azure virtual networks", 2026-04; Azure, "Default outbound access in Azure",
2026-01-30). Where a way was chosen, by a NAT gateway or a route to a firewall, that address isn't used: such
a subnet is fine whatever its setting. Services to which a subnet is delegated don't go by the setting.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.api_versions import api_version
from modelyard_policies.azure.subnets import is_of_the_platform, leaves_by_a_chosen_way, subnets
from modelyard_policies.azure.types import ROUTE, ROUTE_TABLE, SUBNET, VIRTUAL_NETWORK
from modelyard_policies.reading import Block, Failure, GraphView, Resource, any_of, each, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="subnet-no-default-outbound",
    code="NW14",
    title="Subnets give machines no default outbound access",
    severity=Severity.MEDIUM,
    resources=(SUBNET, VIRTUAL_NETWORK),
    reads=(ROUTE_TABLE, ROUTE),
    why=(
        "Machines would send data to the whole internet from an address that nobody owns, may change at any "
        "time, and passes by every firewall."
    ),
    mend=(
        "Set defaultOutboundAccess to false, and give the subnet a NAT gateway or a route to a firewall if "
        "it has to reach the internet."
    ),
    maps_to={"azure_policy": ["7bca8353-aa3b-429b-904a-9229c4385837"]},
    snippet="""\
azure.network.Subnet(
    "nodes",
    resource_group_name=group.name,
    virtual_network_name=network.name,
    address_prefix="10.0.0.0/20",
    default_outbound_access=False,
    network_security_group={"id": network_group.id},
)
""",
)

PRIVATE_BY_DEFAULT = "20250701"


@RULE.applies
def holds_machines(resource: Resource, graph: GraphView) -> bool:
    """A virtual network may hold its subnets itself, or none."""
    return some(
        subnets(resource), lambda subnet: any_of(lambda: _is_off(subnet), lambda: _takes_machines(subnet))
    )


@RULE.check
def no_subnet_gives_an_address(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the subnet, or each one that stands in the virtual network."""
    yield from each(subnets(resource), lambda subnet: _outbound(subnet, graph))


def _outbound(subnet: Block, graph: GraphView) -> Iterator[Failure]:
    if not any_of(
        lambda: _is_off(subnet),
        lambda: not _takes_machines(subnet),
        lambda: leaves_by_a_chosen_way(subnet, graph),
    ):
        shown = subnet.shown("defaultOutboundAccess")
        yield subnet.failure("defaultOutboundAccess", f"is {shown}, so machines get an outbound address")


def _is_off(subnet: Block) -> bool:
    default = "false" if api_version(subnet.node.type) >= PRIVATE_BY_DEFAULT else "true"
    return subnet.text("defaultOutboundAccess", default).strip().lower() in ("false", "0")


def _takes_machines(subnet: Block) -> bool:
    return not any_of(
        lambda: some(subnet.list("delegations"), lambda _: True), lambda: is_of_the_platform(subnet)
    )
