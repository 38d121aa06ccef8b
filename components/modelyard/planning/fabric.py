"""A node's network interfaces, and what the libraries above them want to know.

Layout after the EC2 User Guide, "Maximize network bandwidth on instances with multiple network cards"
(2026-11), first use case of P5, P6-B200 and P6-B300: the primary interface carries IP; an `efa-only`
interface carries EFA without taking an address; it is device 1 of card 0 and device 0 of every other card.

Multi-node jobs of Batch use awsvpc networking, so card 0 keeps one interface free for the task. Where it has
room for two only (p5, p5e, trn2), its primary is a combined `efa` interface, as in AWS's samples for Batch
(awsome-distributed-ai, 1.architectures/3.aws-batch), and the second place stays free. So does device index 1
of the other cards: EC2 refused to attach an interface to card 0 by a request that named no card while any
card had that index in use (cilium/cilium#42512, 2025-10).
"""

from __future__ import annotations

from dataclasses import dataclass

from modelyard.catalog.instances import InstanceType, NetworkCard


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


def plan_interfaces(instance: InstanceType) -> tuple[InterfacePlan, ...]:
    """The interfaces of a node; empty for a type without EFA, which gets EC2's own single interface."""
    if not instance.efa_interfaces:
        return ()
    first, *others = instance.network_cards
    return (*_first_card(first), *(InterfacePlan(card.index, 0, "efa-only") for card in others))


def _first_card(card: NetworkCard) -> tuple[InterfacePlan, ...]:
    if "efa" not in card.interface_types:
        return (InterfacePlan(card.index, 0, "interface"),)
    room_beside_the_task = card.max_interfaces - 1
    if room_beside_the_task >= 2 and "efa-only" in card.interface_types:
        return (InterfacePlan(card.index, 0, "interface"), InterfacePlan(card.index, 1, "efa-only"))
    return (InterfacePlan(card.index, 0, "efa"),)


def takes_multi_node_jobs(instance: InstanceType) -> bool:
    """Whether card 0 has a place left for the task of a multi-node job; hpc6id has none."""
    on_card_0 = sum(interface.network_card_index == 0 for interface in plan_interfaces(instance)) or 1
    return on_card_0 < instance.network_cards[0].max_interfaces


def addresses_per_node(instance: InstanceType, multi_node: bool) -> int:
    """Addresses of the subnet that a node takes: its interfaces' and, for multi-node jobs, its task's."""
    own = sum(interface.takes_address for interface in plan_interfaces(instance)) or 1
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
