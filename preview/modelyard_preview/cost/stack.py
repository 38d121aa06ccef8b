"""The estimate of any stack, of whatever clouds its resources are, whose use nobody states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modelyard_policies.graph import Graph, Node
from modelyard_preview.cost.charges import Charge, add_up
from modelyard_preview.cost.model import Cost, LineItem, Unpriced

AZURE = "azure-native:"
"""Start of the types that are priced as Azure's."""

_Sums = tuple[tuple[LineItem, ...], tuple[Unpriced, ...]]


def estimate_stack_cost(graph: Graph, region: str | None) -> Cost:
    """US dollars a month: what stands is priced, what is used is listed.

    `region` is where resources are that name none; None if it isn't known. It is of one cloud: what is of the
    other, and names none, has no price. A cloud's prices are read when there is a resource of it.
    """
    home = region or ""
    azures = [node for node in graph.resources if _is_azures(node)]
    items, unpriced = _of_aws([node for node in graph.resources if not _is_azures(node)], home)
    if azures:
        more_items, more_unpriced = _of_azure(azures, home)
        items, unpriced = (*items, *more_items), (*unpriced, *more_unpriced)
    return Cost(items, unpriced, None)


def _is_azures(node: Node) -> bool:
    return node.type.startswith(AZURE)


def _of_aws(nodes: Sequence[Node], home: str) -> _Sums:
    from modelyard_preview.cost.estimate import price
    from modelyard_preview.cost.machines import used_charges
    from modelyard_preview.cost.pricers import resource_charges
    from modelyard_preview.cost.stores import bucket_charges

    def found(region: str) -> Iterator[Charge | Unpriced]:
        for node in nodes:
            yield from bucket_charges(node)
            yield from used_charges(node)
            yield from resource_charges(node, region)

    own = home if "-" in home else ""  # (no region of Azure has a hyphen, and every one of AWS has)
    return add_up(found(own), own, price)


def _of_azure(nodes: Sequence[Node], home: str) -> _Sums:
    from modelyard_preview.azure.cost.estimate import price
    from modelyard_preview.azure.cost.pricers import resource_charges, used_charges

    def found(region: str) -> Iterator[Charge | Unpriced]:
        for node in nodes:
            yield from used_charges(node)
            yield from resource_charges(node, region)

    own = "" if "-" in home else home
    return add_up(found(own), own, price)
