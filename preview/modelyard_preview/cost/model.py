"""The cost of an environment as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from modelyard.catalog.fact import Fact

Figure = Literal["idle", "expected", "maximum"]
FIGURES: Final[tuple[Figure, ...]] = ("idle", "expected", "maximum")


@dataclass(frozen=True, slots=True)
class Amounts:
    """One amount in each of three cases: nothing runs, pools as used as stated, pools at maximum."""

    idle: float
    expected: float
    maximum: float

    @classmethod
    def always(cls, amount: float) -> Amounts:
        """The same amount, whatever runs."""
        return cls(amount, amount, amount)

    def of(self, figure: Figure) -> float:
        """The amount in one case."""
        return {"idle": self.idle, "expected": self.expected, "maximum": self.maximum}[figure]

    def times(self, factor: float) -> Amounts:
        """Each amount multiplied."""
        return Amounts(self.idle * factor, self.expected * factor, self.maximum * factor)

    def plus(self, other: Amounts) -> Amounts:
        """Each amount with the other's added."""
        return Amounts(self.idle + other.idle, self.expected + other.expected, self.maximum + other.maximum)

    def as_json(self, digits: int) -> dict[str, float]:
        """The amounts by case, rounded."""
        return {figure: round(value, digits) for figure, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class LineItem:
    """Something with a price."""

    what: str
    urns: tuple[str, ...]
    """Resources that it is paid for."""
    quantity: Amounts
    """Units a month, in the unit that the price is for: hours, GB-months, keys."""
    price: Fact[float]
    """US dollars for one unit."""

    @property
    def usd(self) -> Amounts:
        """US dollars a month."""
        return self.quantity.times(self.price.value)

    def as_json(self) -> dict[str, Any]:
        """The line as `cost.items` holds it."""
        return {
            "what": self.what,
            "urns": list(self.urns),
            "quantity": self.quantity.as_json(4),
            "price": {
                "usd": self.price.value,
                "unit": self.price.unit,
                "source": self.price.source,
                "asOf": self.price.as_of,
                "note": self.price.note,
            },
            "usd": self.usd.as_json(2),
        }


@dataclass(frozen=True, slots=True)
class Unpriced:
    """Something that may cost money and isn't in any total."""

    what: str
    urns: tuple[str, ...]
    reason: str

    def as_json(self) -> dict[str, Any]:
        """The entry as `cost.unpriced` holds it."""
        return {"what": self.what, "urns": list(self.urns), "reason": self.reason}


@dataclass(frozen=True, slots=True)
class BudgetCheck:
    """The totals beside the environment's budget."""

    monthly_usd: int
    over: tuple[Figure, ...]
    """The cases in which the priced part alone exceeds it."""

    def as_json(self) -> dict[str, Any]:
        """The check as `cost.budget` holds it."""
        return {"monthlyUsd": self.monthly_usd, "over": list(self.over)}


@dataclass(frozen=True, slots=True)
class Cost:
    """What is priced, and what isn't. List prices, before tax, discounts and free tiers."""

    items: tuple[LineItem, ...]
    unpriced: tuple[Unpriced, ...]
    budget: BudgetCheck | None

    @property
    def usd(self) -> Amounts:
        """US dollars a month of all that is priced: the true cost is no less."""
        total = Amounts.always(0.0)
        for item in self.items:
            total = total.plus(item.usd)
        return total

    def within(self, monthly_usd: int | None) -> Cost:
        """The same beside a budget, if there is one."""
        if monthly_usd is None:
            return self
        usd = self.usd
        over: tuple[Figure, ...] = tuple(figure for figure in FIGURES if usd.of(figure) > monthly_usd)
        return Cost(self.items, self.unpriced, BudgetCheck(monthly_usd, over))

    def as_json(self) -> dict[str, Any]:
        """The `cost` of schema modelyard.preview/1."""
        return {
            "currency": "USD",
            "period": "month",
            "usd": self.usd.as_json(2),
            "complete": not self.unpriced,
            "items": [item.as_json() for item in self.items],
            "unpriced": [entry.as_json() for entry in self.unpriced],
            "budget": self.budget.as_json() if self.budget else None,
        }
