"""Which node makes an all-reduce slow, or fail. Pure functions: they say who measures with whom next.

An all-reduce is as fast as its slowest member, so of all nodes together it can only be seen that one is bad.
Pairs tell them apart, and disjoint pairs measure at the same time:

1. All nodes in pairs. A pair that is well clears both of its nodes.
2. Each node that isn't cleared, with one that is. If that is well, the node is cleared after all.
3. Each that is left, with another that is cleared: so nobody is named by one measurement alone, if there is
   a second to be had.

That is three rounds, however many nodes there are, while at least half of them are cleared; more of the
second and third kind if fewer are. If no pair is well, all are paired otherwise, twice at most: then what is
wrong is something that they have in common. Two nodes alone can't be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

PAIRINGS = 3
"""How often all nodes are paired anew while none is cleared."""

WITNESSES = 2
"""Cleared nodes with which a node has to have been bad before it is named, if there are as many."""


class Conclusion(NamedTuple):
    """What pairs have told."""

    bad: tuple[int, ...] = ()
    """Nodes that were bad with every cleared node that they were measured with."""
    unsettled: tuple[int, ...] = ()
    """Nodes of which nothing can be said: none is cleared, or they were not measured."""


def next_pairs(nodes: Sequence[int], measured: Mapping[tuple[int, int], bool]) -> list[tuple[int, int]]:
    """Who measures with whom in the next round; none if there is nothing more to be learnt.

    `measured` tells of pairs whether they were well.
    """
    cleared = _cleared(nodes, measured)
    if not cleared:
        pairings = (_pairing(nodes, number) for number in range(PAIRINGS))
        return next((pairs for pairs in pairings if not set(pairs) & set(measured)), [])
    needed = min(WITNESSES, len(cleared))
    suspects = [
        node for node in nodes if node not in cleared and _witnessed(node, cleared, measured) < needed
    ]
    return _with_witnesses(suspects, cleared, measured)


def conclude(nodes: Sequence[int], measured: Mapping[tuple[int, int], bool]) -> Conclusion:
    """Which nodes are bad."""
    cleared = _cleared(nodes, measured)
    others = [node for node in nodes if node not in cleared]
    bad = tuple(node for node in others if _witnessed(node, cleared, measured))
    return Conclusion(bad, tuple(node for node in others if node not in bad))


def _pairing(nodes: Sequence[int], number: int) -> list[tuple[int, int]]:
    """All nodes in pairs, but for one if they are odd: each time others, as players of a tournament are."""
    rest: list[int | None] = [*nodes[1:], *([None] if len(nodes) % 2 else [])]
    turned = number % len(rest) if rest else 0
    ring = [nodes[0], *rest[turned:], *rest[:turned]]
    couples = zip(ring[: len(ring) // 2], reversed(ring))
    return sorted(_pair((one, other)) for one, other in couples if one is not None and other is not None)


def _cleared(nodes: Sequence[int], measured: Mapping[tuple[int, int], bool]) -> list[int]:
    well = {node for pair, is_well in measured.items() if is_well for node in pair}
    return [node for node in nodes if node in well]


def _witnessed(node: int, cleared: Sequence[int], measured: Mapping[tuple[int, int], bool]) -> int:
    """With how many cleared nodes it was measured."""
    return sum(_pair((node, other)) in measured for other in cleared)


def _with_witnesses(
    suspects: Sequence[int], cleared: Sequence[int], measured: Mapping[tuple[int, int], bool]
) -> list[tuple[int, int]]:
    """As many suspects as there are cleared nodes, each with one that it wasn't measured with yet."""
    free = list(cleared)
    pairs: list[tuple[int, int]] = []
    for suspect in suspects:
        witness = next((other for other in free if _pair((suspect, other)) not in measured), None)
        if witness is not None:
            free.remove(witness)
            pairs.append(_pair((suspect, witness)))
    return pairs


def _pair(nodes: tuple[int, int]) -> tuple[int, int]:
    first, second = sorted(nodes)
    return first, second
