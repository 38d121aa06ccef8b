"""What a supervisor does next, by what it sees. Nothing here asks anybody, or waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from modelyard_launcher.job.fields import instant
from modelyard_launcher.records import BadNode, RunRecord, Submission
from modelyard_node.codes import HOST, PREFLIGHT

RESUMABLE = (HOST,)
"""Ends that are no fault of the program's."""

FRUITLESS_MOST = 5
"""Submissions one after another that come no step further, after which it is given up: what fails so often
isn't mended by starting it again. A choice of ours."""

FIRST_PAUSE_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 600.0
"""Between the end of a submission that came no step further and the next: twice as long each time."""

PATIENCE_SECONDS = 90.0
"""How long somebody may be at work on a submission before it counts as broken off."""

Where = Literal["same_region", "recovery_region"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a supervisor sees of a run."""

    record: RunRecord
    state: str
    """As the backend tells it: a state of the record, or `lost`."""
    spent_usd: float | None
    away_seconds: float
    """How long the region that it runs in hasn't answered; 0 if it does."""
    moment: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is to be done now."""


@dataclass(frozen=True, slots=True)
class Resubmit:
    """Submit it again, after a pause."""

    where: Where
    why: str
    pause_seconds: float


@dataclass(frozen=True, slots=True)
class Stop:
    """Ask it to save and to end."""

    why: str


@dataclass(frozen=True, slots=True)
class EndNodes:
    """End the machines of nodes that a check found bad, before it is submitted again."""

    nodes: tuple[BadNode, ...]


@dataclass(frozen=True, slots=True)
class Over:
    """Nothing more is to be done."""

    why: str | None
    """Why it isn't taken up again; None if it has ended by itself."""


Action = Wait | Resubmit | Stop | EndNodes | Over


@dataclass(frozen=True, slots=True)
class Rules:
    """What a run's supervisor goes by."""

    deadline: datetime | None
    max_total_cost_usd: float | None
    may_move: bool
    """Whether it may go on in the recovery region."""
    away_limit_seconds: float
    """How long a region may be away before it counts as lost."""
    why_nodes_stay: str | None = None
    """Why bad nodes are not ended; None if they may be."""

    @classmethod
    def of(cls, record: RunRecord, *, has_recovery: bool, away_limit_seconds: float) -> Rules:
        """The rules of a run, by its job."""
        deadline = record.job.get("deadline")
        return cls(
            deadline=instant(deadline) if deadline else None,
            max_total_cost_usd=record.job.get("max_total_cost"),
            may_move=has_recovery and record.job.get("recovery") == "recovery_region",
            away_limit_seconds=away_limit_seconds,
            why_nodes_stay=_why_nodes_stay(record),
        )


def decide(seen: Seen, rules: Rules) -> Action:
    """What is to be done next."""
    record = seen.record
    if record.finished:
        return _after_the_end(seen, rules)
    if seen.away_seconds:
        return _while_away(seen, rules)
    limit = reached(seen, rules)
    if record.state == "submitting":
        return _broken_off(seen)
    if seen.state == "lost":
        return Over(limit) if limit else _again(record, "nobody watches over it any more", seen)
    return Stop(limit) if limit else Wait()


def reached(seen: Seen, rules: Rules) -> str | None:
    """Which limit is reached, in words; None if none is."""
    if rules.deadline is not None and seen.moment >= rules.deadline:
        return f"its deadline {rules.deadline:%Y-%m-%dT%H:%M:%SZ} is reached"
    most, spent = rules.max_total_cost_usd, seen.spent_usd
    if most is not None and spent is not None and spent >= most:
        return f"its budget of ${most:,.2f} is used up: ${spent:,.2f} is spent"
    return None


def fruitless(record: RunRecord) -> int:
    """How many submissions at the end came no step further than those before them."""
    furthest: list[int] = []
    for submission in record.submissions:
        prefix = f"{submission.number:03d}-"
        steps = [attempt.step or 0 for attempt in record.attempts if (attempt.name or "").startswith(prefix)]
        furthest.append(max(steps, default=0))
    best, count = 0, 0
    for step in furthest:
        count = 0 if step > best else count + 1
        best = max(best, step)
    return count


def pause_before(record: RunRecord) -> float:
    """Seconds between the end of a submission and the next: none after one that came further."""
    count = fruitless(record)
    return min(FIRST_PAUSE_SECONDS * 2 ** (count - 1), LONGEST_PAUSE_SECONDS) if count else 0.0


def _after_the_end(seen: Seen, rules: Rules) -> Action:
    record = seen.record
    last = _last(record.submissions)
    if record.state == "failed" and last is not None and last.kind == PREFLIGHT:
        return _after_a_preflight(seen, rules)
    if record.state != "failed" or last is None or last.kind not in RESUMABLE:
        return Over(None)
    limit = reached(seen, rules)
    if limit is not None:
        return Over(limit)
    return _again(record, last.reason or "its machines were lost", seen)


def _after_a_preflight(seen: Seen, rules: Rules) -> Action:
    """Bad nodes are ended first: Batch would give them to the next submission too."""
    record = seen.record
    bad = tuple(record.attempts[-1].bad_nodes) if record.attempts else ()
    if not bad:
        return Over(None)
    named = f"{', '.join(map(str, bad))} failed the preflight"
    limit = reached(seen, rules)
    if limit is not None:
        return Over(limit)
    if all(node.ended is not None for node in bad):
        return _again(record, f"{named}, and was ended", seen)
    if rules.why_nodes_stay is not None:
        return Over(f"{named}, and stays: {rules.why_nodes_stay}")
    return EndNodes(bad)


def _why_nodes_stay(record: RunRecord) -> str | None:
    """Ending a machine takes two permissions: the job's and the environment's."""
    if not (record.job.get("preflight") or {}).get("end_bad_nodes"):
        return "the job doesn't ask for its end (preflight.end_bad_nodes)"
    if record.target.get("cloud") == "azure":
        return "nobody who submits jobs ends a cluster's nodes on Azure"
    if not record.target.get("end_bad_nodes"):
        who = f"environment {record.environment} lets nobody who submits jobs"
        return f"{who} end its nodes (jobs.end_bad_nodes)"
    return None


def _broken_off(seen: Seen) -> Action:
    """A submission that nobody has ended: whoever was at work on it may still be."""
    age = (seen.moment - seen.record.updated).total_seconds()
    if age < PATIENCE_SECONDS:
        return Wait()
    return Resubmit("same_region", "its submission was broken off", 0.0)


def _while_away(seen: Seen, rules: Rules) -> Action:
    if seen.away_seconds < rules.away_limit_seconds or not rules.may_move:
        return Wait()
    limit = reached(seen, rules)
    if limit is not None:
        return Over(limit)
    away = timedelta(seconds=round(seen.away_seconds))
    return Resubmit("recovery_region", f"its region hasn't answered for {away}", 0.0)


def _again(record: RunRecord, why: str, seen: Seen) -> Action:
    count = fruitless(record)
    if count >= FRUITLESS_MOST:
        return Over(f"{count} submissions one after another came no step further; the last: {why}")
    last = _last(record.submissions)
    # Of a run that nobody watched over to its end, what was last heard counts.
    ended = last.ended if last is not None and last.ended is not None else record.updated
    pause = max(pause_before(record) - (seen.moment - ended).total_seconds(), 0.0)
    return Resubmit("same_region", why, pause)


def _last(submissions: Sequence[Submission]) -> Submission | None:
    return submissions[-1] if submissions else None
