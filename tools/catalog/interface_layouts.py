"""The layout of each type's network interfaces, for the catalog's table `fabric.csv`.

A layout is a choice among those that AWS documents, kept per type with where it is documented:

- For single-node pools the EC2 User Guide's: the primary interface carries IP, an `efa-only` interface beside
  it and on every other card carries EFA without taking an address.
- For multi-node pools the one of AWS's samples for Batch: the primary is a combined `efa` interface, so that
  a place on card 0 and device index 1 of every card stay free for the task. EC2 refused to attach an
  interface to card 0 by a request that named no card while another card had that index in use
  (cilium/cilium#42512, 2025-10). The samples give the other cards `efa` interfaces, each with an address;
  ours have `efa-only` ones, as the EC2 User Guide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

COLUMNS = ("instance_type", "use", "first_card", "last_card", "device_index", "interface_type", "source")

EC2_GUIDE = "ec2-efa-cards"
BATCH_GUIDE = "batch-efa"

BATCH_SAMPLES = {
    "p4d.24xlarge": "batch-sample-p4d",
    "p4de.24xlarge": "batch-sample-p4d",
    "p5.48xlarge": "batch-sample-p5",
    "p5e.48xlarge": "batch-sample-p5",
    "p5en.48xlarge": "batch-sample-p5",
    "p6-b200.48xlarge": "batch-sample-p6",
}
"""Types that a sample of AWS's for Batch has, or a sister of which it has, by the sample's source."""


@dataclass(frozen=True)
class Card:
    """What of a card a layout depends on."""

    index: int
    max_interfaces: int
    kinds: tuple[str, ...]


class Run(NamedTuple):
    """One interface on each of a run of cards."""

    first_card: int
    last_card: int
    device_index: int
    interface_type: str
    source: str


def fabric_rows(
    instance_type: str, cards: Sequence[Card], efa_interfaces: int
) -> Iterator[dict[str, object]]:
    """The rows of a type: both layouts, or the first alone where card 0 has no place for a task."""
    if not efa_interfaces:
        return
    for use, runs in (
        ("single_node", _single_node(cards)),
        ("multi_node", _multi_node(cards, BATCH_SAMPLES.get(instance_type, BATCH_GUIDE))),
    ):
        for run in runs:
            yield {"instance_type": instance_type, "use": use, **run._asdict()}


def _single_node(cards: Sequence[Card]) -> list[Run]:
    first = cards[0]
    if "efa-only" not in first.kinds:
        own = [Run(0, 0, 0, "interface", EC2_GUIDE)]
    elif first.max_interfaces > 1:
        own = [Run(0, 0, 0, "interface", EC2_GUIDE), Run(0, 0, 1, "efa-only", EC2_GUIDE)]
    else:
        own = [Run(0, 0, 0, "efa", BATCH_GUIDE)]
    return [*own, *_other_cards(cards)]


def _multi_node(cards: Sequence[Card], source: str) -> list[Run]:
    first = cards[0]
    if first.max_interfaces < 2:  # the node's own interface and the task's
        return []
    if "efa" not in first.kinds:
        return [Run(0, 0, 0, "interface", EC2_GUIDE), *_other_cards(cards)]
    return [Run(0, 0, 0, "efa", source), *_other_cards(cards)]


def _other_cards(cards: Sequence[Card]) -> list[Run]:
    if len(cards) == 1:
        return []
    lacking = [card.index for card in cards[1:] if "efa-only" not in card.kinds]
    if lacking:
        raise SystemExit(f"cards {lacking} take no efa-only interface: choose a layout for them")
    return [Run(1, cards[-1].index, 0, "efa-only", EC2_GUIDE)]
