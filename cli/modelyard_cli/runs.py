"""How runs are shown: as documents, in a sentence, by progress and spend, by their last words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelyard_launcher.api import Run
    from modelyard_launcher.backends import Progress, Standing
    from modelyard_launcher.records import RunRecord

_LAST_WORDS = 5


def run_document(run: Run, standing: Standing | None = None) -> dict[str, Any]:
    """A run as JSON (modelyard.run/1), as it stands now."""
    seen = standing or run.backend.describe(run.record)
    return {
        **run.record.as_dict(),
        "state": seen.state,
        "reason": seen.reason,
        "details": list(seen.details),
        "progress": _progress_document(seen.progress),
        "spent_usd": spent_usd(run.record, seen),
    }


def _progress_document(progress: Progress | None) -> dict[str, Any] | None:
    if progress is None:
        return None
    return {
        "step": progress.step,
        "total_steps": progress.total_steps,
        "epoch": progress.epoch,
        "loss": progress.loss,
        "seen": None if progress.seen is None else progress.seen.isoformat(),
        "seconds_left": progress.seconds_left,
    }


def run_sentence(run: Run, standing: Standing | None = None) -> str:
    """How a run stands, in a sentence."""
    seen = standing or run.backend.describe(run.record)
    after = f" after {time_taken(run.record)}" if run.record.finished else ""
    return f"{run.id} {seen.state}{after}" + (f": {seen.reason}" if seen.reason else "")


def time_taken(record: RunRecord) -> str:
    """How long a run took; empty while it runs."""
    from modelyard_launcher.durations import duration_text

    return duration_text((record.ended - record.created).total_seconds()) if record.ended else ""


def money(usd: float | None) -> str:
    """Dollars for a table; empty if unpriced."""
    return "" if usd is None else f"${usd:,.2f}"


def progress_line(standing: Standing) -> list[str]:
    """How far a run has come and what is left, in a line; nothing if it hasn't told."""
    from modelyard_launcher.durations import duration_text

    progress = standing.progress
    if progress is None or progress.step is None:
        return []
    text = f"progress     step {progress.step:,}"
    if progress.total_steps:
        text += f" of {progress.total_steps:,} ({progress.step / progress.total_steps:.0%})"
    if progress.loss is not None:
        text += f", loss {progress.loss:.4g}"
    if progress.seconds_left is not None:
        text += f", about {duration_text(progress.seconds_left)} left"
    if progress.seen is not None:
        text += f" (seen {duration_text((datetime.now(UTC) - progress.seen).total_seconds())} ago)"
    return [text]


def spent_usd(record: RunRecord, standing: Standing) -> float | None:
    """What a run has cost so far; None if unpriced."""
    return record.spent_usd if standing.spent_usd is None else standing.spent_usd


def spend_line(record: RunRecord, standing: Standing) -> list[str]:
    """What a run has cost so far, in a line; nothing if unpriced or not started."""
    spent = spent_usd(record, standing)
    if spent is None:
        return []
    limit = record.job.get("max_total_cost")
    of = f" of {money(limit)} allowed" if limit else ""
    return [f"spent        {money(spent)}{of} at list price"]


def attempt_lines(run: Run, standing: Standing | None = None) -> list[str]:
    """How each rank of each attempt ended."""
    seen = standing or run.backend.describe(run.record)
    goes_on = not run.record.finished and seen.state != "lost"
    lines: list[str] = []
    for attempt in run.record.attempts:
        ranks = ", ".join(
            f"rank {rank.rank}: {rank.exit_code}{' (stopped)' if rank.stopped else ''}"
            for rank in attempt.ranks
        )
        without = "running" if goes_on and attempt.ended is None else "nobody saw how it ended"
        reason = f"; {attempt.reason}" if attempt.reason else ""
        lines.append(f"attempt {attempt.number}    {ranks or without}{reason}")
    return lines


def last_words(run: Run) -> list[str]:
    """The last lines of the rank that failed first, under a heading; nothing if none did."""
    record = run.record
    if record.state != "failed" or not record.attempts:
        return []
    last = record.attempts[-1]
    failed = next((rank.rank for rank in last.ranks if rank.exit_code and not rank.stopped), None)
    if failed is None:
        return []
    lines = last.tail or [line for _, line in run.lines([failed])]
    shown = [f"  {line}" for line in lines[-_LAST_WORDS:]]
    return [f"last words of rank {failed}", *shown] if shown else []
