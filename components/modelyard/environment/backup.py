"""Backups of the dataset bucket, and what they promise."""

from pydantic import Field

from modelyard.environment.base import Spec


class Backup(Spec):
    """A backup on a schedule. The worst loss is the interval, the start window and the completion window."""

    rpo_hours: int = Field(ge=1, le=8_760)
    """Most hours of changes that may be lost (recovery point objective)."""

    every_hours: int = Field(ge=1, le=168)
    """Hours between backups. AWS Backup starts at most one an hour."""

    start_window_minutes: int = Field(default=60, ge=60, le=10_080)
    """Minutes within which a backup starts. AWS Backup takes 60 or more."""

    completion_window_minutes: int = Field(default=180, ge=120, le=43_200)
    """Minutes within which a backup ends, counted from its start: at least 60 more than the start window."""

    retention_days: int = Field(default=35, ge=1, le=36_500)
    """Days that a backup is kept."""
