"""What AWS Budgets refuses in a budget, a notification and a subscriber."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from modelyard_sandbox.moto_extensions.budgets.errors import (
    CreationLimitExceededError,
    DuplicateRecordError,
    InvalidParameterError,
)

NAME_LENGTH_MAX = 100
AMOUNT = re.compile(r"([0-9]*\.)?[0-9]+")
EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
TOPIC = re.compile(r"arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]{1,256}(\.fifo)?")
TIME_UNITS = ("DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY", "CUSTOM")
BUDGET_TYPES = (
    "USAGE",
    "COST",
    "RI_UTILIZATION",
    "RI_COVERAGE",
    "SAVINGS_PLANS_UTILIZATION",
    "SAVINGS_PLANS_COVERAGE",
)
NOTIFICATION_TYPES = ("ACTUAL", "FORECASTED")
OPERATORS = ("GREATER_THAN", "LESS_THAN", "EQUAL_TO")
THRESHOLD_TYPES = ("PERCENTAGE", "ABSOLUTE_VALUE")
THRESHOLD_MAX = {"PERCENTAGE": 1_000_000, "ABSOLUTE_VALUE": 15_000_000_000_000}
NOTIFICATIONS_MAX = 5
EMAILS_MAX, TOPICS_MAX = 10, 1


def require(holds: object, message: str) -> None:
    """Refuse unless something holds."""
    if not holds:
        raise InvalidParameterError(message)


def one_of(member: str, value: object, allowed: Iterable[str]) -> None:
    """Refuse a value that isn't in an enumeration."""
    allowed = tuple(allowed)
    require(value in allowed, f"{member} must be one of {', '.join(allowed)}, not {value}")


def check_budget(budget: Mapping[str, Any]) -> None:
    """Refuse a budget that AWS documents as invalid."""
    name = budget["BudgetName"]
    require(1 <= len(name) <= NAME_LENGTH_MAX, f"A budget's name has 1 to {NAME_LENGTH_MAX} characters")
    require(
        not re.search(r"[:\\]|/action/", name),
        f"The characters : and \\ and the part /action/ aren't allowed in a budget's name: {name}",
    )
    one_of("TimeUnit", budget.get("TimeUnit"), TIME_UNITS)
    one_of("BudgetType", budget.get("BudgetType"), BUDGET_TYPES)
    given = [key for key in ("BudgetLimit", "PlannedBudgetLimits", "AutoAdjustData") if budget.get(key)]
    require(
        given or budget["BudgetType"] not in ("COST", "USAGE"),
        "Unable to create/update budget - please provide one of the followings: "
        "Budget Limit/ Planned Budget Limit/ Auto Adjust Data",
    )
    require(len(given) < 2, f"{' and '.join(given)} can't be used together")
    limits = [budget.get("BudgetLimit"), *(budget.get("PlannedBudgetLimits") or {}).values()]
    for limit in filter(None, limits):
        require(
            AMOUNT.fullmatch(str(limit["Amount"])), f"The amount {limit['Amount']} is not a positive number"
        )
    _check_period(budget.get("TimePeriod") or {})


def check_notification(notification: Mapping[str, Any], budget: Mapping[str, Any]) -> None:
    """Refuse a notification that AWS documents as invalid, for its budget."""
    one_of("NotificationType", notification.get("NotificationType"), NOTIFICATION_TYPES)
    one_of("ComparisonOperator", notification.get("ComparisonOperator"), OPERATORS)
    kind = notification.get("ThresholdType", "PERCENTAGE")
    one_of("ThresholdType", kind, THRESHOLD_TYPES)
    most = THRESHOLD_MAX[kind]
    threshold = notification.get("Threshold", -1)
    require(0 <= threshold <= most, f"Threshold must be from 0 to {most} for {kind}, not {threshold}")
    require(
        notification["NotificationType"] != "FORECASTED" or budget.get("TimeUnit") != "DAILY",
        "Daily budgets don't support forecasted notifications",
    )


def check_subscriber(subscriber: Mapping[str, Any]) -> None:
    """Refuse an address that can't be told anything."""
    one_of("SubscriptionType", subscriber.get("SubscriptionType"), ("SNS", "EMAIL"))
    pattern = EMAIL if subscriber["SubscriptionType"] == "EMAIL" else TOPIC
    address = subscriber.get("Address", "")
    require(pattern.fullmatch(address), f"{address!r} is not an address for {subscriber['SubscriptionType']}")


def check_subscribers(subscribers: list[dict[str, Any]]) -> None:
    """Refuse a notification's subscribers: none, too many, one twice, or an address that is none."""
    require(subscribers, "A notification must have at least one subscriber")
    for subscriber in subscribers:
        check_subscriber(subscriber)
    if any(subscribers.count(subscriber) > 1 for subscriber in subscribers):
        raise DuplicateRecordError("Unable to create subscriber - the subscriber already exists.")
    for kind, most in (("EMAIL", EMAILS_MAX), ("SNS", TOPICS_MAX)):
        if sum(subscriber["SubscriptionType"] == kind for subscriber in subscribers) > most:
            raise CreationLimitExceededError(f"A notification can have {most} {kind} subscribers at most")


def _check_period(period: Mapping[str, Any]) -> None:
    start, end = period.get("Start"), period.get("End")
    require(start is None or end is None or start < end, "The start date must come before the end date")
