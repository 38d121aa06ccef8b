"""Charges, as they are found, and the lines that they add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from modelyard.catalog.fact import Fact
from modelyard.catalog.prices import on_demand_usd_per_hour, service_price, spot_usd_per_hour
from modelyard_preview.cost.model import Amounts, LineItem, Unpriced

ON_DEMAND = "on_demand:"
SPOT = "spot:"


@dataclass(frozen=True, slots=True)
class Charge:
    """So many units of something, paid for a resource."""

    what: str
    item: str
    """Price item of the catalog, or `on_demand:` or `spot:` and an instance type."""
    region: str
    quantity: Amounts
    urns: tuple[str, ...] = ()


def add_up(
    found: Iterable[Charge | Unpriced], home: str
) -> tuple[tuple[LineItem, ...], tuple[Unpriced, ...]]:
    """One line for each thing in each region, in the order found; an entry for what has no price.

    A line of another region than `home` says which.
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
        price = _price(charge)
        if price is None:
            place = f"the catalog has no price for it in {charge.region}"
            reason = place if charge.region else "the region that it is in isn't known"
            without_price.append(Unpriced(charge.what, charge.urns, reason))
        else:
            what = charge.what if charge.region == home else f"{charge.what}, in {charge.region}"
            lines.append(LineItem(what, charge.urns, charge.quantity, price))
    return tuple(lines), (*without_price, *unpriced.values())


def _price(charge: Charge) -> Fact[float] | None:
    if charge.item.startswith(ON_DEMAND):
        return on_demand_usd_per_hour(charge.item.removeprefix(ON_DEMAND), charge.region)
    if charge.item.startswith(SPOT):
        return spot_usd_per_hour(charge.item.removeprefix(SPOT), charge.region)
    return service_price(charge.item, charge.region)
