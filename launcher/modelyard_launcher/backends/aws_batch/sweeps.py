"""Sweeps of jobs with several nodes: AWS Batch has no arrays of those, so each variant is a job of its own.

They are sent one by one, within the rate that Batch takes. A break in between loses nothing: names tell which
of them got through, and the others are sent when the same job is submitted again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from typing import cast

from modelyard.errors import SurroundingsError
from modelyard_launcher.backends.aws_batch.calls import job_name, jobs_key
from modelyard_launcher.backends.aws_batch.client import BatchApi
from modelyard_launcher.outcomes import UnclearOutcomeError
from modelyard_launcher.stores import Store

JOBS_SCHEMA = "modelyard.jobs/1"

SUBMITS_PER_SECOND = 50.0
"""Submissions that Batch takes of an account (AWS Batch User Guide, "Service quotas", 2026-11)."""

TOLD_EVERY = 500
"""Variants between two words about how far it is."""

Send = Callable[[int], str]
"""Sends one variant by its index; its job's id."""


class Rate:
    """Lets so many things happen a second, spread evenly."""

    def __init__(
        self,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pause = 1 / per_second
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    def wait(self) -> None:
        """Wait until the next may happen."""
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._pause


def sent_variants(api: BatchApi, queue: str, run_id: str, number: int) -> dict[int, str]:
    """Ids of the jobs of a sweep that Batch has, by the index of their variant."""
    start = f"{job_name(run_id, number)}-"
    found: dict[int, str] = {}
    for job in api.named(queue, f"{start}*"):
        index = job["jobName"].removeprefix(start)
        if index.isdigit():
            found.setdefault(int(index), job["jobId"])
    return found


def send_variants(
    count: int, sent: dict[int, str], send: Send, rate: Rate, on_event: Callable[[str], None]
) -> list[str]:
    """Send the variants that aren't there yet, and note them in `sent`; ids of all, by index.

    Raises what `send` raises; what was sent before stays.
    """
    if sent:
        on_event(f"{len(sent):,} of {count:,} variants are there already")
    for index in range(count):
        if index in sent:
            continue
        rate.wait()
        sent[index] = send(index)
        if len(sent) % TOLD_EVERY == 0 and len(sent) < count:
            on_event(f"{len(sent):,} of {count:,} variants are submitted")
    return [sent[index] for index in range(count)]


def keep_jobs(store: Store, run_id: str, number: int, ids: Iterable[str]) -> None:
    """Write down the ids of a submission's jobs."""
    document = {"schema": JOBS_SCHEMA, "ids": list(ids)}
    store.put(jobs_key(run_id, number), json.dumps(document).encode())


def kept_jobs(store: Store, run_id: str, number: int) -> list[str]:
    """The ids of a submission's jobs, by the index of their variants; none if they aren't written down."""
    content = store.get(jobs_key(run_id, number))
    if content is None:
        return []
    try:
        return [str(id_) for id_ in cast("list[object]", json.loads(content)["ids"])]
    except (ValueError, KeyError, TypeError) as error:
        raise SurroundingsError(
            f"{store.uri}/{jobs_key(run_id, number)} can't be read: {error!r}",
            "remove it: what it says is found by the names of the jobs",
        ) from error


def sent_or_found(api: BatchApi, queue: str, name: str, send: Callable[[], str], seconds: float) -> str:
    """Send one job; if the answer is lost, find it by its name. UnclearOutcomeError if it isn't there."""
    try:
        return send()
    except UnclearOutcomeError:
        until = time.monotonic() + seconds
        while True:
            found = next((job["jobId"] for job in api.named(queue, name) if job["jobName"] == name), None)
            if found is not None:
                return found
            if time.monotonic() >= until:
                raise
            time.sleep(min(0.5, seconds))
