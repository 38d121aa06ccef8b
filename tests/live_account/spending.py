"""The cap: nothing is made before it is known what it costs while it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from live_account.refusal import RefusedError
from modelyard.catalog.prices import service_price
from modelyard_preview.cost.model import Amounts, Cost, LineItem, Unpriced

HOURS_PER_MONTH = 730
NO_PRICE = "the catalog has no price"
"""How the estimate begins where a thing costs something and nobody knows what."""


def cost_of_keys(regions: Iterable[str]) -> Cost:
    """What a key in each region costs a month."""
    items: list[LineItem] = []
    unpriced: list[Unpriced] = []
    for region in regions:
        price = service_price("kms_key_month", region)
        if price is None:
            unpriced.append(Unpriced(f"a key in {region}", (), f"{NO_PRICE} for it in {region}"))
        else:
            items.append(LineItem(f"a key in {region}", (), Amounts.always(1), price))
    return Cost(tuple(items), tuple(unpriced), None)


@dataclass(slots=True)
class Cap:
    """What a run may cost, and what it has been promised to so far."""

    max_usd: float
    booked: dict[str, float] = field(default_factory=dict[str, float])

    def book(self, what: str, cost: Cost, hours: float) -> float:
        """The dollars that `what` costs if it stands so long, taken from what is left.

        Raises RefusedError if that is too much, or if something in it has no known price.
        """
        unknown = [entry.what for entry in cost.unpriced if entry.reason.startswith(NO_PRICE)]
        if unknown:
            raise RefusedError(
                f"{what} isn't made: nobody knows what these cost in its region: {', '.join(unknown)}",
                "choose a region whose prices the catalog has, as us-east-1",
            )
        usd = cost.usd.expected / HOURS_PER_MONTH * hours
        left = self.max_usd - sum(self.booked.values())
        if usd > left:
            raise RefusedError(
                f"{what} isn't made: standing for {hours:g} h it is expected to cost {usd:.2f} dollars, "
                f"and {left:.2f} of {self.max_usd:.2f} are left",
                "raise MODELYARD_LIVE_MAX_USD, or choose fewer checks with -k",
            )
        self.booked[what] = usd
        return usd
