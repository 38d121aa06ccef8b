"""How far a run has come, by its main node's last word: the same for every backend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from modelyard_launcher.attempts import last_heartbeat
from modelyard_launcher.backends import Progress
from modelyard_launcher.records import Attempt, RunRecord
from modelyard_launcher.stores import Store


def progress_of(store: Store, record: RunRecord, attempts: Sequence[Attempt]) -> Progress | None:
    """How far the newest attempt has come; None if it hasn't told. Raises SurroundingsError."""
    if not attempts or attempts[-1].name is None or record.variants is not None:
        return None
    heartbeat = last_heartbeat(store, record.run_id, attempts[-1].name)
    told = (heartbeat or {}).get("progress")
    if not isinstance(told, dict):
        return None
    return estimated(cast("Mapping[str, Any]", told), attempts)


def last_step(record: RunRecord) -> Progress | None:
    """How far a run came that has ended, as far as its record tells."""
    step = next((attempt.step for attempt in reversed(record.attempts) if attempt.step is not None), None)
    return None if step is None else Progress(step=step)


def estimated(told: Mapping[str, Any], attempts: Sequence[Attempt]) -> Progress:
    """Progress as a node told it, with the time that is left at this attempt's pace.

    An attempt that resumed begins about where the one before it stood; what that lost makes the pace look
    slower, and the time that is left longer.
    """
    step, total = _whole(told.get("step")), _whole(told.get("total_steps"))
    seen = _moment(told.get("at"))
    return Progress(
        step=step,
        total_steps=total,
        epoch=_whole(told.get("epoch")),
        loss=float(told["loss"]) if isinstance(told.get("loss"), int | float) else None,
        seen=seen,
        seconds_left=_seconds_left(step, total, seen, attempts),
    )


def _seconds_left(
    step: int | None, total: int | None, seen: datetime | None, attempts: Sequence[Attempt]
) -> float | None:
    if step is None or total is None or seen is None:
        return None
    before = max((attempt.step or 0 for attempt in attempts[:-1]), default=0)
    made, taken = step - before, (seen - attempts[-1].started).total_seconds()
    if made <= 0 or taken <= 0:
        return None
    return max(total - step, 0) * taken / made


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
