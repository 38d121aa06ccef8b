"""What a resource of any cloud is charged for, by a table of functions a type."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from modelyard_policies.graph import Node, canonical
from modelyard_preview.cost.charges import Charge
from modelyard_preview.cost.model import Unpriced

Pricer = Callable[[Node, str], Iterator[Charge | Unpriced]]
"""Gives what a resource in a region is charged for; nothing if it is free as it is configured."""


@dataclass(frozen=True, slots=True)
class Pricing:
    """How the types of a cloud are paid for."""

    pricers: Mapping[str, Pricer]
    """What is paid for, by its type."""
    free: Collection[str]
    elsewhere: Collection[str]
    """Types whose cost depends on sizes that only the environment states."""

    def charges(self, node: Node, default_region: str) -> Iterator[Charge | Unpriced]:
        """What a resource is charged for, apart from what is priced elsewhere."""
        token = canonical(node.type)
        if not node.custom or token.startswith("pulumi:") or token in self.free or token in self.elsewhere:
            return
        pricer = self.pricers.get(token)
        if pricer is None:
            yield Unpriced(token, (node.urn,), "the catalog neither prices this type nor knows it to be free")
            return
        yield from pricer(node, node.region or default_region)
