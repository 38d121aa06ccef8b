"""How a run on AWS Batch stands, for whoever asks: why it waits, how far it is, what it has cost."""

from __future__ import annotations

from collections.abc import Sequence

from modelyard.errors import SurroundingsError
from modelyard.outputs import LaunchTarget
from modelyard_launcher.attempts import gather, spent
from modelyard_launcher.backends import Standing
from modelyard_launcher.backends.aws_batch.client import BatchApi
from modelyard_launcher.backends.aws_batch.refreshing import (
    merged_attempts,
    moment_of,
    run_ending,
    state_of,
    sweep_ending,
)
from modelyard_launcher.backends.aws_batch.sights import Sight, look
from modelyard_launcher.backends.aws_batch.waiting import Scene, why
from modelyard_launcher.progress import last_step, progress_of
from modelyard_launcher.records import Attempt, RunRecord, now
from modelyard_launcher.stores import Store

_SUBMITTING = "its submission is under way, or was broken off: submit the same job again, and it is settled"

_FORGOTTEN = "AWS Batch doesn't know its job: it forgets jobs a week after their end"


def standing_of(api: BatchApi, store: Store, record: RunRecord) -> Standing:
    """How a run stands."""
    if record.finished:
        return Standing(record.state, record.reason, (), last_step(record), record.spent_usd)
    if record.state == "submitting":
        return Standing(record.state, _SUBMITTING)
    sight = look(api, store, record)
    attempts = gather(store, record.run_id, record.attempts) if record.variants is None else []
    if sight is None:
        return _without_batch(attempts)
    cost = spent(attempts) if record.variants is None and record.hourly_usd is not None else None
    progress = progress_of(store, record, attempts)
    if sight.over:
        ending = run_ending(record, sight.job, attempts) if record.variants is None else sweep_ending(sight)
        details = [ending.mend] if ending.mend else []
        return Standing(state_of(ending.kind), ending.reason, details, progress, cost)
    reason, details = _why_waiting(api, record, sight) if sight.state == "queued" else (None, [])
    earlier = [] if record.variants is not None else merged_attempts(record, sight.job, attempts)
    details = [*details, *_endings(earlier), *_variants(sight)]
    return Standing(sight.state, reason, details, progress, cost)


def _without_batch(attempts: Sequence[Attempt]) -> Standing:
    """How a run stands of which Batch knows nothing: by its nodes' own words."""
    newest = attempts[-1] if attempts else None
    if newest is None or newest.kind is None:
        return Standing("lost", f"{_FORGOTTEN}, and its nodes left no last word")
    return Standing(state_of(newest.kind), newest.reason, [f"{_FORGOTTEN}; its nodes tell how it ended"])


def _why_waiting(api: BatchApi, record: RunRecord, sight: Sight) -> tuple[str, list[str]]:
    """Why a job waits. What can't be seen is left out: it is a help, and no more."""
    job = sight.job
    if sight.status in ("SUBMITTED", "PENDING") and job.get("dependsOn"):
        names = ", ".join(record.job.get("depends_on") or []) or "other jobs"
        return f"it waits for {names} to succeed", []
    target = LaunchTarget.model_validate(record.target)
    pool = next((each for each in target.pools if each.name == record.submissions[-1].pool), target.pools[0])
    arn = record.submissions[-1].queue or pool.queue_arn
    try:
        queue = api.queue(arn)
        order = (queue or {}).get("computeEnvironmentOrder") or []
        scene = Scene(
            now=now(),
            since=moment_of(job.get("createdAt")),
            status_reason=job.get("statusReason") or "",
            target=target,
            pool=pool,
            num_nodes=record.num_nodes,
            queue=queue,
            environments=api.environments([each["computeEnvironment"] for each in order]),
            before=_before(api, arn, str(job.get("jobArn"))),
            running=sum(1 for _ in api.in_state(arn, "RUNNING")),
            requirements=_requirements(sight),
        )
    except SurroundingsError as error:
        return job.get("statusReason") or "it waits for machines", [f"more can't be seen: {error.message}"]
    return why(scene)


def _before(api: BatchApi, queue: str, job_arn: str) -> int | None:
    """How many jobs come before one; None if it isn't near the front."""
    front = api.front_of(queue)
    return front.index(job_arn) if job_arn in front else None


def _requirements(sight: Sight) -> dict[str, str]:
    """What each node asks for."""
    job = sight.job
    container = job.get("container")
    if not container:
        groups = (job.get("nodeProperties") or {}).get("nodeRangeProperties") or [{}]
        container = groups[0].get("container")
    found = (container or {}).get("resourceRequirements") or []
    return {str(each["type"]): str(each["value"]) for each in found}


def _endings(attempts: Sequence[Attempt]) -> list[str]:
    """How the attempts before this one ended, by their nodes' word if there is one, else by Batch's."""
    return [
        f"attempt {attempt.number} ended: {attempt.reason}"
        for attempt in attempts
        if attempt.ended is not None and attempt.reason
    ]


def _variants(sight: Sight) -> list[str]:
    """How many variants of a sweep are in which state."""
    if not sight.counts:
        return []
    names = {"SUBMITTED": "waiting", "PENDING": "waiting", "RUNNABLE": "waiting"}
    counted: dict[str, int] = {}
    for status, count in sight.counts.items():
        name = names.get(status, status.lower())
        counted[name] = counted.get(name, 0) + count
    return ["variants: " + ", ".join(f"{count:,} {name}" for name, count in counted.items())]
