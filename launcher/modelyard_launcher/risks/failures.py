"""What happens when the program or a host fails."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_launcher.job.retry import MOST_STARTS, Retry
from modelyard_launcher.risks.situation import Situation

_EVENTS = {
    "image_pull_failure": "the image can't be pulled",
    "out_of_memory": "a container runs out of memory",
}


def failure_risks(situation: Situation) -> Iterator[str]:
    """Failures of the program, of hosts, and of what else a job is started again after."""
    job = situation.job
    gang = (
        "one node that fails ends the whole gang"
        if job.num_nodes > 1
        else "a program that fails ends its node"
    )
    yield f"{gang}: {_again(job.retry)}"
    yield _hosts(job.retry)
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


def _again(retry: Retry) -> str:
    if retry.attempts == 1:
        return "the job fails"
    only = f" (exit codes {', '.join(map(str, retry.exit_codes))} only)" if retry.exit_codes else ""
    return f"the job starts again, in {retry.attempts} attempts at most{only}"


def _hosts(retry: Retry) -> str:
    if not retry.survives_hosts:
        return "a host that fails fails the job: retry.on_events doesn't have host_failure"
    spare = retry.most_starts - retry.attempts
    if spare == 0:
        return (
            f"a host that fails uses up an attempt: {MOST_STARTS} starts are all that AWS Batch makes, "
            "and retry.attempts takes them all"
        )
    return (
        "a host that fails, or is taken back, doesn't count as an attempt: the job starts again for that "
        f"up to {spare} time{'s' * (spare > 1)} more, {retry.most_starts} starts in all"
    )
