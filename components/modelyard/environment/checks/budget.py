"""Budgets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.errors import Problem

if TYPE_CHECKING:
    from modelyard.environment.common import BudgetLimit


def alerts_are_ascending(budget: BudgetLimit | None) -> Iterator[Problem]:
    """Alerts stand in the order in which they go off, each once."""
    percents = budget.alert_percents if budget is not None else []
    in_order = sorted(set(percents))
    if percents != in_order:
        yield Problem(
            field="budget.alert_percents",
            given=f"[{', '.join(map(str, percents))}]",
            message="the percentages aren't ascending, or one stands there twice",
            allowed="each percentage once, the lowest first",
            mend=f"set alert_percents: [{', '.join(map(str, in_order))}]",
        )
