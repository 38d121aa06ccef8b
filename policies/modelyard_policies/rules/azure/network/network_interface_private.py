"""Network interfaces have no public address and forward nothing.

Those that stand by themselves, and those that a machine or a scale set makes for itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.machines import interfaces
from modelyard_policies.azure.types import NETWORK_INTERFACE, VIRTUAL_MACHINE, VIRTUAL_MACHINE_SCALE_SET
from modelyard_policies.reading import Block, Failure, GraphView, Resource, each, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="network-interface-private",
    code="NW16",
    title="Network interfaces have no public address and forward nothing",
    severity=Severity.MEDIUM,
    resources=(NETWORK_INTERFACE, VIRTUAL_MACHINE, VIRTUAL_MACHINE_SCALE_SET),
    why=(
        "A machine with an address of its own is one wrong security rule away from the internet, and one "
        "that forwards carries others' traffic around the network's controls."
    ),
    mend=(
        "Drop publicIPAddress (publicIPAddressConfiguration in a machine or a scale set) and reach machines "
        "by Azure Bastion or a load balancer; leave enableIPForwarding to routers, with a suppression."
    ),
    maps_to={
        "checkov": ["CKV_AZURE_119", "CKV_AZURE_118"],
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

ADDRESSES = ("publicIPAddress", "publicIPAddressConfiguration")


@RULE.applies
def makes_interfaces(resource: Resource, graph: GraphView) -> bool:  # noqa: ARG001
    """A machine may take interfaces that stand by themselves."""
    return some(interfaces(resource), lambda _: True)


@RULE.check
def interfaces_are_private(resource: Resource, graph: GraphView) -> Iterator[Failure]:  # noqa: ARG001
    """Judge the interface, or each one that a machine or a scale set makes."""
    yield from each(
        interfaces(resource), lambda each_one: each((_addresses, _forwarding), lambda ask: ask(each_one))
    )


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
