"""What only the account knows: what is in buckets, vaults and registries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BucketFacts:
    """What is in a bucket."""

    versions: int
    """Versions of objects and delete markers."""
    locked_until: datetime | None
    """When the last lock of any of them ends; none if nothing is locked."""


@dataclass(frozen=True, slots=True)
class VaultFacts:
    """What is in a backup vault."""

    recovery_points: int
    expires_at: datetime | None
    """When the last of them goes by itself; none if there are none, or one is kept for good."""
    locked_for_good: bool
    """Whether its lock can't be taken off any more."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was asked, by region and name. What isn't there isn't in it."""

    now: datetime
    buckets: Mapping[tuple[str, str], BucketFacts] = field(default_factory=dict)
    vaults: Mapping[tuple[str, str], VaultFacts] = field(default_factory=dict)
    images: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Images of each repository."""
