"""Scale sets whose machines have InfiniBand are of one placement group, and have accelerated networking.

InfiniBand connects the machines of one placement group: a scale set that may have several has none (Azure,
"Virtual Machine Scale Sets and placement groups", 2026-05-19; "Set up InfiniBand on HPC VMs", 2026-09-25).
Nor has one in flexible orchestration (Azure, "Orchestration modes for Virtual Machine Scale Sets",
2024-06-14).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelyard_policies.azure.machines import interfaces, size_of
from modelyard_policies.azure.sizes import has_infiniband
from modelyard_policies.azure.types import VIRTUAL_MACHINE_SCALE_SET
from modelyard_policies.reading import Block, Failure, GraphView, Resource, any_of, each, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="scale-set-infiniband-placement",
    code="CO14",
    title="Nodes with InfiniBand are in one placement group and have accelerated networking",
    severity=Severity.MEDIUM,
    resources=(VIRTUAL_MACHINE_SCALE_SET,),
    why=(
        "Nodes in different placement groups don't reach each other by InfiniBand, and collectives fall back "
        "to a network that is many times slower."
    ),
    mend=(
        "Set orchestrationMode to Uniform, singlePlacementGroup to true, and enableAcceleratedNetworking to "
        "true for each network interface. A placement group has up to 100 "
        "nodes, or 300 on request to Azure."
    ),
    maps_to={},
    snippet="""\
azure.compute.VirtualMachineScaleSet(
    "nodes",
    resource_group_name=group.name,
    orchestration_mode="Uniform",
    single_placement_group=True,
    sku={"name": "Standard_ND96isr_H100_v5", "tier": "Standard", "capacity": 16},
    upgrade_policy={"mode": "Manual"},
    virtual_machine_profile={
        "network_profile": {
            "network_interface_configurations": [
                {
                    "name": "main",
                    "primary": True,
                    "enable_accelerated_networking": True,
                    "ip_configurations": [{"name": "main", "subnet": {"id": network_subnet.id}}],
                }
            ],
        },
    },
)
""",
)


@RULE.applies
def starts_nodes_with_infiniband(scale_set: Resource, graph: GraphView) -> bool:
    """By its size, or by one that it may choose from."""
    sizes = scale_set.block("skuProfile").list("vmSizes")
    return any_of(
        lambda: has_infiniband(size_of(scale_set)),
        lambda: some(sizes, lambda size: has_infiniband(size.text("name"))),
    )


@RULE.check
def the_fabric_is_whole(scale_set: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge where the nodes stand, and each of their interfaces."""
    yield from each((_orchestration, _placement, _interfaces), lambda check: check(scale_set))


@RULE.remedy
def accelerate(scale_set: Resource, graph: GraphView) -> Mapping[str, Any]:
    """Placement and orchestration can't be changed in place: only interfaces are."""
    return {
        interface.path_of("enableAcceleratedNetworking"): True
        for interface in interfaces(scale_set)
        if not interface.is_true("enableAcceleratedNetworking")
    }


def _orchestration(scale_set: Resource) -> Iterator[Failure]:
    # Unset is Uniform in the API; Azure's CLI and PowerShell set Flexible by themselves.
    if scale_set.text("orchestrationMode").strip().lower() == "flexible":
        yield scale_set.failure("orchestrationMode", "is Flexible, which has no InfiniBand")


def _placement(scale_set: Resource) -> Iterator[Failure]:
    # Unset is true ("Virtual Machine Scale Sets and placement groups").
    if scale_set.text("singlePlacementGroup", "true").strip().lower() not in ("true", "1"):
        yield scale_set.failure(
            "singlePlacementGroup", "is false, so nodes may have no InfiniBand between them"
        )


def _interfaces(scale_set: Resource) -> Iterator[Failure]:
    yield from each(interfaces(scale_set), _interface)


def _interface(interface: Block) -> Iterator[Failure]:
    # Unset makes an interface without: only Azure's portal and CLI turn it on by themselves.
    if not interface.is_true("enableAcceleratedNetworking"):
        shown = interface.shown("enableAcceleratedNetworking")
        yield interface.failure("enableAcceleratedNetworking", f"is {shown}")
