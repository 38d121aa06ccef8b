"""The local backend: runs each node of a job as a process on this machine, in place of the pool's."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelyard.errors import SurroundingsError
from modelyard_launcher.backends import LaunchContext, LogChunk, OnLine, Standing
from modelyard_launcher.backends.local.environment import access_variables
from modelyard_launcher.backends.local.planning import plan_here
from modelyard_launcher.backends.local.processes import host_name, is_alive, runs_here
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.plan import Plan
from modelyard_launcher.project import runs_directory
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_node.codes import HOST
from modelyard_node.keys import log_key, spec_key

if TYPE_CHECKING:
    from modelyard_launcher.backends.local.supervisor import LocalRun
    from modelyard_launcher.clouds import AnyTarget
    from modelyard_launcher.containers.node import ContainerSetup
    from modelyard_launcher.job import Job
    from modelyard_launcher.records import Attempt, BadNode, RunRecord

GRACE_SECONDS = 10.0
"""What programs get between SIGTERM and SIGKILL when a run is cancelled or a rank has failed."""

START_SECONDS = 30.0
"""A run that is still merely submitted after that will never start."""

HOST_FAILURE = "host_failure"
"""The event of retry.on_events that a lost node is."""


class LocalBackend:
    """Runs each node of a job as a process on this machine, in place of the pool's."""

    def __init__(self, context: LaunchContext, *, grace_seconds: float = GRACE_SECONDS) -> None:
        self._context = context
        self._grace_seconds = grace_seconds

    def plan(self, loaded: LoadedJob, resolved: ResolvedTarget) -> Plan:
        """What submitting would mean."""
        engine = None
        if self._context.container:
            from modelyard_launcher.containers.engines import find_runner

            engine = find_runner(self._context.engine)
        return plan_here(loaded, resolved, self._context.access, engine)

    def submit(
        self, plan: Plan, *, detach: bool, on_line: OnLine, on_event: Callable[[str], None]
    ) -> RunRecord:
        """Start the job here; with `detach`, under a supervisor in the background."""
        from modelyard_launcher.backends.local.calls import LocalCaller
        from modelyard_launcher.spec import Place
        from modelyard_launcher.submission import Order, Submitter
        from modelyard_launcher.sweeps import variants_file
        from modelyard_launcher.uploads import pack_runtime

        runs, job = self._context.runs, plan.job
        for run_id in job.depends_on:
            runs.read(run_id)  # one that isn't there is told before anything is submitted
        setup = self._setup(job, plan.target, on_event) if self._context.container else None
        place = Place(
            target=plan.target,
            pool=plan.choice.pool,
            hourly_usd=None,
            gpus_per_node=None if setup is not None and setup.gpus else 0,
            workdir=plan.loaded.directory.absolute() if setup is None else None,
            grace_seconds=self._grace_seconds,
        )
        variants = None if job.sweep is None else variants_file(job.sweep)
        order = Order(plan, place, pack_runtime(), variants)
        record = Submitter(runs, LocalCaller(runs, plan.choice.pool.name), on_event).submit(order)
        return self._start(record, setup, detach=detach, on_line=on_line, on_event=on_event)

    def resubmit(
        self,
        record: RunRecord,
        resolved: ResolvedTarget,
        *,
        detach: bool,
        on_line: OnLine,
        on_event: Callable[[str], None],
    ) -> RunRecord:
        """Start a run here once more; its files are where they were."""
        from modelyard_launcher.backends.local.calls import LocalCaller
        from modelyard_launcher.submission import Submitter

        del resolved
        runs = self._context.runs
        lost = self._ended(record)
        spec, setup = self._spec_bytes(lost), None
        if json.loads(spec)["workdir"] is None:  # its nodes are containers
            from modelyard_launcher.clouds import target_of
            from modelyard_launcher.job import Job

            setup = self._setup(Job.model_validate(lost.job), target_of(lost.target), on_event)
        submitted = Submitter(runs, LocalCaller(runs, lost.pool), on_event).resubmit(lost, spec)
        return self._start(submitted, setup, detach=detach, on_line=on_line, on_event=on_event)

    def _setup(self, job: Job, target: AnyTarget, on_event: Callable[[str], None]) -> ContainerSetup:
        """What the nodes of a job are like as containers; its image is here then."""
        from modelyard_launcher.backends.local.containers import container_setup
        from modelyard_launcher.containers.engines import find_runner
        from modelyard_launcher.containers.images_here import image_here
        from modelyard_launcher.uploads import pack_runtime

        engine, access = find_runner(self._context.engine), self._context.access
        image_here(engine, job.image or "", target, access, on_event)
        return container_setup(job, target, engine, access, pack_runtime())

    def _start(
        self,
        record: RunRecord,
        setup: ContainerSetup | None,
        *,
        detach: bool,
        on_line: OnLine,
        on_event: Callable[[str], None],
    ) -> RunRecord:
        run = self._local_run(record, setup)
        if detach:
            from modelyard_launcher.backends.local.detached import start_detached

            start_detached(run, record, self._context)
            return self._context.runs.read(record.run_id)
        from modelyard_launcher.backends.local.supervisor import Supervision

        return Supervision(run, self._context.runs, record, on_line=on_line, on_event=on_event).run()

    def _local_run(self, record: RunRecord, setup: ContainerSetup | None) -> LocalRun:
        """What its supervisor needs to know. Raises SurroundingsError."""
        from modelyard_launcher.backends.local.secrets import read_secrets
        from modelyard_launcher.backends.local.supervisor import LocalRun
        from modelyard_launcher.clouds import target_of
        from modelyard_launcher.uploads import pack_runtime

        access, job = self._context.access, record.job
        spec: dict[str, Any] = json.loads(self._spec_bytes(record))
        target = target_of(record.target)
        sweep: dict[str, Any] = job.get("sweep") or {}
        return LocalRun(
            run_id=record.run_id,
            submission=record.submissions[-1].number,
            num_nodes=record.num_nodes,
            attempts=spec["retry"]["attempts"],
            retries_lost_nodes=HOST_FAILURE in spec["retry"]["on_events"],
            variants=record.variants,
            parallel=min(sweep.get("parallel") or 1, os.cpu_count() or 1),
            depends_on=list(job.get("depends_on") or []),
            checkpoints_uri=self._context.checkpoints_uri,
            spec_sha256=record.spec_sha256 or "",
            directory=_directory(record, spec) if setup is None else self._context.project.absolute(),
            scratch=self._scratch(record.run_id),
            grace_seconds=spec["grace_seconds"],
            runtime=pack_runtime().data,
            given={**access_variables(target, access), **read_secrets(job.get("secrets") or {}, access)},
            container=setup,
        )

    def _spec_bytes(self, record: RunRecord) -> bytes:
        key = spec_key(record.run_id, record.spec_sha256 or "")
        content = self._context.runs.store.get(key)
        if content is None:
            raise SurroundingsError(
                f"{self._context.checkpoints_uri}/{key} isn't there",
                "submit the job anew",
            )
        return content

    def _ended(self, record: RunRecord) -> RunRecord:
        """A run that was lost, noted as ended, so that another submission may follow."""
        from modelyard_launcher.record_changes import change_record
        from modelyard_launcher.records import now

        if record.finished or record.state == "submitting":
            return record
        standing = self.describe(record)
        if standing.state != "lost":
            raise SurroundingsError(
                f"run {record.run_id} still runs here", "cancel it, or leave it to whoever watches over it"
            )
        last = record.submissions[-1].model_copy(
            update={"ended": now(), "kind": HOST, "reason": standing.reason}
        )
        changes = {
            "state": "failed",
            "reason": standing.reason,
            "ended": now(),
            "submissions": [*record.submissions[:-1], last],
        }
        return change_record(
            self._context.runs.store, record, lambda current: current.model_copy(update=changes)
        )

    def describe(self, record: RunRecord) -> Standing:
        """How a run stands: `lost` if it should be running here, and its supervisor is gone."""
        from modelyard_launcher.progress import last_step, progress_of
        from modelyard_launcher.records import now

        if record.finished:
            return Standing(record.state, record.reason, progress=last_step(record))
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
            progress = progress_of(self._context.runs.store, record, record.attempts)
            return Standing(record.state, record.reason, progress=progress)
        return Standing(
            "lost",
            f"its supervisor (process {supervisor.pid}) ended without a word, and its processes with it",
        )

    def _scratch(self, run_id: str) -> Path:
        """A run's own directory while it runs."""
        return (runs_directory(self._context.project) / run_id).absolute()

    def _attempts(self, record: RunRecord) -> list[Attempt]:
        from modelyard_launcher.attempts import gather

        return gather(self._context.runs.store, record.run_id, record.attempts)

    def refresh(self, record: RunRecord) -> RunRecord:
        """The newest record, with what attempts have left since whoever watches over it wrote it."""
        newest = self._context.runs.read(record.run_id)
        if newest.finished or newest.variants is not None:
            return newest
        return newest.model_copy(update={"attempts": self._attempts(newest)})

    def end_nodes(self, record: RunRecord, nodes: Sequence[BadNode]) -> list[BadNode]:
        """There are no machines to end: nodes are processes here."""
        raise SurroundingsError(
            f"{nodes[0]} of run {record.run_id} is a process of this machine, which isn't ended for it",
            "see what is wrong with this machine: `modelyard job preflight` tells",
        )

    def read_log(self, record: RunRecord, rank: int, cursor: str | None = None) -> LogChunk:
        """What a rank wrote, as far as it was uploaded; the cursor is a number of bytes."""
        start = int(cursor or 0)
        data = self._context.runs.store.get(log_key(record.run_id, rank), start) or b""
        return LogChunk(data, str(start + len(data)))

    def cancel(self, record: RunRecord) -> RunRecord:
        """Ask the run's supervisor to end it, and wait until it has."""
        from modelyard_launcher.backends.local.leaving import clear_up
        from modelyard_launcher.backends.local.trial import RUNTIME_GRACE_SECONDS
        from modelyard_launcher.records import now

        state = self.describe(record).state
        if state == "lost":
            clear_up(self._context.runs.store, record, self._scratch(record.run_id))
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
        deadline = time.monotonic() + self._grace_seconds + RUNTIME_GRACE_SECONDS + 10
        while time.monotonic() < deadline:
            time.sleep(0.1)
            last = self._context.runs.read(record.run_id)
            if last.finished:
                return last
        raise SurroundingsError(
            f"run {record.run_id} was asked to end and hasn't (process {supervisor.pid})",
            "cancel it again: the second time it is killed at once",
        )


def _directory(record: RunRecord, spec: dict[str, Any]) -> Path:
    """Where its programs start. Raises SurroundingsError if that isn't on this machine."""
    directory = Path(spec["workdir"])
    if not directory.is_dir():
        raise SurroundingsError(
            f"{directory}, where run {record.run_id} starts, isn't on {host_name()}",
            f"go on where it was submitted ({record.owner}), or submit the job anew",
        )
    return directory
