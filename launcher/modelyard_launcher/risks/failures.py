"""What happens when the program or a host fails."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_launcher.clouds import on_azure
from modelyard_launcher.job.retry import MOST_STARTS, Retry
from modelyard_launcher.risks.situation import Situation

_EVENTS = {
    "image_pull_failure": "the image can't be pulled",
    "out_of_memory": "a container runs out of memory",
}


_WATCHED = ", while `modelyard job supervise` watches over it"
"""Azure Machine Learning starts a job anew whose low-priority nodes were taken, and no other; a single node
starts its program again by itself."""


def failure_risks(situation: Situation) -> Iterator[str]:
    """Failures of the program, of hosts, and of what else a job is started again after."""
    job = situation.job
    gang = (
        "one node that fails ends the whole gang"
        if job.num_nodes > 1
        else "one process that fails ends the others"
        if job.num_ranks > 1
        else "a program that fails ends its node"
    )
    azure = on_azure(situation.target)
    yield f"{gang}: {_again(job.retry, watched=azure and job.starts_together)}"
    yield _hosts(job.retry, azure=azure)
    retried = [text for event, text in _EVENTS.items() if event in job.retry.on_events]
    if retried:
        yield f"when {' or '.join(retried)}, the job is started again too, which counts as an attempt"
    if job.sweep is not None:
        yield "a variant that fails ends alone: the others go on"
    if job.depends_on:
        names = ", ".join(job.depends_on)
        yield f"it starts when {names} {'has' if len(job.depends_on) == 1 else 'have all'} succeeded; " + (
            "if one fails, it never starts" if len(job.depends_on) > 1 else "if that fails, it never starts"
        )


def _again(retry: Retry, *, watched: bool) -> str:
    if retry.attempts == 1:
        return "the job fails"
    only = f" (exit codes {', '.join(map(str, retry.exit_codes))} only)" if retry.exit_codes else ""
    return f"the job starts again, in {retry.attempts} attempts at most{only}{_WATCHED * watched}"


def _hosts(retry: Retry, *, azure: bool) -> str:
    if not retry.survives_hosts:
        return "a host that fails fails the job: retry.on_events doesn't have host_failure"
    spare = retry.most_starts - retry.attempts
    if spare == 0:
        return (
            f"a host that fails uses up an attempt: {MOST_STARTS} starts are all that "
            f"{'there are' if azure else 'AWS Batch makes'}, and retry.attempts takes them all"
        )
    return (
        "a host that fails, or is taken back, doesn't count as an attempt: the job starts again for that "
        f"up to {spare} time{'s' * (spare > 1)} more, {retry.most_starts} starts in all{_WATCHED * azure}"
    )
