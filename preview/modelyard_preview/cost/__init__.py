"""What an environment costs a month: idle, as expected, and with every pool at its maximum.

Of an account, and of any stack, what is known without a statement of its use.
"""

from __future__ import annotations

from modelyard_preview.cost.estimate import estimate_account_cost, estimate_cost, estimate_stack_cost
from modelyard_preview.cost.model import Amounts, BudgetCheck, Cost, LineItem, Unpriced

__all__ = [
    "Amounts",
    "BudgetCheck",
    "Cost",
    "LineItem",
    "Unpriced",
    "estimate_account_cost",
    "estimate_cost",
    "estimate_stack_cost",
]
