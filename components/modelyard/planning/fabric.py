"""A node's network interfaces, and what the libraries above them want to know.

The layouts are data: `catalog/fabric.py`, with where each is documented. A type has one for pools whose jobs
stay on one node, and one for pools with multi-node jobs: those use awsvpc networking (AWS Batch User Guide,
"Compute environment considerations for MNP", 2026-11), so a place on card 0 stays free for the task.
"""

from __future__ import annotations

from dataclasses import dataclass

from modelyard.catalog.fabric import interface_layout
from modelyard.catalog.instances import InstanceType


@dataclass(frozen=True, slots=True)
class InterfacePlan:
    """One network interface of a launch template."""

    network_card_index: int
    device_index: int
    interface_type: str
    """`interface` (ENA), `efa` (ENA and EFA) or `efa-only`."""

    @property
    def takes_address(self) -> bool:
        """Whether it takes an address of the subnet."""
        return self.interface_type != "efa-only"


def plan_interfaces(instance: InstanceType, multi_node: bool = True) -> tuple[InterfacePlan, ...]:
    """The interfaces of a node; empty for a type without EFA, which gets EC2's own single interface.

    With `multi_node` there is room for the task of a multi-node job, unless the type never has any
    (`takes_multi_node_jobs`): that layout does for single-node jobs as well.
    """
    layout = (multi_node and interface_layout(instance.name, "multi_node")) or interface_layout(
        instance.name, "single_node"
    )
    return tuple(
        InterfacePlan(card, interfaces.device_index, interfaces.interface_type)
        for interfaces in layout
        for card in range(interfaces.first_card, interfaces.last_card + 1)
    )


def takes_multi_node_jobs(instance: InstanceType) -> bool:
    """Whether card 0 has a place left for the task of a multi-node job; hpc6id has none."""
    on_card_0 = sum(interface.network_card_index == 0 for interface in plan_interfaces(instance)) or 1
    return on_card_0 < instance.network_cards[0].max_interfaces


def addresses_per_node(instance: InstanceType, multi_node: bool) -> int:
    """Addresses of the subnet that a node takes: its interfaces' and, for multi-node jobs, its task's."""
    own = sum(interface.takes_address for interface in plan_interfaces(instance, multi_node)) or 1
    return own + (1 if multi_node else 0)


def fabric_environment(instance: InstanceType) -> dict[str, str]:
    """Variables for NCCL and libfabric (AWS OFI NCCL plugin's documentation, 2026-11); empty without EFA."""
    if not instance.efa_interfaces:
        return {}
    return {
        "FI_PROVIDER": "efa",
        "FI_EFA_USE_HUGE_PAGE": "0",
        "NCCL_SOCKET_IFNAME": "^lo,docker,ecs",
    }


def device_paths(instance: InstanceType) -> tuple[str, ...]:
    """The devices that a container has to be given, on the host and in the container alike.

    EFA's (AWS Batch User Guide, "Elastic Fabric Adapter", 2026-11) and Neuron's (AWS Neuron documentation,
    "Containers", 2026-11). GPUs aren't among them: Batch gives those by the job's own request.
    """
    neuron = instance.accelerator_count if instance.kind in ("trainium", "inferentia") else 0
    return (
        *(f"/dev/infiniband/uverbs{index}" for index in range(instance.efa_interfaces)),
        *(f"/dev/neuron{index}" for index in range(neuron)),
    )
