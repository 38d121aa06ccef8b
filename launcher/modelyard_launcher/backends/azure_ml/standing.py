"""How a run on Azure Machine Learning stands: why it waits, how far it is, what it has cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from modelyard.errors import SurroundingsError
from modelyard_launcher.attempts import gather, spent
from modelyard_launcher.azure.arm import Arm
from modelyard_launcher.backends import Standing
from modelyard_launcher.backends.azure_ml.history import History
from modelyard_launcher.backends.azure_ml.looking import attempts_of_variants, states_of_variants, stopped_by
from modelyard_launcher.backends.azure_ml.names import API_VERSION
from modelyard_launcher.backends.azure_ml.refreshing import completed, ending_of_run, state_of
from modelyard_launcher.backends.azure_ml.sights import Sight, look, target_of_record
from modelyard_launcher.backends.azure_ml.waiting import Scene, why
from modelyard_launcher.progress import last_step, progress_of
from modelyard_launcher.records import Attempt, RunRecord, now
from modelyard_launcher.stores import Store

_SUBMITTING = "its submission is under way, or was broken off: submit the same job again, and it is settled"
_GONE = "the workspace has no such job any more: somebody deleted it, or the workspace"
_SILENT = "the service hears nothing of its nodes at the moment; it may come back by itself"


def standing_of(arm: Arm, history: History, store: Store, record: RunRecord) -> Standing:
    """How a run stands."""
    if record.finished:
        return Standing(record.state, record.reason, (), last_step(record), record.spent_usd)
    if record.state == "submitting":
        return Standing(record.state, _SUBMITTING)
    sight = look(arm, history, record)
    attempts = gather(store, record.run_id, record.attempts) if record.variants is None else []
    if sight is None:
        return _without_job(attempts)
    if sight.over:
        return _ended(store, record, sight, attempts)
    merged = completed(record, attempts, None, now())
    reason, details = _why_waiting(arm, record, sight) if sight.state == "queued" else (None, [])
    if sight.status == "NotResponding":
        reason = _SILENT
    if sight.status == "CancelRequested":
        reason = "it was told to end, and its nodes are saving"
    details = [*details, *_endings(merged), *_variants(store, record)]
    cost = spent(merged) if record.variants is None and record.hourly_usd is not None else None
    return Standing(sight.state, reason, details, progress_of(store, record, attempts), cost)


def _ended(store: Store, record: RunRecord, sight: Sight, attempts: Sequence[Attempt]) -> Standing:
    variants = attempts_of_variants(store, record) if record.variants else None
    ending = ending_of_run(record, sight, attempts, stopped_by(store, record), variants)
    merged = completed(record, attempts, ending, sight.ended or now())
    cost = spent(merged) if record.variants is None and record.hourly_usd is not None else None
    details = [ending.mend] if ending.mend else []
    progress = progress_of(store, record, attempts)
    return Standing(state_of(ending.kind), ending.reason, details, progress, cost)


def _without_job(attempts: Sequence[Attempt]) -> Standing:
    """How a run stands whose job is gone: by its nodes' own words."""
    newest = attempts[-1] if attempts else None
    if newest is None or newest.kind is None:
        return Standing("lost", f"{_GONE}, and its nodes left no last word")
    return Standing(state_of(newest.kind), newest.reason, [f"{_GONE}; its nodes tell how it ended"])


def _why_waiting(arm: Arm, record: RunRecord, sight: Sight) -> tuple[str, list[str]]:
    """Why a job waits. What can't be seen is left out: it is a help, and no more."""
    target, last = target_of_record(record), record.submissions[-1]
    pool = next((each for each in target.pools if each.name == last.pool), target.pools[0])
    try:
        compute = arm.find(last.queue or "", API_VERSION) if last.queue else None
    except SurroundingsError as error:
        return "it waits for nodes", [f"more can't be seen: {error.message}"]
    return why(Scene(now(), sight.created, pool, record.num_nodes, compute))


def _endings(attempts: Sequence[Attempt]) -> list[str]:
    """How the attempts before this one ended."""
    return [
        f"attempt {attempt.number} ended: {attempt.reason}"
        for attempt in attempts
        if attempt.ended is not None and attempt.reason
    ]


def _variants(store: Store, record: RunRecord) -> list[str]:
    """How many variants of a sweep stand how, by their nodes' words."""
    if record.variants is None:
        return []
    counted = Counter(states_of_variants(store, record))
    return ["variants: " + ", ".join(f"{count:,} {name}" for name, count in counted.items())]
