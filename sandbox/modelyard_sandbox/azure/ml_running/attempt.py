"""An attempt of a command job: its nodes are made ready, its processes run, its data is written.

The first process that fails ends the job, and so do its time limit, a cancellation, and the loss of a node:
then the others are asked to end (SIGTERM, after the grace SIGKILL). What a node that is lost had not yet
written through is lost with it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from modelyard_node.ports import free_port
from modelyard_sandbox.azure.manager.ml.blob_places import BlobPlace
from modelyard_sandbox.azure.manager.ml.job_runs import JobRun, Status, failure
from modelyard_sandbox.azure.manager.store import Body
from modelyard_sandbox.azure.ml_running import reasons
from modelyard_sandbox.azure.ml_running.blob_client import BlobClient
from modelyard_sandbox.azure.ml_running.due import OF_LOW_PRIORITY, Due
from modelyard_sandbox.azure.ml_running.mounts import Mount, Writing
from modelyard_sandbox.azure.ml_running.nodes import Node
from modelyard_sandbox.azure.ml_running.plan import Plan
from modelyard_sandbox.azure.ml_running.staging import Stage, StagingError, staged
from modelyard_sandbox.azure.ml_running.variables import Rank, Site, variables_of
from modelyard_sandbox.azure.ml_running.workers import SHELL, Worker, Workers
from modelyard_sandbox.job_faults import JobFault
from modelyard_sandbox.running.cleaning import remove_now
from modelyard_sandbox.running.rehearsal import REHEARSAL
from modelyard_sandbox.turn import TURN

LOOK_SECONDS = 0.05
LOGS = "user_logs"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt has come to."""

    status: Status
    error: Body | None = None
    begins_again: bool = False
    """Whether the job isn't over, but waits for nodes again."""


@dataclass(eq=False)
class Attempt:
    """One attempt."""

    plan: Plan
    run: JobRun
    nodes: list[Node]
    directory: Path
    """For its nodes' disks."""
    logs: Path
    """For the job's logs, which stay."""
    site: Site
    alone: Callable[[], AbstractContextManager[object]]
    now: Callable[[], datetime]
    ended: Callable[[Attempt, Outcome], None]
    """Told of its end, in the resource manager's turn."""
    lost: list[Node] = field(default_factory=list[Node])
    workers: Workers = field(default_factory=Workers)
    _verdict: Outcome | None = None
    _is_told: bool = False
    """Whether its processes were asked to end."""
    _is_abandoned: bool = False
    _deadline: datetime | None = None

    def __post_init__(self) -> None:
        plan = self.plan
        self.due = Due(plan.names, plan.node_count, is_low_priority=plan.is_low_priority)
        self._client = BlobClient(self.site.blob_endpoint) if self.site.blob_endpoint else None
        self.thread = threading.Thread(target=self._work, name=f"ml-{plan.id.name}", daemon=True)

    def end(self, outcome: Outcome, *, at_once: bool = False) -> None:
        """Let it end, whatever it does; the first one's word counts. Its own thread sees to it."""
        self._verdict = self._verdict or outcome
        self._is_abandoned = self._is_abandoned or at_once

    def _work(self) -> None:
        try:
            outcome = self._carried_out()
        except Exception as error:
            # One job that can't be understood must not stay unfinished.
            log.exception("job %s", self.plan.id.name)
            outcome = Outcome("Failed", failure(reasons.SERVICE, repr(error)))
        finally:
            self.workers.close()
            remove_now(self.directory)
        with self.alone():
            self.ended(self, outcome)

    def _carried_out(self) -> Outcome:
        with TURN:
            missing = REHEARSAL.of_start(self.plan.names, 0, ("image_missing",))
        if missing is not None:
            return Outcome("Failed", reasons.image_missing(self.plan.image))
        try:
            stage = staged(self.plan, self.directory, self._client)
        except StagingError as error:
            return Outcome("Failed", error.error)
        self._hear()
        if self._verdict is not None:
            return self._verdict
        kept, logs = Writing(stage.mounts), Writing(self._log_mounts())
        try:
            self._start(stage)
            self._watch()
        finally:
            self._show("Finalizing")
            error = kept.end(at_last=not self.lost)
            logs.end(at_last=True)
        if error is not None and (self._verdict is None or self._verdict.status == "Completed"):
            return Outcome("Failed", reasons.data_failed(str(error)))
        return self._verdict or Outcome("Completed")

    def _start(self, stage: Stage) -> None:
        plan, port = self.plan, free_port()
        try:
            for number, node in enumerate(self.nodes):
                work, home = stage.node(number)
                for local in range(plan.per_node):
                    rank = Rank(number, local, plan.per_node)
                    name = f"{LOGS}/{_log_name(plan, rank)}"
                    path = self.logs / name
                    with self.alone():
                        self.run.logs[name] = path
                    variables = variables_of(plan, rank, node, home, self.site, port)
                    self.workers.start(number, stage.command, variables, work, name, path)
        except (OSError, ValueError) as error:
            self.end(Outcome("Failed", reasons.not_started(str(error))))
            return
        with self.alone():
            self.run.started = self.now()
        self._deadline = self.now() + plan.longest
        self._show("Running")
        self.due.plan()

    def _watch(self) -> None:
        while self.workers.alive():
            for worker in self.workers.wait(LOOK_SECONDS):
                self._judge(worker)
            self._hear()
            if self._deadline is not None and self.now() >= self._deadline:
                self.end(Outcome("Canceled", reasons.timed_out(self.plan.limit)))
            for fault in self.due.now():
                self._suffer(fault)
            if self._is_abandoned:
                self.workers.kill()
            elif self._verdict is not None and not self._is_told:
                self._is_told = True
                self.workers.stop()

    def _judge(self, worker: Worker) -> None:
        if worker.exit_code:
            self.end(Outcome("Failed", reasons.exited(SHELL, worker.exit_code, worker.log_name)))

    def _hear(self) -> None:
        if self.run.cancel_asked:
            self.end(Outcome("Canceled"))

    def _suffer(self, fault: JobFault) -> None:
        if self._verdict is not None:
            return
        if fault.kind == "out_of_memory":
            self.workers.kill(fault.node)
            return
        node = self.nodes[fault.node]
        self.lost.append(node)
        self.workers.kill(fault.node)
        if fault.kind != OF_LOW_PRIORITY:
            self.end(Outcome("Failed", reasons.node_lost(node.id)))
        elif fault.restarts:
            self.end(Outcome("Queued", begins_again=True))
        else:
            self.end(Outcome("Failed", reasons.preempted()))

    def _show(self, status: Status) -> None:
        with self.alone():
            if not self.run.cancel_asked:
                self.run.status = status

    def _log_mounts(self) -> list[Mount]:
        place = self.plan.logs
        if place is None or self._client is None:
            return []
        path = f"{place.path}/{LOGS}"
        where = BlobPlace(place.account, place.container, path)
        return [Mount(self.logs / LOGS, where, self._client, "through")]


def _log_name(plan: Plan, rank: Rank) -> str:
    """The file of a process's output, as Azure calls it: one for the only process, else one for each."""
    return "std_log.txt" if plan.processes == 1 else f"std_log_process_{rank.whole:02d}.txt"
