"""CreateSubscriber, UpdateSubscriber, DeleteSubscriber and DescribeSubscribersForNotification."""

from __future__ import annotations

from typing import Any

from moto.budgets.responses import BudgetsResponse
from moto.core.responses import ActionResult

from modelyard_sandbox.moto_extensions.budgets import checks, records
from modelyard_sandbox.moto_extensions.budgets.errors import NotFoundError
from modelyard_sandbox.moto_extensions.operations import add_operations


def install() -> None:
    """Add the operations to moto's Budgets."""
    add_operations(
        BudgetsResponse,
        create_subscriber,
        update_subscriber,
        delete_subscriber,
        describe_subscribers_for_notification,
    )


def create_subscriber(self: Any) -> ActionResult:
    """CreateSubscriber."""
    _, notification = _find(self, "create subscriber")
    subscribers = [*notification.subscribers, self._get_param("Subscriber")]
    checks.check_subscribers(subscribers)
    notification.subscribers = subscribers
    return ActionResult({})


def update_subscriber(self: Any) -> ActionResult:
    """UpdateSubscriber: another address in the place of one."""
    _, notification = _find(self, "update subscriber")
    old, new = self._get_param("OldSubscriber"), self._get_param("NewSubscriber")
    _must_have(notification, old, "update subscriber")
    subscribers = [new if item == old else item for item in notification.subscribers]
    checks.check_subscribers(subscribers)
    notification.subscribers = subscribers
    return ActionResult({})


def delete_subscriber(self: Any) -> ActionResult:
    """DeleteSubscriber; a notification goes with the last of its subscribers."""
    budget, notification = _find(self, "delete subscriber")
    gone = self._get_param("Subscriber")
    _must_have(notification, gone, "delete subscriber")
    notification.subscribers = [item for item in notification.subscribers if item != gone]
    if not notification.subscribers:
        budget.notifications.remove(notification)
    return ActionResult({})


def describe_subscribers_for_notification(self: Any) -> ActionResult:
    """DescribeSubscribersForNotification."""
    _, notification = _find(self, "get subscribers")
    return ActionResult(records.one_page(self, "Subscribers", list(notification.subscribers)))


def _find(self: Any, doing: str) -> tuple[Any, Any]:
    budget = records.find_budget(self, doing)
    return budget, records.find_notification(budget, self._get_param("Notification"), doing)


def _must_have(notification: Any, subscriber: dict[str, Any], doing: str) -> None:
    if subscriber not in notification.subscribers:
        raise NotFoundError(f"Unable to {doing} - the subscriber doesn't exist.")
