"""What AWS Backup refuses in names, roles, windows, lifecycles and schedules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from modelyard_sandbox.moto_extensions.backup.errors import (
    InvalidParameterError,
    MissingParameterError,
)

VAULT_NAME = re.compile(r"[a-zA-Z0-9\-_]{2,50}")
NAME = re.compile(r"[a-zA-Z0-9\-_.]{1,50}")
ROLE_ARN = re.compile(r"arn:[\w-]+:iam::\d{12}:role/.+")
VAULT_ARN = re.compile(
    r"arn:(?P<partition>aws[\w-]*):backup:(?P<region>[\w-]+):(?P<account>\d{12})"
    r":backup-vault:(?P<name>[a-zA-Z0-9\-_]{2,50})"
)
START_WINDOW_MINUTES_MIN = 60
COMPLETION_AFTER_START_MINUTES = 60
WINDOW_MINUTES_MAX = 52_560_000
DAYS_MAX = 36_500
COLD_STORAGE_DAYS_MIN = 30
IN_COLD_STORAGE_DAYS_MIN = 90
CRON_FIELDS = 6


def require(holds: object, message: str) -> None:
    """Refuse unless something holds."""
    if not holds:
        raise InvalidParameterError(message)


def required(values: Mapping[str, Any], *names: str) -> None:
    """Refuse what lacks a member that it must have."""
    missing = [name for name in names if values.get(name) in (None, "", [], {})]
    if missing:
        raise MissingParameterError(f"The request lacks {', '.join(missing)}")


def check_role(arn: object) -> None:
    """Refuse what isn't the arn of a role; whether Backup may assume it is not looked at."""
    require(isinstance(arn, str) and ROLE_ARN.fullmatch(arn), f"Invalid role ARN: {arn}")


def vault_place(arn: str) -> Mapping[str, str]:
    """Region, account and name of a vault's arn."""
    found = VAULT_ARN.fullmatch(arn)
    if found is None:
        raise InvalidParameterError(f"Invalid backup vault ARN: {arn}")
    return found.groupdict()


def check_windows(start: int | None, completion: int | None) -> None:
    """Refuse a start window under an hour, and a completion window that ends less than an hour after it."""
    if start is not None:
        require(
            START_WINDOW_MINUTES_MIN <= start <= WINDOW_MINUTES_MAX,
            f"StartWindowMinutes must be from {START_WINDOW_MINUTES_MIN} to {WINDOW_MINUTES_MAX}, "
            f"not {start}",
        )
    if completion is not None:
        least = (start or 0) + COMPLETION_AFTER_START_MINUTES
        require(
            least <= completion <= WINDOW_MINUTES_MAX,
            f"Completion window must be at least {COMPLETION_AFTER_START_MINUTES} minutes greater than "
            f"start window: {completion} for {start or 0}",
        )


def check_lifecycle(lifecycle: Mapping[str, Any] | None, *, continuous: bool = False) -> None:
    """Refuse a lifecycle that AWS documents as invalid; -1 stands for never."""
    cold, delete = _days(lifecycle, "MoveToColdStorageAfterDays"), _days(lifecycle, "DeleteAfterDays")
    require("DeleteAfterEvent" not in (lifecycle or {}), "DeleteAfterEvent is not valid as an input")
    if continuous:
        require(cold is None, "Invalid lifecycle. MoveToColdStorageAfterDays is unavailable")
        require(
            delete is None or delete <= 35,
            f"Invalid lifecycle. DeleteAfterDays of a continuous backup is 35 at most, not {delete}",
        )
    require(
        delete is None or 1 <= delete <= DAYS_MAX,
        f"Invalid lifecycle. DeleteAfterDays cannot be less than 1 or more than {DAYS_MAX} days",
    )
    require(
        cold is None or COLD_STORAGE_DAYS_MIN <= cold <= DAYS_MAX,
        f"Invalid lifecycle. MoveToColdStorageAfterDays cannot be less than {COLD_STORAGE_DAYS_MIN} "
        f"or more than {DAYS_MAX} days",
    )
    require(
        cold is None or delete is None or delete >= cold + IN_COLD_STORAGE_DAYS_MIN,
        f"Invalid lifecycle. DeleteAfterDays cannot be less than {IN_COLD_STORAGE_DAYS_MIN} days "
        "apart from MoveToColdStorageAfterDays",
    )


def check_schedule(expression: str) -> None:
    """Refuse what is neither cron nor rate, and what comes more than once an hour."""
    cron = re.fullmatch(r"cron\((.+)\)", expression)
    rate = re.fullmatch(r"rate\((\d+) (minutes?|hours?|days?)\)", expression)
    require(cron or rate, f"Invalid schedule expression: {expression}")
    if cron:
        _check_cron(cron.group(1).split(), expression)
    if rate:
        count, unit = int(rate.group(1)), rate.group(2)
        hourly = count >= 1 and (not unit.startswith("minute") or count >= 60)
        require(hourly, f"A schedule can't come more often than once an hour: {expression}")


def _check_cron(fields: list[str], expression: str) -> None:
    require(len(fields) == CRON_FIELDS, f"A cron expression has {CRON_FIELDS} fields: {expression}")
    require(
        all(re.fullmatch(r"[\w*?/,#-]+", field) for field in fields),
        f"Invalid schedule expression: {expression}",
    )
    minute, _, day_of_month, _, day_of_week, _ = fields
    require(
        re.fullmatch(r"\d{1,2}", minute) and int(minute) < 60,
        f"A schedule can't come more often than once an hour: {expression}",
    )
    require(
        "?" in (day_of_month, day_of_week) or "*" in (day_of_month, day_of_week),
        f"One of day of month and day of week must be ?: {expression}",
    )


def _days(lifecycle: Mapping[str, Any] | None, name: str) -> int | None:
    days = (lifecycle or {}).get(name)
    return None if days == -1 else days
