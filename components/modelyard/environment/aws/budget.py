"""The environment's budget."""

from pydantic import Field

from modelyard.environment.common import BudgetLimit


class Budget(BudgetLimit):
    """A monthly limit that warns, and closes the queues where that is asked for."""

    close_queues_at_percent: int | None = Field(default=None, ge=1, le=1_000)
    """Percentage of the limit at which every job queue is closed: what runs goes on to its end, nothing new
    starts until somebody opens the queues again. Unset, they stay open."""
