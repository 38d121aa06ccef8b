"""A run's record, brought up to what the workspace and the run's own nodes say. Nothing here asks anybody.

Nodes tell why they ended; the service tells of nodes that are gone, and of what never started.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from modelyard_launcher.attempts import spent
from modelyard_launcher.backends.azure_ml.endings import FAILED, RESUBMIT
from modelyard_launcher.backends.azure_ml.sights import Sight
from modelyard_launcher.backends.endings import Ending
from modelyard_launcher.records import USD_DIGITS, Attempt, RunRecord, State
from modelyard_launcher.sweep_words import failed_variants
from modelyard_node import codes

BEGAN_ANEW = "Azure took one of its nodes back or lost it, and the job began anew"

LOST = "its nodes seem to be lost: they left no last word, and what the service says can't be seen"

FROM_SERVICE = (codes.HOST, codes.TIMEOUT, codes.STOPPED)
"""Ends of which the service knows better than a node that was told to end: why it was."""


def brought_up(
    record: RunRecord,
    sight: Sight,
    attempts: Sequence[Attempt],
    when: datetime,
    stopped_by: str | None = None,
    variants: Mapping[int, Sequence[Attempt]] | None = None,
) -> RunRecord:
    """A record with what is known now; the same object if nothing is new.

    Args:
        record: the record as it lies in the store.
        sight: what the workspace shows.
        attempts: what nodes tell.
        when: the moment.
        stopped_by: who asked for its end, if somebody did.
        variants: of a sweep that is over, what nodes tell of each variant.
    """
    ending = ending_of_run(record, sight, attempts, stopped_by, variants) if sight.over else None
    moment = sight.ended or when
    merged = completed(record, attempts, ending, moment) if record.variants is None else record.attempts
    cost = spent(merged) if record.variants is None else sweep_cost(variants)
    changed: dict[str, Any] = {
        "attempts": merged,
        "spent_usd": cost if record.hourly_usd is not None else None,
    }
    if ending is not None:
        changed |= ended(record, ending, moment)
    elif sight.state == "running" and record.state == "submitted":
        changed["state"] = "running"
    after = record.model_copy(update=changed)
    return record if after == record else after


def ended(record: RunRecord, ending: Ending, moment: datetime) -> dict[str, Any]:
    """What the end of a submission changes."""
    told = {"ended": moment, "kind": ending.kind, "reason": ending.reason}
    last = record.submissions[-1].model_copy(update=told)
    return {
        "state": state_of(ending.kind),
        "reason": ending.reason,
        "exit_code": ending.exit_code,
        "ended": moment,
        "submissions": [*record.submissions[:-1], last],
    }


def ending_of_run(
    record: RunRecord,
    sight: Sight,
    attempts: Sequence[Attempt],
    stopped_by: str | None,
    variants: Mapping[int, Sequence[Attempt]] | None = None,
) -> Ending:
    """How a run's submission ended, by its nodes' word and by the service's."""
    told = sight.ending
    if told.kind == codes.STOPPED and stopped_by is not None:
        told = Ending(codes.STOPPED, f"cancelled by {stopped_by}")
    if record.variants is not None:
        return _ending_of_sweep(record.variants, told, variants or {})
    own = newest_of(record, attempts)
    if own is not None and own.kind is None and sight.unseen is not None and sight.status == FAILED:
        # What can be seen from here decides whether it is submitted again.
        return Ending(codes.HOST, f"{LOST}: {sight.unseen.message}", mend=RESUBMIT)
    if own is None or own.kind is None or told.kind == codes.SUCCEEDED:
        return told
    if own.kind == codes.SUCCEEDED:
        return Ending(codes.SUCCEEDED, None, 0)
    from_service = told.kind in FROM_SERVICE and told.exit_code is None
    was_told = own.kind in (codes.STOPPED, codes.HOST)
    if from_service and was_told and (told.kind, own.kind) != (codes.HOST, codes.HOST):
        return Ending(told.kind, told.reason, own.exit_code, told.mend)
    return Ending(own.kind, own.reason, own.exit_code, told.mend)


def _ending_of_sweep(count: int, told: Ending, variants: Mapping[int, Sequence[Attempt]]) -> Ending:
    """How a sweep ended: well, if all its variants did. The service is content with one that did."""
    if told.kind == codes.STOPPED:
        return told
    last = {index: attempts[-1] if attempts else None for index, attempts in variants.items()}
    failed = [
        index for index in range(count) if (found := last.get(index)) is None or found.kind != codes.SUCCEEDED
    ]
    if not failed:
        return Ending(codes.SUCCEEDED, None, 0)
    first = last.get(failed[0])
    reason = (first.reason if first is not None else None) or told.reason or "it left no word"
    return Ending(codes.PROGRAM, failed_variants(failed, count, reason))


def newest_of(record: RunRecord, attempts: Sequence[Attempt]) -> Attempt | None:
    """The newest attempt of the newest submission."""
    prefix = f"{record.submissions[-1].number:03d}-"
    return next((each for each in reversed(attempts) if (each.name or "").startswith(prefix)), None)


def completed(
    record: RunRecord, attempts: Sequence[Attempt], ending: Ending | None, moment: datetime
) -> list[Attempt]:
    """The attempts that nodes tell of; those that left no word have ended when another began after them, or
    when the job did.
    """
    found: list[Attempt] = []
    for index, attempt in enumerate(attempts):
        following = attempts[index + 1] if index + 1 < len(attempts) else None
        if attempt.ended is not None and attempt.kind is not None:
            found.append(attempt)
        elif following is not None:
            found.append(_with_end(record, attempt, Ending(codes.HOST, BEGAN_ANEW), following.started))
        elif ending is not None:
            found.append(_with_end(record, attempt, ending, moment))
        else:
            found.append(attempt)
    return found


def _with_end(record: RunRecord, attempt: Attempt, ending: Ending, moment: datetime) -> Attempt:
    hours = max((moment - attempt.started).total_seconds(), 0) / 3_600
    cost = None if record.hourly_usd is None else round(record.hourly_usd * hours, USD_DIGITS)
    return attempt.model_copy(
        update={
            "ended": moment,
            "kind": ending.kind,
            "reason": ending.reason,
            "exit_code": attempt.exit_code if attempt.exit_code is not None else ending.exit_code,
            "spent_usd": cost,
        }
    )


def sweep_cost(variants: Mapping[int, Sequence[Attempt]] | None) -> float | None:
    """What variants cost together; None while that isn't known."""
    if variants is None:
        return None
    costs = [spent(attempts) for attempts in variants.values()]
    return round(sum(cost for cost in costs if cost is not None), USD_DIGITS)


def state_of(kind: str) -> State:
    """What the end of a submission makes of a run's record."""
    if kind == codes.SUCCEEDED:
        return "succeeded"
    return "cancelled" if kind == codes.STOPPED else "failed"


def forgotten(record: RunRecord, attempts: Sequence[Attempt], moment: datetime) -> RunRecord:
    """A record of a run whose job was deleted: ended as its nodes say; as it is if they don't."""
    newest = newest_of(record, attempts)
    if record.finished or newest is None or newest.kind is None:
        return record
    ending = Ending(newest.kind, newest.reason, newest.exit_code)
    changed = ended(record, ending, newest.ended or moment)
    cost = spent(attempts) if record.hourly_usd is not None else None
    return record.model_copy(update={**changed, "attempts": list(attempts), "spent_usd": cost})
