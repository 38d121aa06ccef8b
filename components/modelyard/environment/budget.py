"""The environment's budget."""

from typing import Annotated

from pydantic import Field

from modelyard.environment.base import Email, Spec


class Budget(Spec):
    """A monthly limit that warns, and closes the queues where that is asked for."""

    monthly_usd: int = Field(ge=1, le=1_000_000_000)
    """US dollars a month."""

    alert_percents: list[Annotated[int, Field(ge=1, le=1_000)]] = Field(
        default=[80, 100], min_length=1, max_length=5
    )
    """Percentages of the limit at which a message is sent. AWS Budgets takes at most five."""

    alert_emails: list[Email] = Field(min_length=1, max_length=10)
    """Who is told. AWS Budgets takes at most ten addresses."""

    close_queues_at_percent: int | None = Field(default=None, ge=1, le=1_000)
    """Percentage of the limit at which every job queue is closed: what runs goes on to its end, nothing new
    starts until somebody opens the queues again. Unset, they stay open."""
