"""What an environment costs a month: idle, as expected, and with every pool at its maximum."""

from __future__ import annotations

from modelyard_preview.cost.estimate import estimate_account_cost, estimate_cost
from modelyard_preview.cost.model import Amounts, BudgetCheck, Cost, LineItem, Unpriced

__all__ = ["Amounts", "BudgetCheck", "Cost", "LineItem", "Unpriced", "estimate_account_cost", "estimate_cost"]
