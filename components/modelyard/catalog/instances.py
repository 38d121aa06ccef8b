"""Instance types: accelerators, memory, network cards, EFA, and the zones that offer them.

Facts of EC2's DescribeInstanceTypes and DescribeInstanceTypeOfferings; `tools/catalog` writes the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from modelyard.catalog.tables import rows, sources
from modelyard.catalog.unknown import UnknownInstanceType

Kind = Literal["cpu", "gpu", "trainium", "inferentia"]
Architecture = Literal["x86_64", "arm64"]


@dataclass(frozen=True, slots=True)
class NetworkCard:
    """One network card of an instance."""

    index: int
    max_interfaces: int
    interface_types: tuple[str, ...]
    """Kinds of interface that the card takes: "interface" (ENA), "efa" (ENA and EFA), "efa-only"."""

    @property
    def takes_efa(self) -> bool:
        """Whether the card takes an EFA interface of either kind."""
        return "efa" in self.interface_types or "efa-only" in self.interface_types


@dataclass(frozen=True, slots=True)
class InstanceType:
    """What a cloud documents about one instance type."""

    name: str
    kind: Kind
    accelerator: str | None
    """Model without its vendor, as "H100"; None for CPU types."""
    accelerator_vendor: str | None
    accelerator_count: int
    accelerator_memory_mib: int
    """Memory of each accelerator (of the share, where the instance has a share of one)."""
    accelerator_share: float
    """1 for whole accelerators; 0.125 where an instance gets an eighth of one; 0 for CPU types."""
    vcpus: int
    memory_mib: int
    architecture: Architecture
    network_cards: tuple[NetworkCard, ...]
    efa_interfaces: int
    """Most EFA interfaces at once; less than the number of cards on some types."""
    network_gbps: float | None
    """All cards together: the documented fixed rate, or the baseline where the rate is "up to"."""
    local_storage_gb: int
    usage_classes: tuple[str, ...]
    """How it can be bought: "on-demand", "spot", "capacity-block"."""
    ipv4_per_interface: int
    """Most private IPv4 addresses on one interface."""
    source: str
    as_of: str
    note: str
    """A doubt about a number above; empty if there is none."""

    @property
    def family(self) -> str:
        """The part before the dot, as "p5"."""
        return self.name.partition(".")[0]


@cache
def instance_type(name: str) -> InstanceType:
    """The facts about an instance type.

    Raises UnknownInstanceType, with the nearest names, if the catalog doesn't know it.
    """
    row = _by_name().get(name)
    if row is None:
        raise UnknownInstanceType(name, _by_name())
    source = sources("aws")[row["source"]]
    return InstanceType(
        name=name,
        kind=cast("Kind", row["kind"]),
        accelerator=row["accelerator"] or None,
        accelerator_vendor=row["accelerator_vendor"] or None,
        accelerator_count=int(row["accelerator_count"]),
        accelerator_memory_mib=int(row["accelerator_memory_mib"]),
        accelerator_share=float(row["accelerator_share"]),
        vcpus=int(row["vcpus"]),
        memory_mib=int(row["memory_mib"]),
        architecture=cast("Architecture", row["architecture"]),
        network_cards=_cards(row["network_cards"]),
        efa_interfaces=int(row["efa_interfaces"]),
        network_gbps=float(row["network_gbps"]) if row["network_gbps"] else None,
        local_storage_gb=int(row["local_storage_gb"]),
        usage_classes=tuple(row["usage_classes"].split("|")),
        ipv4_per_interface=int(row["ipv4_per_interface"]),
        source=source.source,
        as_of=source.as_of,
        note=row["note"],
    )


def instance_type_names() -> tuple[str, ...]:
    """Every instance type that the catalog knows, sorted."""
    return tuple(_by_name())


def offered_zone_ids(instance_type: str, region: str) -> tuple[str, ...]:
    """The zone ids ("euc1-az1") of a region in which a type is offered; empty if in none.

    Zone ids are the same for every account; the letters of zone names are not. A name that the
    catalog doesn't know is offered nowhere.
    """
    prefix, zones = _zone_prefixes().get(region, ""), _offerings().get(instance_type, {}).get(region, "")
    return tuple(f"{prefix}{number}" for number in zones.split())


@cache
def _by_name() -> dict[str, dict[str, str]]:
    return {row["instance_type"]: row for row in rows("aws/instances")}


@cache
def _offerings() -> dict[str, dict[str, str]]:
    return {row["instance_type"]: row for row in rows("aws/offerings")}


@cache
def _zone_prefixes() -> dict[str, str]:
    """What stands before the number in a region's zone ids, as "euc1-az"."""
    return {row["region"]: row["zone_ids"].split()[0].rstrip("0123456789") for row in rows("aws/zones")}


def _cards(text: str) -> tuple[NetworkCard, ...]:
    """Cards out of runs of equal ones, as `0:4:interface 1-16:4:interface|efa|efa-only`."""
    cards: list[NetworkCard] = []
    for run in text.split():
        indexes, interfaces, kinds = run.split(":")
        first, _, last = indexes.partition("-")
        cards += [
            NetworkCard(index, int(interfaces), tuple(kinds.split("|")))
            for index in range(int(first), int(last or first) + 1)
        ]
    return tuple(cards)
