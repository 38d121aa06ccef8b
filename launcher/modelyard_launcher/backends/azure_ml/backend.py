"""The backend Azure Machine Learning: what it plans, submits, shows and cancels."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from modelyard.errors import InputError, Problem, SurroundingsError
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.backends import LaunchContext, LogChunk, OnLine, Standing
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.outcomes import LOOK_UP_SECONDS
from modelyard_launcher.plan import Plan
from modelyard_launcher.resolved import ResolvedTarget

if TYPE_CHECKING:
    from modelyard_launcher.azure.arm import Arm
    from modelyard_launcher.backends.azure_ml.history import History
    from modelyard_launcher.backends.azure_ml.logs import Logs
    from modelyard_launcher.backends.azure_ml.sending import AzureMlCaller
    from modelyard_launcher.backends.azure_ml.shipment import Shipment
    from modelyard_launcher.records import BadNode, RunRecord
    from modelyard_launcher.stores import Store
    from modelyard_launcher.submission import Submitter

CANCEL_SECONDS = 180.0
"""How long a cancelled run is waited for: longer than nodes are given to save."""

_POLL_SECONDS = 1.0


class AzureMlBackend:
    """Runs jobs on Azure Machine Learning, on the clusters of an environment."""

    def __init__(
        self,
        context: LaunchContext,
        *,
        cancel_seconds: float = CANCEL_SECONDS,
        look_up_seconds: float = LOOK_UP_SECONDS,
        patience_seconds: float = 90.0,
    ) -> None:
        """`look_up_seconds` is how long a job is looked for whose submission had no answer,
        `patience_seconds` from when on a call isn't sent again.
        """
        self._context = context
        self._cancel_seconds = cancel_seconds
        self._look_up_seconds = look_up_seconds
        self._patience_seconds = patience_seconds
        self._known_arm: Arm | None = None
        self._histories: dict[str, History] = {}
        self._logs: Logs | None = None

    def plan(self, loaded: LoadedJob, resolved: ResolvedTarget) -> Plan:
        """What submitting would mean. Raises InputError for what the service wouldn't take."""
        from modelyard_launcher.backends.azure_ml.checks import azure_target
        from modelyard_launcher.backends.azure_ml.planning import checked_shipment, make_plan, pack
        from modelyard_launcher.outlook import look_ahead

        target = azure_target(resolved.target)
        outlook = look_ahead(loaded, target)
        shipment = checked_shipment(loaded, target, outlook.choice)
        return make_plan(loaded, resolved, outlook, pack(loaded), shipment)

    def submit(
        self, plan: Plan, *, detach: bool, on_line: OnLine, on_event: Callable[[str], None]
    ) -> RunRecord:
        """Submit a job as a new run, or settle one whose submission was broken off.

        Without `detach`, follow it to its end; with Ctrl-C it goes on.
        """
        from modelyard_launcher.backends.azure_ml.checks import azure_target
        from modelyard_launcher.backends.azure_ml.planning import checked_shipment
        from modelyard_launcher.pools import accelerators_of_a_node
        from modelyard_launcher.spec import Place
        from modelyard_launcher.submission import Order
        from modelyard_launcher.sweeps import variants_file

        plan.resolved.must_be_up()
        target, job = azure_target(plan.target), plan.job
        shipment = checked_shipment(plan.loaded, target, plan.choice)
        place = Place(target, shipment.pool, plan.cost.hourly_usd, accelerators_of_a_node(job, shipment.pool))
        variants = None if job.sweep is None else variants_file(job.sweep)
        order = Order(plan, place, None, variants)
        record = self._submitter(shipment, on_event).submit(order)
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
        from modelyard_launcher.backends.azure_ml.checks import azure_target
        from modelyard_launcher.backends.azure_ml.resubmitting import next_of
        from modelyard_launcher.backends.resubmitting import must_have_ended

        target = azure_target(resolved.target)
        must_have_ended(self, record, target.region)
        following = next_of(record, target, self._store)
        submitter = self._submitter(following.shipment, on_event)
        again = submitter.resubmit(record, following.spec, following.changes)
        return again if detach else self._follow(again, on_line, on_event)

    def describe(self, record: RunRecord) -> Standing:
        """How a run stands: why it waits, how far it is."""
        from modelyard_launcher.backends.azure_ml.standing import standing_of

        return standing_of(self._arm, self._history(record), self._store, record)

    def refresh(self, record: RunRecord) -> RunRecord:
        """Bring a record up to what the workspace and the run's nodes say; its end is written once."""
        from modelyard_launcher.backends.azure_ml.looking import refreshed

        return refreshed(self._arm, self._history(record), self._store, record)

    def read_log(self, record: RunRecord, rank: int, cursor: str | None = None) -> LogChunk:
        """What a rank wrote, in all its attempts."""
        from modelyard_launcher.backends.azure_ml.logs import Logs

        history = self._history(record)
        if self._logs is None or self._logs.history is not history:
            self._logs = Logs(history, self._store)
        return self._logs.read(record, rank, cursor)

    def cancel(self, record: RunRecord) -> RunRecord:
        """End a run: its nodes are told why, and the service ends its job. Its last record.

        Raises SurroundingsError if it hasn't ended in time; it does yet.
        """
        from modelyard_launcher.backends.azure_ml.cancelling import ask_to_end

        record = self.refresh(record)
        if record.finished:
            return record
        until = time.monotonic() + self._cancel_seconds
        ending = self._access.arm(patience_seconds=self._patience_seconds, work_seconds=self._cancel_seconds)
        record = ask_to_end(ending, self._store, record)
        while not record.finished:
            record = self.refresh(record)
            if record.finished:
                break
            if time.monotonic() >= until:
                raise SurroundingsError(
                    f"run {record.run_id} was told to end, and Azure Machine Learning hasn't ended it yet",
                    f"see it come to its end with `modelyard job status {record.run_id}`",
                )
            time.sleep(_POLL_SECONDS)
        return record

    def end_nodes(self, record: RunRecord, nodes: Sequence[BadNode]) -> list[BadNode]:
        """Not on Azure: raises SurroundingsError, whatever the nodes."""
        found = ", ".join(f"rank {node.rank} ({node.host})" for node in nodes)
        raise SurroundingsError(
            f"bad nodes of run {record.run_id} aren't ended: {found}; the machines of a cluster are the "
            "service's, and nothing ends a single one",
            f"let pool {record.pool} give its nodes back (min_nodes 0, no job for as long as its idle "
            "time), and submit the run again: it gets other machines",
        )

    def _submitter(self, shipment: Shipment, on_event: Callable[[str], None]) -> Submitter:
        from modelyard_launcher.submission import Submitter

        return Submitter(
            self._context.runs, self._caller(shipment), on_event, look_up_seconds=self._look_up_seconds
        )

    def _caller(self, shipment: Shipment) -> AzureMlCaller:
        from modelyard_launcher.backends.azure_ml.sending import AzureMlCaller

        return AzureMlCaller(self._arm, self._store, shipment)

    def _follow(self, record: RunRecord, on_line: OnLine, on_event: Callable[[str], None]) -> RunRecord:
        from modelyard_launcher.backends.following import follow
        from modelyard_launcher.backends.patience import patience_with

        patience = patience_with(self._context.access)
        return follow(self, record, on_line, on_event, patience_seconds=patience)

    @property
    def _store(self) -> Store:
        return self._context.runs.store

    @property
    def _access(self) -> AzureAccess:
        access = self._context.access
        if isinstance(access, AzureAccess):
            return access
        problem = Problem(
            "--backend",
            "azure_ml",
            f"azure_ml submits to Azure, and the access is to {access.place}",
            "an environment with cloud: azure",
            "leave --backend out: the environment has its own",
        )
        raise InputError([problem])

    @property
    def _arm(self) -> Arm:
        if self._known_arm is None:
            self._known_arm = self._access.arm(patience_seconds=self._patience_seconds)
        return self._known_arm

    def _history(self, record: RunRecord) -> History:
        """Run history of the workspace that a run was last submitted to."""
        from modelyard_launcher.backends.azure_ml.history import History
        from modelyard_launcher.backends.azure_ml.sights import target_of_record

        target = target_of_record(record)
        workspace = target.workspace.id
        if workspace not in self._histories:
            self._histories[workspace] = History(self._access, target)
        return self._histories[workspace]
