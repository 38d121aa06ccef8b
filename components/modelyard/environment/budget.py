"""The environment's budget."""

from typing import Annotated

from pydantic import Field

from modelyard.environment.base import Spec

Email = Annotated[
    str,
    Field(
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        max_length=50,
        json_schema_extra={"allowed": "an e-mail address of 50 characters at most, as team@example.com"},
    ),
]


class Budget(Spec):
    """A monthly limit that warns; nothing is stopped by it."""

    monthly_usd: int = Field(ge=1, le=1_000_000_000)
    """US dollars a month."""

    alert_percents: list[Annotated[int, Field(ge=1, le=1_000)]] = Field(
        default=[80, 100], min_length=1, max_length=5
    )
    """Percentages of the limit at which a message is sent. AWS Budgets takes at most five."""

    alert_emails: list[Email] = Field(min_length=1, max_length=10)
    """Who is told. AWS Budgets takes at most ten addresses."""
