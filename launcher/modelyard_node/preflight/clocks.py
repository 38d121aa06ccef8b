"""Clocks: of each node against the store's, and against the main node's.

Programs' logs and metrics, timeouts of rendezvous and signatures go by them. EC2 keeps clocks within
milliseconds (Amazon Time Sync Service), so whatever can be seen here means that nobody keeps this one.
"""

from __future__ import annotations

from modelyard_node.preflight.findings import NODE, Finding, failed, passed, unknown

TOLERATED_SECONDS = 5.0
"""S3's dates have whole seconds, and answers take their time: less can't be told from that for sure."""

_WANTED = f"within {TOLERATED_SECONDS:g} s"


def judge_clock(
    store_seconds: float | None, main_seconds: float | None, *, is_compared_with: bool = False
) -> Finding:
    """Whether a clock is right.

    Args:
        store_seconds: how far this node's clock is ahead of the store's; None if that has none of its own.
        main_seconds: how far it is ahead of the main node's; None on the main node itself.
        is_compared_with: whether others compare their clocks with this one.
    """
    seen = {"the store's": store_seconds, "the main node's": main_seconds}
    known = {whose: seconds for whose, seconds in seen.items() if seconds is not None}
    if not known and is_compared_with:
        return passed("clock", "the others' are compared with it", _WANTED)
    if not known:
        return unknown("clock", "there is no other clock to compare it with")
    wrong = {whose: seconds for whose, seconds in known.items() if abs(seconds) > TOLERATED_SECONDS}
    if not wrong:
        return passed("clock", _text(known), _WANTED)
    return failed(
        "clock",
        _text(wrong),
        _WANTED,
        "the machine's time service (chronyd) doesn't run, or reaches nobody: set it right in the machines' "
        "image, or end the instance",
        NODE,
    )


def _text(seconds_by: dict[str, float]) -> str:
    """How far it is from each clock."""
    return ", ".join(_difference(seconds, whose) for whose, seconds in seconds_by.items())


def _difference(seconds: float, whose: str) -> str:
    if abs(seconds) < 1:
        return f"less than a second from {whose}"
    return f"{abs(seconds):,.0f} s {'ahead of' if seconds > 0 else 'behind'} {whose}"
