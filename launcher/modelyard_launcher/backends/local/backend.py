"""The local backend: what it plans, submits, shows and cancels."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from modelyard.errors import InputError, SurroundingsError
from modelyard_launcher.backends import LaunchContext, LogChunk, OnLine, Standing
from modelyard_launcher.backends.local.environment import MASTER_ADDR, access_variables, passed_on, store_uris
from modelyard_launcher.backends.local.processes import host_name, is_alive, runs_here
from modelyard_launcher.contract import GangContext, common_variables, rank_variables
from modelyard_launcher.costs import Cost
from modelyard_launcher.job import Job, shown_envs
from modelyard_launcher.job.document import job_document
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.outlook import look_ahead
from modelyard_launcher.plan import Plan, ResolvedTarget
from modelyard_launcher.pools import PoolChoice
from modelyard_launcher.project import runs_directory
from modelyard_node.keys import log_key

if TYPE_CHECKING:
    from modelyard_launcher.records import RunRecord

GRACE_SECONDS = 10.0
"""What processes get between SIGTERM and SIGKILL when a run is cancelled or a rank has failed."""

MOST_NODES = 32
"""Each node is a few processes on one machine."""

START_SECONDS = 30.0
"""A run that is still merely submitted after that will never start."""


class LocalBackend:
    """Runs each node of a job as a process on this machine, in place of the pool's."""

    def __init__(self, context: LaunchContext, *, grace_seconds: float = GRACE_SECONDS) -> None:
        self._context = context
        self._grace_seconds = grace_seconds

    def plan(self, loaded: LoadedJob, resolved: ResolvedTarget) -> Plan:
        """What submitting would mean."""
        job, target = loaded.job, resolved.target
        if job.num_nodes > MOST_NODES:
            raise InputError(
                [
                    loaded.problem(
                        "num_nodes",
                        str(job.num_nodes),
                        "the local backend runs all nodes on this machine",
                        allowed=f"1 to {MOST_NODES} with the local backend",
                        mend="take fewer nodes to try the job here",
                    )
                ]
            )
        outlook = look_ahead(loaded, target)
        choice, cost = outlook.choice, outlook.cost
        datasets, checkpoints = store_uris(job, target)
        planned = GangContext(
            run_id="<run id>",
            attempt="<from 1>",
            master_addr=MASTER_ADDR,
            master_port="<a free port>",
            gpus_per_node=0,
            datasets_uri=datasets,
            checkpoints_uri=checkpoints,
        )
        return Plan(
            loaded=loaded,
            resolved=resolved,
            backend="local",
            choice=choice,
            cost=cost,
            common_environment={**shown_envs(job.envs), **common_variables(job, planned)},
            rank_environments=[
                rank_variables(job, rank, f".modelyard/runs/<run id>/metrics/{rank}.jsonl")
                for rank in range(job.num_nodes)
            ],
            notes=self._notes(job, resolved, choice, cost),
            risks=outlook.risks,
            warnings=outlook.warnings,
        )

    def _notes(self, job: Job, resolved: ResolvedTarget, choice: PoolChoice, cost: Cost) -> list[str]:
        pool = choice.pool
        price = (
            "what the pool costs is unpriced" if cost.hourly_usd is None else "the cost is that of the pool"
        )
        notes = [
            (
                f"local: {job.num_nodes} processes on {host_name()} stand in for the pool's nodes; "
                f"they cost nothing, {price}"
                if job.num_nodes > 1
                else f"local: a process on {host_name()} stands in for the pool's node; "
                f"it costs nothing, {price}"
            )
        ]
        if job.image:
            notes.append(
                f"the image {job.image} isn't used: the job runs with this machine's Python and packages"
            )
        if job.resources.accelerators:
            notes.append(
                f"no accelerators are given here (GPUS_PER_NODE is 0), "
                f"{job.resources.accelerators} on each node there"
            )
        if pool.fabric.environment and pool.fabric.efa_interfaces:
            notes.append(f"left out here, for want of EFA: {', '.join(sorted(pool.fabric.environment))}")
        notes.append(
            f"besides, ranks find: {', '.join([*passed_on(), 'HOME (of their own)', 'PYTHONUNBUFFERED'])}"
        )
        return [*notes, *self._reach(job, resolved)]

    def _reach(self, job: Job, resolved: ResolvedTarget) -> list[str]:
        """How the job's processes reach their stores."""
        access = self._context.access
        reach = ", ".join(access_variables(job, resolved.target, access))
        if not reach:
            return []
        if not access.seems_usable:
            return [
                (
                    f"the stores lie in {access.place}, and there are no credentials for it here: "
                    "submitting would fail"
                )
            ]
        if access.kind == "sandbox":
            return [f"and, to reach {access.place} with its false credentials: {reach}"]
        return [f"and, to reach {access.place} as you yourself, not as the job's role: {reach}"]

    def submit(
        self, plan: Plan, *, detach: bool, on_line: OnLine, on_event: Callable[[str], None]
    ) -> RunRecord:
        """Start the job here; with `detach`, under a supervisor in the background."""
        from modelyard_launcher.backends.local.supervisor import LocalRun, Supervision

        record = self._context.runs.write(first_record(plan))
        run = LocalRun(
            job=plan.job,
            directory=plan.loaded.directory.absolute(),
            target=plan.target,
            access=self._context.access,
            scratch=(runs_directory(self._context.project) / record.run_id).absolute(),
            grace_seconds=self._grace_seconds,
        )
        on_event(f"run {record.run_id}")
        if detach:
            from modelyard_launcher.backends.local.detached import start_detached

            start_detached(run, record, self._context.checkpoints_uri)
            return self._context.runs.read(record.run_id)
        return Supervision(run, self._context.runs, record, on_line=on_line, on_event=on_event).run()

    def describe(self, record: RunRecord) -> Standing:
        """How a run stands: `lost` if it should be running here, and its supervisor is gone."""
        from modelyard_launcher.records import now

        if record.finished:
            return Standing(record.state, record.reason)
        supervisor = record.supervisor
        if supervisor is None:
            if now() - record.updated > timedelta(seconds=START_SECONDS):
                return Standing("lost", "it was submitted, but its supervisor never started")
            return Standing(record.state, record.reason)
        if not runs_here(supervisor):
            return Standing(
                record.state, f"it runs on {supervisor.host}: whether it still does can be seen there only"
            )
        if is_alive(supervisor):
            return Standing(record.state, record.reason)
        return Standing(
            "lost",
            f"its supervisor (process {supervisor.pid}) ended without a word, and its processes with it",
        )

    def refresh(self, record: RunRecord) -> RunRecord:
        """The newest record: who watches over the run keeps it current."""
        return self._context.runs.read(record.run_id)

    def read_log(self, record: RunRecord, rank: int, cursor: str | None = None) -> LogChunk:
        """What a rank wrote, as far as it was uploaded; the cursor is a number of bytes."""
        start = int(cursor or 0)
        data = self._context.runs.store.get(log_key(record.run_id, rank), start) or b""
        return LogChunk(data, str(start + len(data)))

    def cancel(self, record: RunRecord) -> RunRecord:
        """Ask the run's supervisor to end it, and wait until it has."""
        from modelyard_launcher.records import now

        state = self.describe(record).state
        if state == "lost":
            return self._context.runs.write(
                record.model_copy(
                    update={
                        "state": "cancelled",
                        "reason": "it was lost already: nothing was left to stop",
                        "ended": now(),
                    }
                )
            )
        supervisor = record.supervisor
        if supervisor is None:
            raise SurroundingsError(
                f"run {record.run_id} is only just starting", "try again in a few seconds"
            )
        if not runs_here(supervisor):
            raise SurroundingsError(
                f"run {record.run_id} runs on {supervisor.host}, and this is {host_name()}",
                f"cancel it on {supervisor.host}",
            )
        with suppress(ProcessLookupError):  # it has just ended
            os.kill(supervisor.pid, signal.SIGTERM)
        deadline = time.monotonic() + self._grace_seconds + 10
        while time.monotonic() < deadline:
            time.sleep(0.1)
            last = self._context.runs.read(record.run_id)
            if last.finished:
                return last
        raise SurroundingsError(
            f"run {record.run_id} was asked to end and hasn't (process {supervisor.pid})",
            "cancel it again: the second time it is killed at once",
        )


def first_record(plan: Plan) -> RunRecord:
    """The record of a run that is about to be submitted."""
    from modelyard_launcher.records import RunRecord, new_run_id, now

    moment = now()
    return RunRecord(
        run_id=new_run_id(plan.job.name),
        state="submitted",
        backend=plan.backend,
        environment=plan.target.environment,
        pool=plan.choice.pool.name,
        num_nodes=plan.job.num_nodes,
        created=moment,
        updated=moment,
        plan_digest=plan.digest,
        job=job_document(plan.job),
        target=plan.target.model_dump(mode="json", by_alias=True),
    )
