"""Network interfaces have no public address and forward nothing.

Those that stand by themselves, those that a machine or a scale set makes for itself, and those of the nodes
of AKS, which have no public address unless their pool asks for one.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.machines import MACHINES, interfaces
from modelyard_policies.azure.types import AGENT_POOL, MANAGED_CLUSTER, NETWORK_INTERFACE
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Block, Failure, GraphView, Resource, each, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="network-interface-private",
    code="NW16",
    title="Network interfaces have no public address and forward nothing",
    severity=Severity.HIGH,
    resources=(NETWORK_INTERFACE, *MACHINES, MANAGED_CLUSTER, AGENT_POOL),
    why=(
        "A machine with an address of its own is one wrong security rule away from the internet, and one "
        "that forwards carries others' traffic around the network's controls."
    ),
    mend=(
        "Drop publicIPAddress (publicIPAddressConfiguration in a machine or a scale set, enableNodePublicIP "
        "in a pool of AKS) and reach machines by Azure Bastion or a load balancer; leave enableIPForwarding "
        "to routers, with a suppression."
    ),
    maps_to={
        "checkov": ["CKV_AZURE_119", "CKV_AZURE_118", "CKV_AZURE_143"],
        "cis_azure": ["7.7"],
        "azure_policy": ["83a86a26-fd1f-447c-b59d-e51f44264114", "88c0b9da-ce96-4b03-9635-f29a937e2900"],
    },
    snippet="""\
azure.network.NetworkInterface(
    "node",
    resource_group_name=group.name,
    enable_ip_forwarding=False,
    ip_configurations=[{"name": "main", "subnet": {"id": network_subnet.id}}],
)
""",
)

CLUSTERS = (MANAGED_CLUSTER, AGENT_POOL)
ADDRESSES = ("publicIPAddress", "publicIPAddressConfiguration")


@RULE.applies
def makes_interfaces(resource: Resource, graph: GraphView) -> bool:
    """A machine may take interfaces that stand by themselves."""
    places = _pools(resource) if canonical(resource.type) in CLUSTERS else interfaces(resource)
    return some(places, lambda _: True)


@RULE.check
def interfaces_are_private(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the interface, or each one that a machine, a scale set or a pool makes."""
    if canonical(resource.type) in CLUSTERS:
        yield from each(_pools(resource), _nodes)
        return
    yield from each(
        interfaces(resource), lambda each_one: each((_addresses, _forwarding), lambda ask: ask(each_one))
    )


def _pools(resource: Resource) -> Iterator[Block]:
    if canonical(resource.type) == AGENT_POOL:
        yield resource
    else:
        yield from resource.list("agentPoolProfiles")


def _nodes(pool: Block) -> Iterator[Failure]:
    if pool.is_true("enableNodePublicIP"):
        yield pool.failure("enableNodePublicIP", "gives each node a public address")


def _addresses(interface: Block) -> Iterator[Failure]:
    yield from each(interface.list("ipConfigurations"), _address)


def _address(configuration: Block) -> Iterator[Failure]:
    def public(key: str) -> Iterator[Failure]:
        if configuration.block(key).keys():
            yield configuration.failure(key, "gives a public address")

    yield from each(ADDRESSES, public)


def _forwarding(interface: Block) -> Iterator[Failure]:
    if interface.is_true("enableIPForwarding"):
        yield interface.failure("enableIPForwarding", "forwards traffic that isn't the machine's own")
