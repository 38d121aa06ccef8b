"""Budgets, whose beginning is settled once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from arming import GROUP, HOME, LOCATION, VAULT, Arm, vault

BUDGET = f"{HOME}/providers/Microsoft.Consumption/budgets/monthly"
OF_A_GROUP = BUDGET.replace(HOME, GROUP)
PEOPLE = f"{GROUP}/providers/Microsoft.Insights/actionGroups/people"


def note(**parts: Any) -> dict[str, Any]:
    given = {"contactEmails": ["a@example.org"], "operator": "GreaterThan", "threshold": 80}
    return {"enabled": True, **given, **parts}


def budget(start: str = "2026-12-01T00:00:00Z", end: str | None = None, **properties: Any) -> dict[str, Any]:
    period = {"startDate": start, **({"endDate": end} if end else {})}
    given = {"amount": 1000, "category": "Cost", "timeGrain": "Monthly", "timePeriod": period}
    return {"properties": {**given, **properties}}


def test_a_budget_is_made_changed_and_deleted(group: Arm) -> None:
    made = group.put(BUDGET, budget(notifications={"actual": note()}))
    assert made["properties"] == {
        "amount": 1000,
        "category": "Cost",
        "timeGrain": "Monthly",
        "timePeriod": {"startDate": "2026-12-01T00:00:00Z", "endDate": "2036-12-01T00:00:00Z"},
        "notifications": {"actual": note(thresholdType="Actual")},
        "currentSpend": {"amount": 0, "unit": "USD"},
    }
    assert group.put(BUDGET, made)["properties"] == made["properties"], "an answer can be sent back"
    group.clock.move(days=60)
    changed = group.put(BUDGET, budget(amount=0.5))
    assert changed["properties"]["amount"] == 0.5, "its start may be past by then"
    group.put(OF_A_GROUP, budget("2027-01-01"))
    assert group.listed(f"{GROUP}/providers/Microsoft.Consumption/budgets") == ["monthly"]
    assert group.listed(f"{HOME}/providers/Microsoft.Consumption/budgets") == ["monthly", "monthly"]
    assert group.listed(f"{GROUP}/resources") == []
    assert group.call("DELETE", BUDGET)[0] == 200


def test_a_budget_may_start_with_the_real_month_however_far_the_clock_was_moved(group: Arm) -> None:
    group.clock.move(days=4_000)
    group.put(BUDGET, budget(f"{datetime.now(UTC):%Y-%m}-01"))


def test_a_budgets_start_can_not_be_moved(arm: Arm) -> None:
    arm.put(BUDGET, budget())
    assert arm.refused("PUT", BUDGET, budget("2027-01-01T00:00:00Z")) == (
        400,
        "400",
        "Start date of budgets cannot be updated. Please delete and create a new budget.",
    )
    arm.put(BUDGET, budget("2026-12-01"))
    arm.put(BUDGET, budget("2026-12-01T00:00:00+00:00"))


@pytest.mark.parametrize(
    ("start", "grain"),
    [
        ("2026-11-01", "Monthly"),
        ("2027-11-01", "Monthly"),
        ("2026-10-01", "Quarterly"),
        ("2026-01-01", "Annually"),
        ("2026-11-18", "BillingMonth"),
    ],
)
def test_a_budget_starts_with_the_current_period_at_the_earliest(arm: Arm, start: str, grain: str) -> None:
    arm.put(BUDGET, budget(start, timeGrain=grain))


@pytest.mark.parametrize(
    ("start", "grain", "message"),
    [
        ("2026-12-15", "Monthly", "The start date '2026-12-15' must be the first of a month."),
        (
            "2026-10-01",
            "Monthly",
            (
                "The start date '2026-10-01' of a budget with time grain 'Monthly' must not be before the current "
                "period, which began on 2026-11-01."
            ),
        ),
        (
            "2026-09-01",
            "Quarterly",
            (
                "The start date '2026-09-01' of a budget with time grain 'Quarterly' must not be before the current "
                "period, which began on 2026-10-01."
            ),
        ),
        ("2027-12-01", "Monthly", "The start date '2027-12-01' must not be more than 12 months ahead."),
        ("next month", "Monthly", "The startDate 'next month' is no date."),
    ],
)
def test_a_budget_does_not_start_whenever(arm: Arm, start: str, grain: str, message: str) -> None:
    assert arm.refused("PUT", BUDGET, budget(start, timeGrain=grain)) == (400, "BadRequest", message)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (budget(amount=0), "The amount must be more than 0, not 0."),
        (
            budget(end="2026-12-01T00:00:00Z"),
            "The end date '2026-12-01T00:00:00Z' must be after the start date '2026-12-01T00:00:00Z'.",
        ),
        (
            budget(notifications={str(at): note() for at in range(6)}),
            "A budget has at most 5 notifications, not 6.",
        ),
        (
            budget(notifications={"a": note(contactEmails=[])}),
            "The notification 'a' must name whom it tells: contactEmails, contactGroups, contactRoles.",
        ),
        (
            budget(notifications={"a": note(contactEmails=["a@example.org"] * 51)}),
            "The notification 'a' has more than 50 emails.",
        ),
        (
            budget(notifications={"a": note(contactGroups=[PEOPLE])}),
            f"The action group '{PEOPLE}' was not found.",
        ),
    ],
)
def test_a_budget_that_can_not_be_is_refused(arm: Arm, body: dict[str, Any], message: str) -> None:
    assert arm.refused("PUT", BUDGET, body) == (400, "BadRequest", message)


def test_a_budget_may_tell_an_action_group_or_a_role(group: Arm) -> None:
    told = {"location": "global", "properties": {"groupShortName": "people"}}
    group.put(PEOPLE, told)
    to_a_group = note(contactEmails=[], contactGroups=[PEOPLE])
    to_a_role = note(contactEmails=[], contactRoles=["Owner"], thresholdType="forecasted")
    made = group.put(BUDGET, budget(notifications={"group": to_a_group, "role": to_a_role}))
    assert made["properties"]["notifications"]["role"]["thresholdType"] == "Forecasted"


def test_a_budget_is_of_a_subscription_or_a_group(group: Arm) -> None:
    group.put(VAULT, vault())
    assert group.refused("PUT", BUDGET.replace(HOME, VAULT), budget()) == (
        400,
        "BadRequest",
        "A budget is on a subscription or a resource group.",
    )
    assert group.refused("PUT", BUDGET.replace("/monthly", "/a.b"), budget()) == (
        400,
        "BadRequest",
        "The budget name 'a.b' is invalid: it has 1 to 63 letters, digits, underscores and hyphens.",
    )
    nowhere = OF_A_GROUP.replace("/rg/", "/none/")
    assert group.refused("PUT", nowhere, budget())[1] == "ResourceGroupNotFound"
    assert LOCATION not in str(group.put(OF_A_GROUP, budget()))
