"""What an environment says on any cloud, in the same words."""

from typing import Annotated, Literal

from pydantic import Field

from modelyard.environment.base import Email, Slug, Spec, TagValue

OF_A_CLOUD = Field(json_schema_extra={"allowed": "aws, azure", "mend": "write cloud: aws, or cloud: azure"})
"""Words for `cloud`, of which each cloud's model takes its own alone."""


class CommonEnvironment(Spec):
    """An environment: one data center for training."""

    cloud: str
    """Cloud that the environment is built on."""

    name: Slug
    """Name of the environment, as dev or prod; part of every resource's name."""

    stage: Literal["development", "staging", "production"]
    """What it is for. In production what holds data is protected from deletion. `development` is the weaker
    choice."""

    owner: TagValue
    """Team that answers for the environment."""

    cost_center: TagValue
    """Cost centre that pays for it."""

    data_classification: Literal["public", "internal", "confidential", "restricted"]
    """Highest classification of the data that is kept in it."""

    residency: Annotated[
        str,
        Field(
            pattern=r"^[a-z]{2,12}$",
            examples=["eu"],
            json_schema_extra={"allowed": "a jurisdiction in lower case, as eu or us; or unrestricted"},
        ),
    ]
    """Jurisdiction that data may not leave, as eu or us; `unrestricted` for none."""


class BudgetLimit(Spec):
    """A monthly limit that warns."""

    monthly_usd: int = Field(ge=1, le=1_000_000_000)
    """US dollars a month."""

    alert_percents: list[Annotated[int, Field(ge=1, le=1_000)]] = Field(
        default=[80, 100], min_length=1, max_length=5
    )
    """Percentages of the limit at which a message is sent: five at most, as either cloud's budgets take."""

    # No more than AWS Budgets takes for an alert.
    alert_emails: list[Email] = Field(min_length=1, max_length=10)
    """Who is told: ten addresses at most."""


class Training(Spec):
    """How much of training may be lost, and how soon it goes on. What the cloud publishes no commitment for
    is unknown, unless it is assumed here.
    """

    checkpoint_every_minutes: int = Field(ge=1, le=10_080)
    """Minutes between checkpoints, as jobs are written."""

    checkpoint_upload_minutes: int = Field(ge=1, le=1_440)
    """Minutes that the upload of a checkpoint takes at most."""

    rpo_minutes: int | None = Field(default=None, ge=1, le=100_000)
    """Most minutes of training that may be lost (recovery point objective). Unset, there is no target."""

    rto_minutes: int | None = Field(default=None, ge=1, le=100_000)
    """Most minutes until training goes on (recovery time objective). Unset, there is no target."""

    assumed_capacity_minutes: int | None = Field(default=None, ge=1, le=100_000)
    """Minutes until machines are there that training can go on on."""

    assumed_start_minutes: int | None = Field(default=None, ge=1, le=1_440)
    """Minutes from a machine's launch to the first step: boot, image, loading the checkpoint."""


class Promotion(Spec):
    """What happens to checkpoints that are promoted: those under `keep/`, which are written locked."""

    lock_mode: Literal["governance", "compliance"]
    """`governance`: who holds a special permission may remove the lock. `compliance`: nobody, not even the
    owner of the account, before the lock ends."""

    lock_days: int = Field(ge=1, le=36_500)
    """Days that a promoted checkpoint can't be deleted or overwritten."""
