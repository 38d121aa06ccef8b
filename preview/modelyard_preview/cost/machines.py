"""Machines that stand for themselves; pools and backups whose use nobody states."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.fact import HOURS_PER_MONTH
from modelyard_policies.graph import Node, canonical
from modelyard_preview.cost.charges import ON_DEMAND, Charge
from modelyard_preview.cost.model import Amounts, Unpriced

_USED = {
    "aws:backup/plan:Plan": ("backups kept", "how much is backed up isn't stated"),
    "aws:batch/computeEnvironment:ComputeEnvironment": (
        "machines of pools",
        "how much they run isn't stated",
    ),
}
"""Types that cost by use, which only an environment states."""


def machine_charges(node: Node, region: str) -> Iterator[Charge | Unpriced]:
    """An instance that runs all month: on demand, without its disks and what it sends."""
    kind = node.properties.get("instanceType")
    if not isinstance(kind, str):
        yield Unpriced("machines", (node.urn,), "their type isn't known")
        return
    if node.properties.get("instanceMarketOptions"):
        yield Unpriced(f"machine {kind} on spot", (node.urn,), "what it will be sold at isn't known")
    else:
        hours = Amounts.always(float(HOURS_PER_MONTH))
        yield Charge(f"machine {kind}", f"{ON_DEMAND}{kind}", region, hours, (node.urn,))
    yield Unpriced("disks of machines, and what they send", (node.urn,), "how much there is isn't stated")


def used_charges(node: Node) -> Iterator[Unpriced]:
    """What a resource of a stack costs by its use; nothing for what costs by standing there."""
    token = canonical(node.type)
    if token in _USED:
        what, reason = _USED[token]
        yield Unpriced(what, (node.urn,), reason)
