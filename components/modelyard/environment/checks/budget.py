"""Budgets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.errors import Problem
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.spec import AwsEnvironment


def alerts_are_ascending(environment: AwsEnvironment) -> Iterator[Problem]:
    """Alerts stand in the order in which they go off, each once."""
    percents = environment.budget.alert_percents if environment.budget is not None else []
    in_order = sorted(set(percents))
    if percents != in_order:
        yield Problem(
            field="budget.alert_percents",
            given=f"[{', '.join(map(str, percents))}]",
            message="the percentages aren't ascending, or one stands there twice",
            allowed="each percentage once, the lowest first",
            mend=f"set alert_percents: [{', '.join(map(str, in_order))}]",
        )


def addresses_are_named_once(environment: AwsEnvironment) -> Iterator[Problem]:
    """AWS Budgets refuses a notification that has one address twice."""
    emails = environment.budget.alert_emails if environment.budget is not None else []
    for place, email in enumerate(emails):
        if email in emails[:place]:
            yield Problem(
                field=f"budget.alert_emails[{place}]",
                given=given_text(email),
                message=f"{email} is named already",
                allowed="each address once",
                mend="remove one of the two",
            )
