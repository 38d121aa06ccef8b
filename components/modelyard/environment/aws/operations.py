"""Running an environment: what is watched, and when it may be used."""

from typing import Annotated, Literal

from pydantic import Field

from modelyard.environment.base import Email, LogRetentionDays, Spec

ClockTime = Annotated[
    str,
    Field(
        pattern=r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$",
        json_schema_extra={
            "allowed": 'a time of day in quotes, from "00:00" to "23:59"',
            "mend": 'write hours and minutes in quotes, as "07:30"',
        },
    ),
]


class Monitoring(Spec):
    """What is watched, and who is told."""

    alarm_emails: list[Email] = Field(default=[], max_length=10)
    """Who is told of alarms, each by an e-mail that has to be confirmed once. The topic takes other
    subscribers as well."""

    idle_accelerator_percent: int = Field(default=5, ge=1, le=50)
    """Utilization in percent below which the accelerators of running nodes count as idle."""

    idle_accelerator_minutes: int = Field(default=60, ge=15, le=1_440)
    """Minutes that accelerators are idle before somebody is told."""

    stuck_queue_minutes: int = Field(default=60, ge=15, le=10_080)
    """Minutes that a job waits at the head of its queue before somebody is told."""

    replication_lag_minutes: int = Field(default=15, ge=15, le=1_440)
    """Minutes that copies to the recovery region may lag before somebody is told. S3 commits to 15."""

    log_retention_days: LogRetentionDays = 365
    """Days that the jobs' and nodes' logs are kept: one of the periods that CloudWatch Logs knows."""


class WorkingHours(Spec):
    """When an environment that isn't production may be used: outside of these hours its queues are closed and
    no node is kept up. Jobs that run go on to their end.
    """

    opens: ClockTime
    """Time of day at which queues open."""

    closes: ClockTime
    """Time of day at which they close, later than `opens`."""

    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(
        default=["mon", "tue", "wed", "thu", "fri"], min_length=1, max_length=7
    )
    """Days on which they open."""

    time_zone: Annotated[
        str,
        Field(
            pattern=r"^[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}$",
            examples=["Europe/Berlin"],
            json_schema_extra={"allowed": "the name of a time zone, as Europe/Berlin or UTC"},
        ),
    ]
    """Time zone of these times, by its IANA name."""
