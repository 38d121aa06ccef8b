"""A run's record, brought up to what AWS Batch and the run's own nodes say. Nothing here asks anybody.

Nodes tell why they ended; Batch tells of machines that are gone, and of what never started. Whoever brings a
record up does the same to it, so several may do it at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from modelyard_launcher.attempts import spent
from modelyard_launcher.backends.aws_batch.client import Job
from modelyard_launcher.backends.aws_batch.endings import ending_of_attempt, ending_of_job
from modelyard_launcher.backends.aws_batch.sights import Sight, attempts_of
from modelyard_launcher.backends.endings import Ending
from modelyard_launcher.records import USD_DIGITS, Attempt, RunRecord, State
from modelyard_launcher.sweep_words import failed_variants
from modelyard_node import codes
from modelyard_node.keys import attempt_name

FROM_BATCH = (codes.HOST, codes.TIMEOUT, codes.STOPPED)
"""Ends of which Batch knows better than a node that was told to end: why it was."""


def brought_up(
    record: RunRecord,
    sight: Sight,
    attempts: Sequence[Attempt],
    moment: datetime,
    variants: Mapping[int, Job] | None = None,
) -> RunRecord:
    """A record with what is known now; the same object if nothing is new.

    Args:
        record: the record as it lies in the store.
        sight: what Batch shows.
        attempts: what nodes tell.
        moment: when that was.
        variants: of a sweep that is over, what Batch shows of each variant, by its index.
    """
    merged = merged_attempts(record, sight.job, attempts) if record.variants is None else record.attempts
    if record.variants is None:
        cost = spent(merged)
    else:
        cost = None if variants is None else sweep_cost(record.hourly_usd, list(variants.values()))
    changed: dict[str, Any] = {
        "attempts": merged,
        "spent_usd": cost if record.hourly_usd is not None else None,
    }
    if sight.over:
        changed |= ended(record, sight, merged, moment, variants or {})
    elif sight.state == "running" and record.state == "submitted":
        changed["state"] = "running"
    after = record.model_copy(update=changed)
    return record if after == record else after


def ended(
    record: RunRecord,
    sight: Sight,
    attempts: Sequence[Attempt],
    moment: datetime,
    variants: Mapping[int, Job],
) -> dict[str, Any]:
    """What the end of a submission changes."""
    is_sweep = record.variants is not None
    ending = sweep_ending(sight, variants) if is_sweep else run_ending(record, sight.job, attempts)
    stopped = moment_of(sight.job.get("stoppedAt")) if record.variants is None else None
    when = stopped or moment
    last = record.submissions[-1].model_copy(
        update={"ended": when, "kind": ending.kind, "reason": ending.reason}
    )
    return {
        "state": state_of(ending.kind),
        "reason": ending.reason,
        "exit_code": ending.exit_code,
        "ended": when,
        "submissions": [*record.submissions[:-1], last],
    }


def run_ending(record: RunRecord, job: Job, attempts: Sequence[Attempt]) -> Ending:
    """How a run's submission ended, by its nodes' word and by Batch's."""
    told = ending_of_job(job)
    own = newest_of(record, attempts)
    if own is None or own.kind is None or told.kind == codes.SUCCEEDED:
        return told
    if own.kind == codes.SUCCEEDED:
        return Ending(codes.SUCCEEDED, None, 0)
    # (a code of the node's own is all that Batch knows then)
    from_batch = told.kind in FROM_BATCH and told.exit_code is None
    if from_batch and (told.kind, own.kind) != (codes.HOST, codes.HOST):
        return Ending(told.kind, told.reason, own.exit_code, told.mend)
    return Ending(own.kind, own.reason, own.exit_code, told.mend)


def sweep_ending(sight: Sight, variants: Mapping[int, Job] | None = None) -> Ending:
    """How a sweep ended: well, if all its variants did. Which of them didn't is told if they are given."""
    failed, total = sight.counts.get("FAILED", 0), sum(sight.counts.values())
    if sight.status == "SUCCEEDED":
        return Ending(codes.SUCCEEDED, None, 0)
    first = ending_of_job(sight.job)
    if first.kind == codes.STOPPED:
        return first
    shown = {index: job for index, job in (variants or {}).items() if job["status"] == "FAILED"}
    if not shown:
        return Ending(codes.PROGRAM, f"{failed:,} of {total:,} variants failed")
    return Ending(
        codes.PROGRAM, failed_variants(sorted(shown), total, ending_of_job(shown[min(shown)]).reason or "")
    )


def newest_of(record: RunRecord, attempts: Sequence[Attempt]) -> Attempt | None:
    """The newest attempt of the newest submission."""
    prefix = f"{record.submissions[-1].number:03d}-"
    return next((each for each in reversed(attempts) if (each.name or "").startswith(prefix)), None)


def merged_attempts(record: RunRecord, job: Job, attempts: Sequence[Attempt]) -> list[Attempt]:
    """The attempts that nodes tell of, with what only Batch knows: how those ended that left no word, and
    those that never came as far as one.
    """
    submission = record.submissions[-1]
    by_name = {attempt.name or "": attempt for attempt in attempts}
    for number, shown in enumerate(attempts_of(job), 1):
        name = attempt_name(submission.number, number)
        told = by_name.get(name)
        if told is None or told.ended is None or told.kind is None:
            by_name[name] = _completed(record, submission.region, name, told, shown)
    ordered = [by_name[name] for name in sorted(by_name)]
    return [attempt.model_copy(update={"number": number}) for number, attempt in enumerate(ordered, 1)]


def _completed(
    record: RunRecord, region: str | None, name: str, told: Attempt | None, shown: Mapping[str, Any]
) -> Attempt:
    """An attempt with the end that Batch shows."""
    stopped = moment_of(shown.get("stoppedAt")) or datetime.now(UTC)
    started = moment_of(shown.get("startedAt")) or (told.started if told else stopped)
    ending = ending_of_attempt(shown)
    attempt = told or Attempt(number=1, name=name, region=region, started=started)
    return attempt.model_copy(
        update={
            "ended": stopped,
            "kind": attempt.kind or ending.kind,
            "reason": attempt.reason or ending.reason,
            "exit_code": attempt.exit_code if attempt.exit_code is not None else ending.exit_code,
            "spent_usd": cost_of(record.hourly_usd, attempt.started, stopped),
        }
    )


def cost_of(hourly_usd: float | None, started: datetime, ended: datetime) -> float | None:
    """What a run's nodes cost in a time, at list price; None if unpriced."""
    if hourly_usd is None:
        return None
    return round(hourly_usd * max((ended - started).total_seconds(), 0) / 3_600, USD_DIGITS)


def sweep_cost(hourly_usd: float | None, jobs: Sequence[Job]) -> float | None:
    """What variants cost together, all attempts that have ended; None if unpriced."""
    if hourly_usd is None:
        return None
    seconds = 0.0
    for job in jobs:
        for attempt in attempts_of(job):
            started, stopped = moment_of(attempt.get("startedAt")), moment_of(attempt.get("stoppedAt"))
            if started is not None and stopped is not None:
                seconds += max((stopped - started).total_seconds(), 0)
    return round(hourly_usd * seconds / 3_600, USD_DIGITS)


def state_of(kind: str) -> State:
    """What the end of a submission makes of a run's record."""
    if kind == codes.SUCCEEDED:
        return "succeeded"
    return "cancelled" if kind == codes.STOPPED else "failed"


def moment_of(milliseconds: object) -> datetime | None:
    """A moment as Batch tells it; None if there is none."""
    if not isinstance(milliseconds, int | float) or not milliseconds:
        return None
    return datetime.fromtimestamp(milliseconds / 1_000, UTC)


def forgotten(record: RunRecord, attempts: Sequence[Attempt], moment: datetime) -> RunRecord:
    """A record of a run that Batch knows nothing of: ended as its nodes say; as it is if they don't."""
    newest = newest_of(record, attempts)
    if record.finished or newest is None or newest.kind is None:
        return record
    when = newest.ended or moment
    last = record.submissions[-1].model_copy(
        update={"ended": when, "kind": newest.kind, "reason": newest.reason}
    )
    return record.model_copy(
        update={
            "state": state_of(newest.kind),
            "reason": newest.reason,
            "exit_code": newest.exit_code,
            "ended": when,
            "attempts": list(attempts),
            "spent_usd": spent(attempts) if record.hourly_usd is not None else None,
            "submissions": [*record.submissions[:-1], last],
        }
    )
