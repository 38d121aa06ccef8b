"""Budgets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.environment.checks import budget as shared
from modelyard.environment.checks import emails
from modelyard.errors import Problem

if TYPE_CHECKING:
    from modelyard.environment.aws.spec import AwsEnvironment


def alerts_are_ascending(environment: AwsEnvironment) -> Iterator[Problem]:
    """Alerts stand in the order in which they go off, each once."""
    return shared.alerts_are_ascending(environment.budget)


def addresses_are_named_once(environment: AwsEnvironment) -> Iterator[Problem]:
    """AWS Budgets refuses a notification that has one address twice."""
    budget = environment.budget
    return emails.named_once(budget.alert_emails if budget is not None else [], "budget.alert_emails")
