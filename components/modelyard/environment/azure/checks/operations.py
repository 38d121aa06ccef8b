"""Budgets, alarms, and plans of Microsoft Defender."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.environment.checks import budget as shared
from modelyard.environment.checks import emails
from modelyard.errors import Problem
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment


def alerts_are_ascending(environment: AzureEnvironment) -> Iterator[Problem]:
    """Alerts stand in the order in which they go off, each once."""
    return shared.alerts_are_ascending(environment.budget)


def budget_addresses_are_named_once(environment: AzureEnvironment) -> Iterator[Problem]:
    """Nobody is told twice of one thing."""
    budget = environment.budget
    return emails.named_once(budget.alert_emails if budget is not None else [], "budget.alert_emails")


def alarm_addresses_are_named_once(environment: AzureEnvironment) -> Iterator[Problem]:
    """Nobody is told twice of an alarm."""
    return emails.named_once(environment.monitoring.alarm_emails, "monitoring.alarm_emails")


def plans_are_named_once(environment: AzureEnvironment) -> Iterator[Problem]:
    """No plan is turned on twice."""
    plans = environment.monitoring.defender_plans
    for place, plan in enumerate(plans):
        if plan in plans[:place]:
            yield Problem(
                field=f"monitoring.defender_plans[{place}]",
                given=given_text(plan),
                message=f"{plan} is named already",
                allowed="each plan once",
                mend="remove one of the two",
            )
