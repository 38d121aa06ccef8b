"""Budgets (REST reference of Consumption Budgets, 2024-08-01; "Tutorial: Create and manage budgets"; as of
2026-11).

What a budget's start date may be is known from what Azure refused people (pull request 12121 of
hashicorp/terraform-provider-azurerm); that it can't be moved, in Azure's words, from
Azure/CanadaPubSecALZ#317.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from typing_extensions import override

from modelyard_sandbox.azure.manager.alert_terms import ACTION_GROUP, standing
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.ids import GROUP, SUBSCRIPTION
from modelyard_sandbox.azure.manager.kinds import Kind, Write, envelope, filled
from modelyard_sandbox.azure.manager.shapes import amount, flag, many, mapping, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

BUDGET = "Microsoft.Consumption/budgets"
NAME = re.compile(r"[a-zA-Z0-9_-]{1,63}")
GRAIN_MONTHS = {"Monthly": 1, "Quarterly": 3, "Annually": 12}
"""How long the periods of a year are that a budget starts with one of."""
BILLING_GRAINS = ("BillingMonth", "BillingQuarter", "BillingAnnual")
MOST_NOTIFICATIONS = 5
MOST_EMAILS = 50
MOST_MONTHS_AHEAD = 12
YEARS = 10
"""That a budget goes on for where it doesn't say until when."""
COMPARISON = record(
    "BudgetComparisonExpression",
    {"name": text(), "operator": text("In"), "values": many(text())},
    ("name", "operator", "values"),
)
ONE_FILTER = {"dimensions": COMPARISON, "tags": COMPARISON}
NOTIFICATION = record(
    "Notification",
    {
        "contactEmails": many(text()),
        "contactGroups": many(text()),
        "contactRoles": many(text()),
        "enabled": flag(),
        "locale": text(),
        "operator": text("EqualTo", "GreaterThan", "GreaterThanOrEqualTo"),
        "threshold": amount(0, 1_000),
        "thresholdType": text("Actual", "Forecasted"),
    },
    ("contactEmails", "enabled", "operator", "threshold"),
)


class Budget(Kind):
    """A budget of a subscription or a group."""

    type = BUDGET
    api_versions = ("2021-10-01", "2023-05-01", "2023-11-01", "2024-08-01")
    parent_type = ""
    located = False
    patched = False
    shape = envelope(
        "Budget",
        record(
            "BudgetProperties",
            {
                "amount": amount(),
                "category": text("Cost"),
                "filter": record(
                    "BudgetFilter",
                    {"and": many(record("BudgetFilterProperties", ONE_FILTER)), **ONE_FILTER},
                ),
                "notifications": mapping(NOTIFICATION),
                "timeGrain": text(*GRAIN_MONTHS, *BILLING_GRAINS),
                "timePeriod": record(
                    "BudgetTimePeriod", {"endDate": text(), "startDate": text()}, ("startDate",)
                ),
            },
            required=("amount", "category", "timeGrain", "timePeriod"),
            read_only=("currentSpend", "forecastSpend"),
        ),
        required=("properties",),
        read_only=("eTag",),
    )

    @override
    def check_name(self, name: str) -> None:
        if not NAME.fullmatch(name):
            raise _refused(
                f"The budget name '{name}' is invalid: it has 1 to 63 letters, digits, underscores and "
                "hyphens.",
                "budgetName",
            )

    @override
    def settle(self, write: Write) -> Body:
        asked = write.properties
        if write.id.parent is None or write.id.parent.type not in (SUBSCRIPTION, GROUP):
            raise _refused("A budget is on a subscription or a resource group.", "scope")
        if asked["amount"] <= 0:
            raise _refused(f"The amount must be more than 0, not {asked['amount']}.", "properties.amount")
        start = _date(asked["timePeriod"]["startDate"], "startDate")
        if write.old is None:
            # Whoever deploys writes a month by the real clock, however far the sandbox's was moved on.
            now = min(write.store.now(), datetime.now(UTC))
            _check_start(start, asked["timeGrain"], now)
        elif start != _date(write.old.properties["timePeriod"]["startDate"], "startDate"):
            raise ArmError(
                400, "400", "Start date of budgets cannot be updated. Please delete and create a new budget."
            )
        end = start.replace(year=start.year + YEARS).strftime("%Y-%m-%dT%H:%M:%SZ")
        period = filled(asked["timePeriod"], {"endDate": end})
        if _date(period["endDate"], "endDate") <= start:
            raise _refused(
                f"The end date '{period['endDate']}' must be after the start date '{period['startDate']}'.",
                "properties.timePeriod.endDate",
            )
        told = {
            name: filled(notification, {"thresholdType": "Actual"})
            for name, notification in asked.get("notifications", {}).items()
        }
        _check_notifications(write.store, told)
        return {**write.asked, "properties": {**asked, "notifications": told, "timePeriod": period}}

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties = {**resource.properties, "currentSpend": {"amount": 0, "unit": "USD"}}
        return {**super().answer(store, resource), "eTag": f'"{resource.tag}"', "properties": properties}


def _date(value: str, name: str) -> datetime:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise _refused(f"The {name} '{value}' is no date.", f"properties.timePeriod.{name}") from None
    return found.replace(tzinfo=found.tzinfo or UTC)


def _check_start(start: datetime, grain: str, now: datetime) -> None:
    """Refuse a start in the past, too far ahead, or in the middle of a month."""
    months = GRAIN_MONTHS.get(grain)
    if months is None:
        return
    target = "properties.timePeriod.startDate"
    if start.day != 1:
        raise _refused(f"The start date '{start:%Y-%m-%d}' must be the first of a month.", target)
    this_month = now.month - 1
    first = this_month - this_month % months
    count = start.year * 12 + start.month - 1
    if count < now.year * 12 + first:
        raise _refused(
            f"The start date '{start:%Y-%m-%d}' of a budget with time grain '{grain}' must not be before the "
            f"current period, which began on {now.year}-{first + 1:02}-01.",
            target,
        )
    if count > now.year * 12 + this_month + MOST_MONTHS_AHEAD:
        raise _refused(
            f"The start date '{start:%Y-%m-%d}' must not be more than {MOST_MONTHS_AHEAD} months ahead.",
            target,
        )


def _check_notifications(store: Store, notifications: Body) -> None:
    if len(notifications) > MOST_NOTIFICATIONS:
        raise _refused(
            f"A budget has at most {MOST_NOTIFICATIONS} notifications, not {len(notifications)}.",
            "properties.notifications",
        )
    for name, notification in notifications.items():
        place = f"properties.notifications.{name}"
        contacts = ("contactEmails", "contactGroups", "contactRoles")
        if not any(notification.get(contact) for contact in contacts):
            raise _refused(
                f"The notification '{name}' must name whom it tells: {', '.join(contacts)}.", place
            )
        if len(notification["contactEmails"]) > MOST_EMAILS:
            raise _refused(f"The notification '{name}' has more than {MOST_EMAILS} emails.", place)
        for id_ in notification.get("contactGroups", []):
            found = standing(store, id_)
            if found is None or found.id.kind != ACTION_GROUP.lower():
                raise _refused(f"The action group '{id_}' was not found.", place)


def _refused(message: str, target: str) -> ArmError:
    return bad_request("BadRequest", message, target)
