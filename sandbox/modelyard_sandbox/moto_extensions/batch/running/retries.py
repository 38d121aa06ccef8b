"""Whether a failed attempt is followed by another.

Source: AWS Batch user guide, "Automated job retries" and "Job timeouts"; AWS Batch API reference,
RetryStrategy and EvaluateOnExit; 2026-11. Conditions are looked at in their order, the first whose patterns
all fit decides, and if none fits the job is retried. An attempt that took too long, or was ended by
somebody, is the last one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def is_retried(
    strategy: Mapping[str, Any] | None,
    attempts_made: int,
    *,
    exit_code: int | None,
    reason: str | None,
    status_reason: str | None,
) -> bool:
    """Whether an attempt that failed so is followed by another."""
    if strategy is None or attempts_made >= (strategy.get("attempts") or 1):
        return False
    conditions: Sequence[Mapping[str, str]] = strategy.get("evaluateOnExit") or []
    said = {
        "onExitCode": "" if exit_code is None else str(exit_code),
        "onReason": reason or "",
        "onStatusReason": status_reason or "",
    }
    for condition in conditions:
        patterns = {name: pattern for name, pattern in condition.items() if name in said}
        if all(_fits(said[name], pattern) for name, pattern in patterns.items()):
            return condition["action"].upper() == "RETRY"
    return True


def _fits(text: str, pattern: str) -> bool:
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern
