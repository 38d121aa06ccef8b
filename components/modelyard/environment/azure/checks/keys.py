"""Keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.errors import Problem

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment


LEAST_OVERLAP_DAYS = 28
"""Days that a version of a key outlives the next rotation at least, so that whoever uses it can follow."""


def versions_outlive_their_rotation(environment: AzureEnvironment) -> Iterator[Problem]:
    """No version of a key expires before the next one has taken its place."""
    keys = environment.encryption
    least = keys.rotation_days + LEAST_OVERLAP_DAYS
    if keys.expiry_days is not None and keys.expiry_days < least:
        yield Problem(
            field="encryption.expiry_days",
            given=str(keys.expiry_days),
            message=f"it would expire before the next version, of {keys.rotation_days} days later, is in use",
            allowed=f"{least} or more with these rotation_days",
            mend=f"set expiry_days: {least}, or remove it",
        )
