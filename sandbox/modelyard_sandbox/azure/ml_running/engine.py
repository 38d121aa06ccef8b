"""The thread that lets jobs go on: what waits gets nodes, first come, first served, in each cluster.

It sleeps until somebody wakes it; while any job isn't over, or nodes stand idle that will go, it looks up ten
times a second. A job at the head that needs more nodes than there are keeps those behind it waiting.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from modelyard_sandbox.azure.manager.errors import ArmError
from modelyard_sandbox.azure.manager.ids import ResourceId, resource_id
from modelyard_sandbox.azure.manager.ml.common import COMPUTE, JOB
from modelyard_sandbox.azure.manager.ml.job_runs import failure, run_of
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.ml_running import reasons
from modelyard_sandbox.azure.ml_running.attempt import Attempt, Outcome
from modelyard_sandbox.azure.ml_running.nodes import Fleet, Node
from modelyard_sandbox.azure.ml_running.plan import Plan, names_of, plan_of
from modelyard_sandbox.azure.ml_running.sweeps import Sweep
from modelyard_sandbox.azure.ml_running.variables import Site
from modelyard_sandbox.running.cleaning import remove_now
from modelyard_sandbox.running.rehearsal import REHEARSAL
from modelyard_sandbox.running.settings import PROCESSES_VARIABLE, nodes_max, processes_max
from modelyard_sandbox.turn import TURN

LOOK_SECONDS = 0.1
LAST_SECONDS = 2.0
"""How long an ending server waits for the ends of what it kills."""
DIRECTORY = "ml"
log = logging.getLogger(__name__)


class Engine:
    """Runs the jobs of one resource manager.

    Args:
        store: what the resource manager has.
        alone: holds off the resource manager's requests.
        directory: the sandbox's.
        site: where the sandbox is, as of now.
    """

    def __init__(
        self,
        store: Store,
        alone: Callable[[], AbstractContextManager[object]],
        directory: Path,
        site: Callable[[], Site],
    ) -> None:
        self._store, self._alone, self._site = store, alone, site
        self._directory = directory / DIRECTORY
        self._waiting: dict[str, list[Resource]] = {}
        """By the compute's id in lower case, in their order."""
        self._attempts: dict[str, Attempt] = {}
        """By the job's id in lower case."""
        self._sweeps: dict[str, Sweep] = {}
        self._fleets: dict[str, Fleet] = {}
        self._woken, self._ending = threading.Event(), False
        self._thread: threading.Thread | None = None
        # What a server that was killed left behind.
        remove_now(self._directory)

    def follow(self, resource: Resource, stands: bool) -> None:
        """Take note of a resource that was written or deleted, in the resource manager's turn."""
        if resource.id.kind == COMPUTE.lower() and not stands:
            self._close(resource.id)
        if resource.id.kind == JOB.lower():
            if not stands:
                self._forget(resource)
            elif resource.is_new:
                self._take(resource)
        self._woken.set()

    def strike(self) -> int:
        """Let the faults that are set happen to what runs; to how many nodes."""
        with self._alone():
            running = [attempt for attempt in self._attempts.values() if attempt.run.status == "Running"]
        return sum(attempt.due.plan() for attempt in running)

    def unfinished(self) -> list[dict[str, Any]]:
        """The jobs that aren't over, for people."""
        with self._alone():
            waiting = [job for line in self._waiting.values() for job in line]
            standing = [self._store.get(attempt.plan.id) for attempt in self._attempts.values()]
            return [
                self._shown(job)
                for job in (*standing, *waiting)
                if job is not None and not run_of(job).is_over
            ]

    def end(self) -> None:
        """End everything that runs, before the server ends."""
        self._ending = True
        self._woken.set()
        with self._alone():
            attempts = list(self._attempts.values())
            for attempt in attempts:
                attempt.end(Outcome("Canceled"), at_once=True)
        until = time.monotonic() + LAST_SECONDS
        for attempt in attempts:
            attempt.thread.join(max(0.0, until - time.monotonic()))
        remove_now(self._directory)

    def _take(self, job: Resource) -> None:
        if job.properties["jobType"] == "Sweep":
            self._sweeps[job.id.key] = Sweep.of(job, self._store.now())
        else:
            self._wait_in_line(job)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="ml-jobs", daemon=True)
            self._thread.start()

    def _wait_in_line(self, job: Resource, *, first: bool = False) -> None:
        line = self._waiting.setdefault(resource_id(job.properties["computeId"]).key, [])
        line.insert(0 if first else len(line), job)

    def _forget(self, job: Resource) -> None:
        self._sweeps.pop(job.id.key, None)
        if job.properties["jobType"] == "Sweep":
            for trial in self._trials(job):
                self._store.drop(trial.id)
                self._forget(trial)
        for line in self._waiting.values():
            line[:] = [other for other in line if other.id.key != job.id.key]
        attempt = self._attempts.get(job.id.key)
        if attempt is not None:
            attempt.end(Outcome("Canceled"), at_once=True)
        remove_now(self._logs(job))

    def _trials(self, sweep: Resource) -> list[Resource]:
        workspace = sweep.id.parent
        found = self._store.within(workspace, JOB) if workspace is not None else ()
        return [job for job in found if run_of(job).parent == sweep.id.name]

    def _close(self, compute: ResourceId) -> None:
        error = reasons.compute_gone(compute.name)
        for job in self._waiting.pop(compute.key, []):
            run_of(job).end("Failed", self._store.now(), error)
        for attempt in self._attempts.values():
            if attempt.plan.compute.key == compute.key:
                attempt.end(Outcome("Failed", error))
        self._fleets.pop(compute.key, None)
        self._store.nodes.pop(compute.key, None)

    def _work(self) -> None:
        while not self._ending:
            self._woken.wait(LOOK_SECONDS if self._is_busy() else None)
            self._woken.clear()
            try:
                with self._alone():
                    started = self._turn()
                for attempt in started:
                    attempt.thread.start()
            except Exception:
                # One job that can't be understood must not end all others, nor fill the log.
                log.exception("jobs of Machine Learning")
                time.sleep(1)

    def _is_busy(self) -> bool:
        with self._alone():
            if self._attempts or self._sweeps or any(self._waiting.values()):
                return True
            scales = [(fleet, self._scale(key)) for key, fleet in self._fleets.items()]
            return any(scale is not None and not fleet.rests(scale) for fleet, scale in scales)

    def _turn(self) -> list[Attempt]:
        for key, sweep in list(self._sweeps.items()):
            for trial in sweep.step(self._store):
                self._wait_in_line(trial)
            if sweep.run.is_over:
                del self._sweeps[key]
        started: list[Attempt] = []
        for key in {*self._waiting, *self._fleets}:
            scale = self._scale(key)
            if scale is None:
                # A sweep goes on when its cluster is gone: its trials fail.
                self._close(resource_id(key))
            else:
                started += self._go_on(key, scale)
        return started

    def _scale(self, compute: str) -> Body | None:
        found = self._store.get(resource_id(compute))
        return None if found is None else found.properties["properties"]["scaleSettings"]

    def _go_on(self, key: str, scale: Body) -> list[Attempt]:
        """Let nodes of one cluster come and go, and give them to whoever waits."""
        line = self._waiting.get(key, [])
        # Those that were cancelled before they began are over.
        line[:] = [job for job in line if not run_of(job).is_over]
        now, fleet = self._store.now(), self._fleets.setdefault(key, Fleet())
        for job in line:
            run = run_of(job)
            if run.status == "NotStarted":
                run.status, run.queued = "Queued", now
        able = [job for job in line if not self._lacks_capacity(job)]
        wanted = sum(job.properties["resources"]["instanceCount"] for job in able)
        coming = fleet.step(scale, wanted, now)
        for _ in range(coming):
            if able and self._is_spoiled(able[0]):
                fleet.spoil(now)
        started: list[Attempt] = []
        while line and line[0] in able and (attempt := self._placed(fleet, line[0])) is not None:
            started.append(attempt)
            line.pop(0)
        self._store.nodes[key] = fleet.counts()
        return started

    def _lacks_capacity(self, job: Resource) -> bool:
        run = run_of(job)
        with TURN:
            return REHEARSAL.lacks_capacity(names_of(job), run.queued or job.created, self._store.now())

    def _is_spoiled(self, job: Resource) -> bool:
        with TURN:
            return REHEARSAL.of_start(names_of(job), 0, ("unusable_node",)) is not None

    def _placed(self, fleet: Fleet, job: Resource) -> Attempt | None:
        """An attempt of a job that waits; None if it waits on, or has failed."""
        run, now = run_of(job), self._store.now()
        try:
            plan = plan_of(self._store, job)
        except ArmError as refused:
            run.end("Failed", now, failure(reasons.USER, refused.message))
            return None
        if plan.processes > nodes_max():
            run.end(
                "Failed", now, reasons.too_many_processes(plan.processes, nodes_max(), PROCESSES_VARIABLE)
            )
            return None
        running = sum(attempt.plan.processes for attempt in self._attempts.values())
        nodes = fleet.take(plan.node_count, now) if running < processes_max() else None
        if nodes is None:
            return None
        run.attempts += 1
        run.status = "Starting"
        return self._begun(plan, job, nodes)

    def _begun(self, plan: Plan, job: Resource, nodes: list[Node]) -> Attempt:
        run = run_of(job)
        attempt = Attempt(
            plan,
            run,
            nodes,
            self._directory / "nodes" / f"{run.token[:12]}-{run.attempts}",
            self._logs(job),
            self._site(),
            self._alone,
            self._store.now,
            self._ended,
        )
        self._attempts[job.id.key] = attempt
        return attempt

    def _ended(self, attempt: Attempt, outcome: Outcome) -> None:
        now, run = self._store.now(), attempt.run
        key = attempt.plan.id.key
        if self._attempts.get(key) is attempt:
            del self._attempts[key]
        fleet = self._fleets.get(attempt.plan.compute.key)
        if fleet is not None:
            fleet.give_back(attempt.nodes, attempt.lost, now)
            self._store.nodes[attempt.plan.compute.key] = fleet.counts()
        job = self._store.get(attempt.plan.id)
        if outcome.begins_again and not run.cancel_asked and job is not None:
            run.status, run.queued, run.started = "Queued", now, None
            run.warnings.append(reasons.preempted()["message"])
            self._wait_in_line(job, first=True)
        elif outcome.begins_again or (run.cancel_asked and outcome.status != "Failed"):
            run.end("Canceled", now)
        else:
            run.end(outcome.status, now, outcome.error)
        self._woken.set()

    def _logs(self, job: Resource) -> Path:
        return self._directory / "logs" / run_of(job).token

    def _shown(self, job: Resource) -> dict[str, Any]:
        run, attempt = run_of(job), self._attempts.get(job.id.key)
        workspace = self._store.get(job.id.parent) if job.id.parent else None
        return {
            "jobId": job.id.name,
            "name": job.properties["displayName"],
            "status": run.status,
            "reason": None,
            "account": job.id.subscription.name,
            "region": workspace.location if workspace else "",
            "queue": str(job.properties["computeId"]).rpartition("/")[2],
            "containers": attempt.plan.processes if attempt is not None else 0,
        }
