"""Every subnet has a network security group, but for those in which only a service of Azure's stands."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.subnets import is_of_the_platform, subnets
from modelyard_policies.azure.types import SUBNET, VIRTUAL_NETWORK
from modelyard_policies.reading import Block, Failure, GraphView, Resource, any_of, each, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="subnet-network-security-group",
    code="NW13",
    title="Subnets have a network security group",
    severity=Severity.MEDIUM,
    resources=(SUBNET, VIRTUAL_NETWORK),
    why="Without one, whatever gets a public address or is peered reaches every port of every machine.",
    mend="Set networkSecurityGroup.id of the subnet, inline in its virtual network as well.",
    maps_to={
        "checkov": ["CKV2_AZURE_31"],
        "azure_policy": ["e71308d3-144b-4262-b144-efdc3cc90517"],
        "mcsb": ["NS-1"],
    },
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


@RULE.applies
def holds_machines(resource: Resource, graph: GraphView) -> bool:
    """A virtual network may hold its subnets itself, or none."""
    return some(
        subnets(resource), lambda subnet: any_of(lambda: _has_group(subnet), lambda: _may_have(subnet))
    )


@RULE.check
def subnets_have_a_group(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the subnet, or each one that stands in the virtual network."""
    yield from each(subnets(resource), _group)


def _group(subnet: Block) -> Iterator[Failure]:
    if not any_of(lambda: _has_group(subnet), lambda: not _may_have(subnet)):
        yield subnet.failure("networkSecurityGroup", "no network security group guards this subnet")


def _has_group(subnet: Block) -> bool:
    return bool(subnet.block("networkSecurityGroup").keys())


def _may_have(subnet: Block) -> bool:
    return not is_of_the_platform(subnet)
