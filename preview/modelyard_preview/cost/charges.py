"""Charges, as they are found, and the lines that they add up to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from modelyard.catalog.fact import Fact
from modelyard_preview.cost.model import Amounts, LineItem, Unpriced

ON_DEMAND = "on_demand:"
SPOT = "spot:"

POOL = "pool "
"""How the names of lines begin that are of a pool's machines."""

ANYWHERE = "global"
"""Where Azure puts what is in no region."""


@dataclass(frozen=True, slots=True)
class Charge:
    """So many units of something, paid for a resource."""

    what: str
    item: str
    """Price item of the catalog, or `on_demand:` or `spot:` and an instance type."""
    region: str
    quantity: Amounts
    urns: tuple[str, ...] = ()


Prices = Callable[[str, str], Fact[float] | None]
"""The price of an item in a region, by a cloud's catalog; None without a source."""


def add_up(
    found: Iterable[Charge | Unpriced], home: str, prices: Prices
) -> tuple[tuple[LineItem, ...], tuple[Unpriced, ...]]:
    """One line for each thing in each region, in the order found; an entry for what has no price.

    A line of another region than `home` says which, if it is of any.
    """
    charges: dict[tuple[str, str, str], Charge] = {}
    unpriced: dict[tuple[str, str], Unpriced] = {}

    def leave_out(entry: Unpriced) -> None:
        known = unpriced.get((entry.what, entry.reason))
        urns = (*known.urns, *entry.urns) if known else entry.urns
        unpriced[entry.what, entry.reason] = Unpriced(entry.what, urns, entry.reason)

    for entry in found:
        if isinstance(entry, Unpriced):
            leave_out(entry)
            continue
        key = (entry.what, entry.item, entry.region)
        known = charges.get(key)
        quantity = known.quantity.plus(entry.quantity) if known else entry.quantity
        urns = (*known.urns, *entry.urns) if known else entry.urns
        charges[key] = Charge(entry.what, entry.item, entry.region, quantity, urns)
    lines: list[LineItem] = []
    without_price: list[Unpriced] = []
    for charge in charges.values():
        price = prices(charge.item, charge.region)
        if price is None:
            place = f"the catalog has no price for it in {charge.region}"
            reason = place if charge.region else "the region that it is in isn't known"
            without_price.append(Unpriced(charge.what, charge.urns, reason))
        else:
            is_here = charge.region in (home, ANYWHERE)
            what = charge.what if is_here else f"{charge.what}, in {charge.region}"
            lines.append(LineItem(what, charge.urns, charge.quantity, price))
    return tuple(lines), (*without_price, *unpriced.values())
