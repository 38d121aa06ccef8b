"""Whether the budget can be made: Azure takes none that starts in a month that is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from modelyard.planning.names import monthly_budget
from modelyard_cli.account.survey import Subject

if TYPE_CHECKING:
    from modelyard_cli.account.azure.session import Session
    from modelyard_cli.account.azure.survey import Loaded
    from modelyard_cli.findings import Finding

API_VERSION = "2024-08-01"
"""Of budgets (REST reference, 2026-11)."""


def check(session: Session, loaded: Loaded) -> Iterator[Finding]:
    """Look at the month that it starts with; one that stands keeps its own."""
    budget = loaded.environment.budget
    if budget is None:
        return
    name = monthly_budget(loaded.environment.name)
    subject = Subject("budget", f"budget {name}", "its making by `pulumi up`", "budget.start_month")
    place = f"{session.home}/providers/Microsoft.Consumption/budgets/{name}"
    if session.arm.find(place, API_VERSION) is not None:
        yield subject.found("stands already")
        return
    now = f"{datetime.now(UTC):%Y-%m}"
    start = budget.start_month or now
    if start >= now:
        yield subject.found(f"starts with {start}")
    else:
        yield subject.missing(
            f"starts with {start}, which is over: Azure takes this month or a later one",
            f'set start_month to "{now}"',
        )
