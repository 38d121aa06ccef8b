"""Tested layouts of network interfaces, one for each type with EFA and each use.

`tools/catalog` writes the table; where each interface is documented stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from modelyard.catalog.tables import rows, sources

Use = Literal["single_node", "multi_node"]
InterfaceType = Literal["interface", "efa", "efa-only"]


@dataclass(frozen=True, slots=True)
class CardInterfaces:
    """One interface on each of a run of network cards."""

    first_card: int
    last_card: int
    device_index: int
    interface_type: InterfaceType
    source: str
    as_of: str


def interface_layout(instance_type: str, use: Use) -> tuple[CardInterfaces, ...]:
    """The interfaces of a type's nodes, card 0 first.

    Empty for a type without EFA, and for multi-node use of a type whose card 0 has no place for a task.
    """
    return _layouts().get((instance_type, use), ())


@cache
def _layouts() -> dict[tuple[str, str], tuple[CardInterfaces, ...]]:
    layouts: dict[tuple[str, str], tuple[CardInterfaces, ...]] = {}
    for row in rows("aws/fabric"):
        key = (row["instance_type"], row["use"])
        layouts[key] = (*layouts.get(key, ()), _interfaces(row))
    return layouts


def _interfaces(row: dict[str, str]) -> CardInterfaces:
    source = sources("aws")[row["source"]]
    return CardInterfaces(
        first_card=int(row["first_card"]),
        last_card=int(row["last_card"]),
        device_index=int(row["device_index"]),
        interface_type=cast("InterfaceType", row["interface_type"]),
        source=source.source,
        as_of=source.as_of,
    )
