"""Backends: where a job can run. Each lies in a folder of its own and is imported when it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from modelyard.errors import InputError, Problem
from modelyard_launcher.clouds import cloud_of, shown_cloud
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.stores import Access

if TYPE_CHECKING:
    from modelyard_launcher.load import LoadedJob
    from modelyard_launcher.plan import Plan
    from modelyard_launcher.records import BadNode, RunRecord, RunStore

BACKENDS = {
    "aws_batch": "modelyard_launcher.backends.aws_batch.backend:BatchBackend",
    "azure_ml": "modelyard_launcher.backends.azure_ml.backend:AzureMlBackend",
    "local": "modelyard_launcher.backends.local.backend:LocalBackend",
}
"""Where each backend's class is."""

DEFAULT_BACKENDS = {"aws": "aws_batch", "azure": "azure_ml"}
"""The backend of a cloud's own: a job goes where the environment is, unless another is asked for."""

OnLine = Callable[[int, str], None]
"""Takes a rank and a line that it wrote."""


@dataclass(frozen=True)
class LaunchContext:
    """What every backend works with."""

    project: Path
    access: Access
    checkpoints_uri: str
    recovery: bool = False
    """Whether that store is the recovery region's."""
    container: bool = False
    """Whether nodes on this machine are containers of the job's image."""
    engine: str | None = None
    """Container engine for that, if one was asked for."""

    @cached_property
    def runs(self) -> RunStore:
        """The records of the runs; the store is opened when it is first asked for."""
        from modelyard_launcher.records import RunStore
        from modelyard_launcher.records.cache import RecordCache
        from modelyard_launcher.stores import open_store

        return RunStore(
            open_store(self.checkpoints_uri, self.access),
            RecordCache(self.checkpoints_uri),
            recovery=self.recovery,
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come, by the last word of its main node."""

    step: int | None = None
    """Steps done, in all attempts."""
    total_steps: int | None = None
    """Steps of the whole run, if the program tells."""
    epoch: int | None = None
    loss: float | None = None
    seen: datetime | None = None
    """When that was so."""
    seconds_left: float | None = None
    """Time that the rest takes at the pace of this attempt; None if that can't be told."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a run stands, seen from here."""

    state: str
    """A state of its record; or, as the backend tells, `queued` or `starting`; or `lost`: whoever watched
    over it died without a word.
    """
    reason: str | None
    """Why, in plain words: why it ended, or why it hasn't started."""
    details: Sequence[str] = ()
    """What else there is to know, a sentence each: why it is stuck, and what to do."""
    progress: Progress | None = None
    spent_usd: float | None = None
    """What it has cost so far at list price; None if unpriced."""


@dataclass(frozen=True, slots=True)
class LogChunk:
    """A piece of what a rank wrote."""

    data: bytes
    """Lines, the last perhaps not whole."""
    cursor: str
    """Where to go on; only the backend that gave it understands it."""
    more: bool = False
    """Whether more is there already: the rest of a long log."""


class Watched(Protocol):
    """What is seen of runs."""

    def describe(self, record: RunRecord) -> Standing:
        """How a run stands."""
        ...

    def refresh(self, record: RunRecord) -> RunRecord:
        """Bring a record up to what is known; once a run is over, its last record is written."""
        ...

    def read_log(self, record: RunRecord, rank: int, cursor: str | None = None) -> LogChunk:
        """What a rank wrote (of a sweep: what a variant wrote), from a cursor on, as far as it has come."""
        ...


class Backend(Watched, Protocol):
    """Somewhere a job can run. A run is one for all backends: its record lies in the checkpoint store."""

    def plan(self, loaded: LoadedJob, resolved: ResolvedTarget) -> Plan:
        """What submitting would mean, with the exact calls. Raises InputError if it can't be."""
        ...

    def submit(
        self, plan: Plan, *, detach: bool, on_line: OnLine, on_event: Callable[[str], None]
    ) -> RunRecord:
        """Start the job as a new run, or settle one whose submission was broken off.

        Without `detach`, see it through and return its last record; with it, its first.
        """
        ...

    def resubmit(
        self,
        record: RunRecord,
        resolved: ResolvedTarget,
        *,
        detach: bool,
        on_line: OnLine,
        on_event: Callable[[str], None],
    ) -> RunRecord:
        """Start the next submission of a run whose last one has ended; the program resumes by itself from its
        newest whole checkpoint. The target may be another region's.
        """
        ...

    def cancel(self, record: RunRecord) -> RunRecord:
        """End a run that hasn't ended; its last record."""
        ...

    def end_nodes(self, record: RunRecord, nodes: Sequence[BadNode]) -> list[BadNode]:
        """End the machines of nodes that a run's check found bad, with whatever runs on them; which they
        were. Raises SurroundingsError if they may not be ended, or it isn't sure which they are.
        """
        ...


def default_backend(cloud: str) -> str:
    """Where jobs for an environment on a cloud go, unless another backend is asked for."""
    return DEFAULT_BACKENDS.get(cloud, "local")


def open_backend(name: str, context: LaunchContext) -> Backend:
    """The backend of that name. Raises InputError if there is none, or it is another cloud's."""
    if name not in BACKENDS:
        raise InputError(
            [
                Problem(
                    field="--backend",
                    given=name,
                    message="there is no such backend",
                    allowed=", ".join(BACKENDS),
                    mend="choose one of these",
                )
            ]
        )
    cloud = next((known for known, backend in DEFAULT_BACKENDS.items() if backend == name), None)
    if cloud is not None and cloud != cloud_of(context.access):
        raise InputError([_elsewhere(name, cloud, cloud_of(context.access))])
    module, _, attribute = BACKENDS[name].partition(":")
    make = cast("Callable[[LaunchContext], Backend]", getattr(importlib.import_module(module), attribute))
    return make(context)


def _elsewhere(name: str, cloud: str, here: str) -> Problem:
    """The problem of a backend whose cloud isn't the environment's."""
    own = default_backend(here)
    return Problem(
        field="--backend",
        given=name,
        message=f"{name} submits to {shown_cloud(cloud)}, and the environment is on {shown_cloud(here)}",
        allowed=f"{own}, or local for this machine",
        mend=f"leave it out: {own} is the environment's own",
    )
