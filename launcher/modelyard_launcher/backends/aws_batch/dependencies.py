"""The jobs at AWS Batch that a job waits for, by the runs that it names."""

from __future__ import annotations

from modelyard.errors import InputError, Problem
from modelyard.outputs import LaunchTarget
from modelyard_launcher.backends.aws_batch.shipment import BACKEND
from modelyard_launcher.backends.aws_batch.sweeps import kept_jobs
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.records import RunRecord, RunStore

_ALLOWED = "runs of this environment on AWS Batch, in this region, that have succeeded or still may"


def jobs_waited_for(loaded: LoadedJob, target: LaunchTarget, runs: RunStore) -> list[str]:
    """Ids of the jobs that a job waits for; a run that has succeeded is waited for no more.

    Raises InputError for runs that can't be waited for.
    """
    ids: list[str] = []
    problems: list[Problem] = []
    for index, run_id in enumerate(loaded.job.depends_on):
        field = f"depends_on[{index}]"
        try:
            record = runs.read(run_id)
        except InputError as error:
            problems += [
                loaded.problem(field, run_id, told.message, allowed=told.allowed, mend=told.mend)
                for told in error.problems
            ]
            continue
        wrong = _why_not(record, target)
        if wrong is not None:
            message, mend = wrong
            problems.append(loaded.problem(field, run_id, message, allowed=_ALLOWED, mend=mend))
        elif not record.finished:
            ids += _job_ids(record, runs)
    if problems:
        raise InputError(problems)
    return ids


def _why_not(record: RunRecord, target: LaunchTarget) -> tuple[str, str] | None:
    """Why a run can't be waited for, and what to do; None if it can."""
    if record.state == "succeeded":
        return None
    if record.finished:
        why = f": {record.reason}" if record.reason else ""
        return f"this run has {record.state}, so what waits for it never starts{why}", "run it again first"
    if record.backend != BACKEND:
        return (
            f"this run goes on by the backend {record.backend}, and AWS Batch can't wait for that",
            "wait for it with `modelyard job wait`, and submit then",
        )
    last = record.submissions[-1] if record.submissions else None
    if last is None or last.job_id is None:
        return "this run is being submitted just now", "try again in a moment"
    if last.region != target.region:
        return (
            f"this run goes on in {last.region}, and AWS Batch waits for jobs of {target.region} only",
            "wait for it with `modelyard job wait`, and submit then",
        )
    return None


def _job_ids(record: RunRecord, runs: RunStore) -> list[str]:
    last = record.submissions[-1]
    several = record.variants is not None and record.num_nodes > 1
    ids = kept_jobs(runs.store, record.run_id, last.number) if several else []
    return ids or [last.job_id or ""]
