"""Figures that stand beside the findings: what a change does to cost, carbon and recovery.

Plain data. Whoever has the figures fills them in; the rules need none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Unit(StrEnum):
    """What a figure is counted in."""

    USD_A_MONTH = "USD/month"
    MINUTES = "minutes"
    KG_CO2E_A_MONTH = "kgCo2e/month"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, as it was in the base and as it would be."""

    name: str
    """What it is, as `cost, expected` or `RPO of training, loss of the region`; the same in every run."""
    unit: Unit
    before: float | None
    """None where it isn't known, or where there is no base."""
    after: float | None
    """None where it isn't known."""
    note: str = ""
    """What isn't in it, or why it isn't known."""

    def as_json(self) -> dict[str, Any]:
        """The figure as reports hold it."""
        return {
            "name": self.name,
            "unit": self.unit.value,
            "before": self.before,
            "after": self.after,
            "note": self.note,
        }
