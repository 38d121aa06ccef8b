"""What is said of a sweep's variants, whatever the backend."""

from __future__ import annotations

from collections.abc import Sequence

NAMED = 10
"""Variants that are named one by one."""


def failed_variants(failed: Sequence[int], count: int, first_reason: str) -> str:
    """How many variants of a sweep failed, which, and why the first did."""
    named = ", ".join(map(str, failed[:NAMED]))
    more = f" and {len(failed) - NAMED:,} more" if len(failed) > NAMED else ""
    what = "variant" if count == 1 else "variants"
    reason = f"; the first: {first_reason}" if first_reason else ""
    return f"{len(failed):,} of {count:,} {what} failed ({named}{more}){reason}"
