"""When an environment is open, as EventBridge Scheduler reads it."""

from __future__ import annotations

import json
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

OPENS, CLOSES = "opens", "closes"
"""What the names of schedules begin with: whoever keeps an environment closed looks for the first."""


@dataclass(frozen=True, slots=True)
class SchedulePlan:
    """One call of AWS Batch at a time of day."""

    name: str
    expression: str
    target: str
    """ARN of the call, as universal targets name it."""
    input: str
    """The request, as JSON. Its members begin with capitals, other than in Batch's own API: so the targets of
    other services have it (EventBridge Scheduler User Guide, "Using universal targets", 2026-11)."""


def cron(time: str, days: Sequence[str]) -> str:
    """The expression for a time of day (`HH:MM`) on some days, each named once, in their order."""
    hour, minute = time.split(":")
    named = ",".join(day.upper() for day in DAYS if day in days)
    return f"cron({int(minute)} {int(hour)} ? * {named} *)"


def queue_schedules(
    pool: str, queue_arn: str, opens: str, closes: str, days: Sequence[str]
) -> list[SchedulePlan]:
    """Open and close a pool's queue: a closed one takes no new jobs."""
    return [
        SchedulePlan(
            name=f"{prefix}-queue-{pool}",
            expression=cron(time, days),
            target=_call("updateJobQueue"),
            input=json.dumps({"JobQueue": queue_arn, "State": state}),
        )
        for prefix, time, state in ((OPENS, opens, "ENABLED"), (CLOSES, closes, "DISABLED"))
    ]


def node_schedules(
    pool: str, environment_arn: str, kept_vcpus: int, opens: str, closes: str, days: Sequence[str]
) -> list[SchedulePlan]:
    """Let a pool's nodes start, and keep some up, or neither.

    Closing a queue isn't enough: the jobs that wait in it would still start (AWS Batch API Reference,
    UpdateJobQueue, state, 2026-11). In a disabled compute environment none starts, and what runs goes on.
    """
    return [
        SchedulePlan(
            name=f"{prefix}-nodes-{pool}",
            expression=cron(time, days),
            target=_call("updateComputeEnvironment"),
            input=json.dumps(
                {
                    "ComputeEnvironment": environment_arn,
                    "State": state,
                    "ComputeResources": {"MinvCpus": vcpus},
                }
            ),
        )
        for prefix, time, state, vcpus in (
            (OPENS, opens, "ENABLED", kept_vcpus),
            (CLOSES, closes, "DISABLED", 0),
        )
    ]


def open_hours_a_week(opens: str, closes: str, days: Sequence[str]) -> float:
    """Hours a week that an environment is open, if it closes later on the day than it opens."""
    return len(set(days)) * max(0, minutes_of(closes) - minutes_of(opens)) / 60


def minutes_of(time: str) -> int:
    """Minutes since midnight of a time of day (`HH:MM`)."""
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


def is_time_zone(name: str) -> bool:
    """Whether there is a time zone of this name; on a machine without the database every name counts as
    one.
    """
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return not time_zones()
    return True


def time_zones() -> tuple[str, ...]:
    """The names of the IANA database; none on a machine without it."""
    return tuple(sorted(zoneinfo.available_timezones()))


def _call(operation: str) -> str:
    return f"arn:aws:scheduler:::aws-sdk:batch:{operation}"
