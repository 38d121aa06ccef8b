"""The backend AWS Batch: what it plans, submits, shows and cancels."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from modelyard.errors import SurroundingsError
from modelyard.outputs import LaunchTarget
from modelyard_launcher.backends import LaunchContext, LogChunk, OnLine, Standing
from modelyard_launcher.backends.aws_batch.planning import (
    check,
    check_limits,
    make_plan,
    pack,
    planned_jobs,
    shipment_of,
)
from modelyard_launcher.clouds import AnyTarget, aws_access, aws_target
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.outcomes import LOOK_UP_SECONDS, DeniedError
from modelyard_launcher.outlook import look_ahead
from modelyard_launcher.plan import Plan
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.uploads import pack_runtime

if TYPE_CHECKING:
    from modelyard_launcher.backends.aws_batch.client import BatchApi
    from modelyard_launcher.backends.aws_batch.logs import Logs
    from modelyard_launcher.records import BadNode, RunRecord
    from modelyard_launcher.stores import Store

CANCEL_SECONDS = 60.0
"""How long a cancelled run is waited for: Batch gives containers 30 seconds to end (AWS Batch User Guide,
"Job timeouts", 2026-11)."""

_POLL_SECONDS = 1.0


class BatchBackend:
    """Runs jobs on AWS Batch, in the queues of an environment."""

    def __init__(
        self,
        context: LaunchContext,
        *,
        cancel_seconds: float = CANCEL_SECONDS,
        look_up_seconds: float = LOOK_UP_SECONDS,
    ) -> None:
        """`look_up_seconds` is how long a job is looked for whose submission had no answer."""
        self._context = context
        self._cancel_seconds = cancel_seconds
        self._look_up_seconds = look_up_seconds
        self._apis: dict[str, BatchApi] = {}

    def plan(self, loaded: LoadedJob, resolved: ResolvedTarget) -> Plan:
        """What submitting would mean. Raises InputError for what Batch wouldn't take, before any call."""
        target = _on_aws(resolved.target)
        outlook = look_ahead(loaded, target)
        check(loaded, target, outlook.choice)
        runtime = pack_runtime()
        shipment = shipment_of(loaded.job, target, outlook.choice, runtime, planned_jobs(loaded))
        check_limits(loaded, shipment)
        if loaded.job.depends_on and resolved.source != "environment":
            depends_on = self._jobs_waited_for(loaded, target)
            shipment = shipment_of(loaded.job, target, outlook.choice, runtime, depends_on)
            check_limits(loaded, shipment)
        return make_plan(loaded, resolved, outlook, pack(loaded, runtime), shipment)

    def submit(
        self, plan: Plan, *, detach: bool, on_line: OnLine, on_event: Callable[[str], None]
    ) -> RunRecord:
        """Submit a job as a new run, or settle one whose submission was broken off.

        Without `detach`, follow it to its end; with Ctrl-C it goes on.
        """
        from modelyard_launcher.backends.aws_batch.sending import BatchCaller
        from modelyard_launcher.pools import accelerators_of_a_node
        from modelyard_launcher.spec import Place
        from modelyard_launcher.submission import Order, Submitter
        from modelyard_launcher.sweeps import variants_file

        plan.resolved.must_be_up()
        runs, job, choice = self._context.runs, plan.job, plan.choice
        runtime = pack_runtime()
        target = _on_aws(plan.target)
        depends_on = self._jobs_waited_for(plan.loaded, target)
        shipment = shipment_of(job, target, choice, runtime, depends_on)
        place = Place(
            plan.target, choice.pool, plan.cost.hourly_usd, accelerators_of_a_node(job, choice.pool)
        )
        variants = None if job.sweep is None else variants_file(job.sweep)
        seconds = self._look_up_seconds
        api = self._api(plan.target.region)
        caller = BatchCaller(api, runs.store, shipment, on_event, look_up_seconds=seconds)
        submitter = Submitter(runs, caller, on_event, look_up_seconds=seconds)
        record = submitter.submit(Order(plan, place, runtime, variants))
        return record if detach else self._follow(record, on_line, on_event)

    def resubmit(
        self,
        record: RunRecord,
        resolved: ResolvedTarget,
        *,
        detach: bool,
        on_line: OnLine,
        on_event: Callable[[str], None],
    ) -> RunRecord:
        """Submit a run once more, perhaps to another region; the record lies in this backend's store."""
        from modelyard_launcher.backends.aws_batch.resubmitting import next_of
        from modelyard_launcher.backends.aws_batch.sending import BatchCaller
        from modelyard_launcher.backends.resubmitting import must_have_ended
        from modelyard_launcher.submission import Submitter
        from modelyard_launcher.uploads import upload_files

        runs, runtime, target = self._context.runs, pack_runtime(), _on_aws(resolved.target)
        must_have_ended(self, record, target.region)
        following = next_of(record, target, runs.store, runtime)
        upload_files(runs.store, (), runtime)
        seconds = self._look_up_seconds
        api = self._api(target.region)
        caller = BatchCaller(api, runs.store, following.shipment, on_event, look_up_seconds=seconds)
        submitter = Submitter(runs, caller, on_event, look_up_seconds=seconds)
        again = submitter.resubmit(record, following.spec, following.changes)
        return again if detach else self._follow(again, on_line, on_event)

    def describe(self, record: RunRecord) -> Standing:
        """How a run stands: why it waits, how far it is."""
        from modelyard_launcher.backends.aws_batch.standing import standing_of

        return standing_of(self._api_of(record), self._store, record)

    def refresh(self, record: RunRecord) -> RunRecord:
        """Bring a record up to what Batch and the run's nodes say; its end is written once."""
        from modelyard_launcher.backends.aws_batch.looking import refreshed

        after = refreshed(self._api_of(record), self._store, record)
        if after.finished and not record.finished:
            with suppress(DeniedError):  # of who may only look on
                self._logs.keep(after)
        return after

    def read_log(self, record: RunRecord, rank: int, cursor: str | None = None) -> LogChunk:
        """What a rank wrote, in all its attempts."""
        return self._logs.read(record, rank, cursor)

    def cancel(self, record: RunRecord) -> RunRecord:
        """End a run: its nodes are told why, and Batch ends its jobs. Its last record.

        Raises SurroundingsError if it hasn't ended in time; it does yet.
        """
        from modelyard_launcher.backends.aws_batch.cancelling import ask_to_end

        record = self.refresh(record)
        if record.finished:
            return record
        record = ask_to_end(self._api_of(record), self._store, record)
        until = time.monotonic() + self._cancel_seconds
        while not record.finished:
            if time.monotonic() >= until:
                raise SurroundingsError(
                    f"run {record.run_id} was told to end, and Batch hasn't ended it yet",
                    f"see it come to its end with `modelyard job status {record.run_id}`",
                )
            time.sleep(_POLL_SECONDS)
            record = self.refresh(record)
        return record

    def end_nodes(self, record: RunRecord, nodes: Sequence[BadNode]) -> list[BadNode]:
        """End the instances of nodes: those of the environment, and no others."""
        from modelyard_launcher.backends.aws_batch.bad_nodes import end_bad_nodes

        api = self._api_of(record)
        job_id = record.submissions[-1].job_id or ""
        return end_bad_nodes(api, record.environment, job_id, nodes)

    def _jobs_waited_for(self, loaded: LoadedJob, target: LaunchTarget) -> list[str]:
        """Ids of the jobs at Batch that a job waits for."""
        if not loaded.job.depends_on:
            return []
        from modelyard_launcher.backends.aws_batch.dependencies import jobs_waited_for

        return jobs_waited_for(loaded, target, self._context.runs)

    def _follow(self, record: RunRecord, on_line: OnLine, on_event: Callable[[str], None]) -> RunRecord:
        from modelyard_launcher.backends.following import follow
        from modelyard_launcher.backends.patience import patience_with

        patience = patience_with(self._context.access)
        return follow(self, record, on_line, on_event, patience_seconds=patience)

    @property
    def _store(self) -> Store:
        return self._context.runs.store

    @cached_property
    def _logs(self) -> Logs:
        from modelyard_launcher.backends.aws_batch.logs import Logs

        return Logs(self._api, self._store)

    def _api(self, region: str) -> BatchApi:
        """AWS Batch in a region."""
        from modelyard_launcher.backends.aws_batch.client import BatchApi

        if region not in self._apis:
            self._apis[region] = BatchApi(aws_access(self._context.access, "backend aws_batch"), region)
        return self._apis[region]

    def _api_of(self, record: RunRecord) -> BatchApi:
        """AWS Batch where a run was last submitted."""
        last = record.submissions[-1] if record.submissions else None
        return self._api((last.region if last else None) or self._context.access.region)


def _on_aws(target: AnyTarget) -> LaunchTarget:
    return aws_target(target, "backend aws_batch", "leave --backend out: the environment has its own")
