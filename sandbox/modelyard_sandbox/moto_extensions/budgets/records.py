"""The budgets of an account, and what belongs to them, in moto's backend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelyard_sandbox.moto_extensions.budgets.checks import NOTIFICATIONS_MAX
from modelyard_sandbox.moto_extensions.budgets.errors import (
    AccessDeniedError,
    CreationLimitExceededError,
    DuplicateRecordError,
    InvalidParameterError,
    NotFoundError,
)
from modelyard_sandbox.moto_extensions.pages import BadTokenError, page

DEFAULT_PAGE = 100


def budgets_of(self: Any) -> dict[str, Any]:
    """The caller's budgets, by name."""
    account_id = self._get_param("AccountId")
    if account_id != self.current_account:
        raise AccessDeniedError(
            f"Account {self.current_account} is not authorized to access the budgets of {account_id}"
        )
    return self.backend.budgets[account_id]


def find_budget(self: Any, doing: str) -> Any:
    """The budget that a request names."""
    name = self._get_param("BudgetName")
    found = budgets_of(self).get(name)
    if found is None:
        raise NotFoundError(f"Unable to {doing}: {name} - the budget doesn't exist.")
    return found


def identity(notification: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a notification is told from others by."""
    return (
        notification.get("NotificationType"),
        notification.get("ComparisonOperator"),
        float(notification.get("Threshold", 0)),
        notification.get("ThresholdType", "PERCENTAGE"),
    )


def find_notification(budget: Any, wanted: Mapping[str, Any], doing: str) -> Any:
    """A budget's notification."""
    for notification in budget.notifications:
        if identity(notification.details) == identity(wanted):
            return notification
    raise NotFoundError(f"Unable to {doing} - the notification doesn't exist.")


def refuse_taken(budget: Any, wanted: Mapping[str, Any]) -> None:
    """Refuse a notification that the budget has already."""
    if any(identity(item.details) == identity(wanted) for item in budget.notifications):
        raise DuplicateRecordError("Unable to create notification - the notification already exists.")


def refuse_too_many(count: int) -> None:
    """Refuse more notifications than a budget can have."""
    if count > NOTIFICATIONS_MAX:
        raise CreationLimitExceededError(f"A budget can have {NOTIFICATIONS_MAX} notifications at most")


def described(notification: Mapping[str, Any]) -> dict[str, Any]:
    """A notification as it is kept and shown."""
    return {"ThresholdType": "PERCENTAGE", "NotificationState": "OK", **notification}


def one_page(self: Any, member: str, items: list[Any]) -> dict[str, Any]:
    """One page of an answer."""
    size = self._get_param("MaxResults") or DEFAULT_PAGE
    try:
        shown, token = page(items, self._get_param("NextToken"), size)
    except BadTokenError as error:
        raise InvalidParameterError(f"The next token is not valid: {error}") from error
    return {member: shown, **({"NextToken": token} if token else {})}
