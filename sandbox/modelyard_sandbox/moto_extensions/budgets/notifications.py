"""CreateNotification, UpdateNotification, DeleteNotification and DescribeNotificationsForBudget."""

from __future__ import annotations

from typing import Any

from moto.budgets.responses import BudgetsResponse
from moto.core.responses import ActionResult

from modelyard_sandbox.moto_extensions.budgets import checks, records
from modelyard_sandbox.moto_extensions.operations import add_operations


def install() -> None:
    """Put the operations in the place of moto's, or beside them."""
    add_operations(
        BudgetsResponse,
        create_notification,
        update_notification,
        delete_notification,
        describe_notifications_for_budget,
    )


def create_notification(self: Any) -> ActionResult:
    """CreateNotification."""
    budget = records.find_budget(self, "create notification")
    notification, subscribers = self._get_param("Notification"), self._get_param("Subscribers")
    checks.check_notification(notification, budget.budget)
    checks.check_subscribers(subscribers)
    records.refuse_taken(budget, notification)
    records.refuse_too_many(len(budget.notifications) + 1)
    budget.add_notification(records.described(notification), subscribers)
    return ActionResult({})


def update_notification(self: Any) -> ActionResult:
    """UpdateNotification: its subscribers stay."""
    budget = records.find_budget(self, "update notification")
    old, new = self._get_param("OldNotification"), self._get_param("NewNotification")
    kept = records.find_notification(budget, old, "update notification")
    checks.check_notification(new, budget.budget)
    if records.identity(old) != records.identity(new):
        records.refuse_taken(budget, new)
    kept.details = records.described(new)
    return ActionResult({})


def delete_notification(self: Any) -> ActionResult:
    """DeleteNotification, with its subscribers."""
    budget = records.find_budget(self, "delete notification")
    kept = records.find_notification(budget, self._get_param("Notification"), "delete notification")
    budget.notifications.remove(kept)
    return ActionResult({})


def describe_notifications_for_budget(self: Any) -> ActionResult:
    """DescribeNotificationsForBudget."""
    budget = records.find_budget(self, "get notifications")
    items = list(budget.get_notifications())
    return ActionResult(records.one_page(self, "Notifications", items))
