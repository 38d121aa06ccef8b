"""A value that carries where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

HOURS_PER_MONTH = 730
"""Hours in a month as clouds bill it."""


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """One value out of the world, never a bare number."""

    value: T
    unit: str
    """What the value counts, as `USD/hour`."""
    source: str
    """Who says so: a publication, a file with its version, an address."""
    as_of: str
    """ISO date of the source, or a plain statement as "undated, late 2025 to 2026"."""
    note: str = ""
    """What a reader has to know before relying on it; empty if nothing."""
