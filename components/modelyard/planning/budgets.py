"""Who is told of what a month costs, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

NOTIFICATIONS_MAX = 5
"""Notifications of one budget (AWS Budgets API Reference, CreateBudget, 2026-11; Azure's Consumption Budgets,
2024-08-01)."""

FORECAST_PERCENT = 100
"""Percentage of the limit that the forecast is held against."""


@dataclass(frozen=True, slots=True)
class Notification:
    """A message at a percentage of the limit. AWS Budgets takes one topic for each; Azure has none."""

    percent: int
    kind: Literal["ACTUAL", "FORECASTED"]
    emails: tuple[str, ...]
    topic: str | None


@dataclass(frozen=True, slots=True)
class BudgetPlan:
    """One budget; an environment may need several, all of the same limit."""

    suffix: str
    notifications: tuple[Notification, ...]


def plan_budgets(
    alert_percents: Sequence[int],
    emails: Sequence[str],
    alert_topic: str | None,
    close_at_percent: int | None,
    closing_topics: Mapping[str, str],
) -> tuple[BudgetPlan, ...]:
    """The budgets that send all the messages: alerts, a forecast beyond the limit, and what closes queues.

    A budget takes five notifications, and a notification one topic: the forecast has a budget of its own
    where five alerts are wanted, and each region's closing topic has one. On AWS budgets without actions are
    free, and on Azure all are.

    Args:
        alert_percents: percentages of the limit at which people are told.
        emails: who is told.
        alert_topic: the topic that is told as well.
        close_at_percent: percentage at which queues are closed, if any.
        closing_topics: topic that closes the queues of a region, by region.
    """
    told = tuple(emails)
    alerts = [Notification(percent, "ACTUAL", told, alert_topic) for percent in alert_percents]
    forecast = Notification(FORECAST_PERCENT, "FORECASTED", told, alert_topic)
    if len(alerts) < NOTIFICATIONS_MAX:
        plans = [BudgetPlan("monthly", (*alerts, forecast))]
    else:
        plans = [BudgetPlan("monthly", tuple(alerts)), BudgetPlan("forecast", (forecast,))]
    if close_at_percent is not None:
        plans += [
            BudgetPlan(f"closing-{region}", (Notification(close_at_percent, "ACTUAL", told, topic),))
            for region, topic in sorted(closing_topics.items())
        ]
    return tuple(plans)
