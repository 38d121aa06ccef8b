"""AWS Budgets: budgets checked, notifications and who is told, tags.

Source: AWS Budgets API reference (Billing and Cost Management), 2026-11. It gives two limits of
notifications: five on CreateBudget, ten on the data type Notification; the smaller one is held here.
"""

from __future__ import annotations

from modelyard_sandbox.moto_extensions.budgets import budgets, notifications, subscribers, tags

__all__ = ["install"]


def install() -> None:
    """Put the operations in the place of moto's, or beside them."""
    for module in (budgets, notifications, subscribers, tags):
        module.install()
