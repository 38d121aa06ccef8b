"""What production demands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.errors import Problem

if TYPE_CHECKING:
    from modelyard.environment.aws.spec import AwsEnvironment

LONGEST_WINDOW_DAYS = 30
"""Most days that KMS waits before it deletes a key (AWS KMS API Reference, ScheduleKeyDeletion, 2026-11)."""


def keys_wait_as_long_as_they_can(environment: AwsEnvironment) -> Iterator[Problem]:
    """In production a key that is deleted by mistake can be taken back for as long as KMS allows."""
    days = environment.encryption.deletion_window_days
    if environment.stage == "production" and days < LONGEST_WINDOW_DAYS:
        yield Problem(
            field="encryption.deletion_window_days",
            given=str(days),
            message="with a key all that it encrypts is lost: in production its deletion waits as long as "
            "KMS lets it",
            allowed=str(LONGEST_WINDOW_DAYS),
            mend="remove deletion_window_days",
        )
