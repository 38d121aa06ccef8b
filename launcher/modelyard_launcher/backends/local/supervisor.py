"""Sees a run through on this machine: its record is kept current, its logs go to the store."""

from __future__ import annotations

import signal
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import FrameType
from typing import Any

from modelyard.errors import SurroundingsError
from modelyard_launcher.backends.local.containers import TOOLS
from modelyard_launcher.backends.local.environment import log_path
from modelyard_launcher.backends.local.gang import StopSwitch
from modelyard_launcher.backends.local.processes import this_process
from modelyard_launcher.backends.local.trial import Trial, TrialOutcome, TrialPlan
from modelyard_launcher.backends.local.uploads import Uploader
from modelyard_launcher.containers.credentials import reachable
from modelyard_launcher.containers.leftovers import clear_scratch, remove_leftovers
from modelyard_launcher.containers.node import ContainerSetup
from modelyard_launcher.containers.tools import write_tools
from modelyard_launcher.record_changes import change_record
from modelyard_launcher.records import INTERRUPTED, Attempt, RunRecord, RunStore, State, now
from modelyard_launcher.sweep_words import failed_variants
from modelyard_node.keys import log_key

_SIGNALS = {
    signal.SIGINT: INTERRUPTED,
    signal.SIGTERM: "cancelled on request",
    signal.SIGHUP: "its terminal was closed",
}

_DEPENDENCY_SECONDS = 2.0
"""How often runs that must have succeeded first are asked after."""


@dataclass(frozen=True, slots=True)
class LocalRun:
    """Everything that a submission on this machine needs."""

    run_id: str
    submission: int
    num_nodes: int
    attempts: int
    retries_lost_nodes: bool
    variants: int | None
    parallel: int
    """Variants that run at once."""
    depends_on: list[str]
    checkpoints_uri: str
    spec_sha256: str
    directory: Path
    """Directory that its runtimes start in."""
    scratch: Path
    """Directory of the run's own, for logs, metrics and home directories while it runs."""
    grace_seconds: float
    """What programs get between SIGTERM and SIGKILL."""
    runtime: bytes = field(repr=False)
    given: Mapping[str, str] = field(repr=False)
    """Access to the stores and secrets, as variables."""
    container: ContainerSetup | None = None
    """Set if nodes are containers."""

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, secrets included: for a pipe."""
        return {
            **{each.name: getattr(self, each.name) for each in fields(self)},
            "directory": str(self.directory),
            "scratch": str(self.scratch),
            "runtime": b64encode(self.runtime).decode("ascii"),
            "given": dict(self.given),
            "container": None if self.container is None else self.container.as_dict(),
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> LocalRun:
        """The run of a JSON form."""
        values: dict[str, Any] = {
            **document,
            "directory": Path(document["directory"]),
            "scratch": Path(document["scratch"]),
            "runtime": b64decode(document["runtime"]),
            "container": document["container"] and ContainerSetup.read(document["container"]),
        }
        return cls(**values)

    def trial(self, variant: int | None, given: Mapping[str, str]) -> TrialPlan:
        """What is run of it: all, or one variant; `given` as its nodes can use it."""
        return TrialPlan(
            run_id=self.run_id,
            submission=self.submission,
            variant=variant,
            num_nodes=self.num_nodes,
            attempts=self.attempts,
            retries_lost_nodes=self.retries_lost_nodes,
            checkpoints_uri=self.checkpoints_uri,
            spec_sha256=self.spec_sha256,
            directory=self.directory,
            scratch=self.scratch,
            grace_seconds=self.grace_seconds,
            runtime=self.scratch / "runtime.pyz",
            given=given,
            container=self.container,
        )


class Supervision:
    """One submission of a run, from its first attempt to the record of its end."""

    def __init__(
        self,
        run: LocalRun,
        runs: RunStore,
        record: RunRecord,
        *,
        on_line: Callable[[int, str], None],
        on_event: Callable[[str], None],
        on_start: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_line` takes what ranks write, `on_event` what happens; `on_start` is called once it runs."""
        self._run = run
        self._runs = runs
        self._record = record
        self._on_line = on_line
        self._on_event = on_event
        self._on_start = on_start
        self._switches: list[StopSwitch] = []
        self._asked: list[str] = []
        self._given: Mapping[str, str] = {}

    def run(self) -> RunRecord:
        """See it through; the last record. Whatever happens, no process of it is left."""
        for directory in ("logs", "metrics", "home", "notices"):
            (self._run.scratch / directory).mkdir(parents=True, exist_ok=True)
        (self._run.scratch / "runtime.pyz").write_bytes(self._run.runtime)
        if self._run.container is not None:
            write_tools(self._run.scratch / TOOLS)
            for name in remove_leftovers(self._run.container.engine):
                self._on_event(f"removed container {name}: nobody watched over it any more")
        with heeding_signals(self._ask):
            return self._supervise()

    def _ask(self, reason: str) -> int:
        """Ask everything to end, a second time at once; how often that was asked."""
        self._asked.append(reason)
        for switch in self._switches:
            switch.request(self._asked[0])
        return len(self._asked)

    def _supervise(self) -> RunRecord:
        self._change(state="running", supervisor=this_process())
        self._on_start()
        uploader = Uploader(self._runs.store, self._files())
        uploader.start()
        outcome = TrialOutcome("failed", None, "the launcher itself failed", None)
        try:
            with reachable(self._run.given) if self._run.container else nullcontext(self._run.given) as given:
                self._given = given
                outcome = self._hindrance() or self._trials()
        except BrokenPipeError:
            outcome = TrialOutcome("failed", None, "whoever read its lines has gone", None)
            raise
        finally:
            self._finish(uploader, outcome)
        return self._record

    def _files(self) -> dict[str, Path]:
        count = self._run.variants or self._run.num_nodes
        return {
            log_key(self._run.run_id, number): log_path(self._run.scratch, number) for number in range(count)
        }

    def _hindrance(self) -> TrialOutcome | None:
        """Wait until the runs before have succeeded; how it ends if they haven't, or somebody asks for it."""
        for run_id in self._run.depends_on:
            while not self._asked:
                before = self._runs.read(run_id)
                if before.state == "succeeded":
                    break
                if before.finished:
                    reason = f"run {run_id}, which has to succeed first, {before.state}"
                    return TrialOutcome("failed", None, reason, None)
                time.sleep(_DEPENDENCY_SECONDS)
        return _cancelled(self._asked[0]) if self._asked else None

    def _trials(self) -> TrialOutcome:
        if self._run.variants is None:
            return self._trial(None, self._on_line, self._note)
        return self._sweep(self._run.variants)

    def _sweep(self, count: int) -> TrialOutcome:
        """Every variant, some at once; a sweep has succeeded if all have."""
        speaking = threading.Lock()

        def one(variant: int) -> TrialOutcome:
            def said(_: int, line: str) -> None:
                with speaking:
                    self._on_line(variant, line)

            return self._trial(variant, said, lambda _: None)

        with ThreadPoolExecutor(self._run.parallel, thread_name_prefix="modelyard-variant") as pool:
            outcomes = list(pool.map(one, range(count)))
        failed = [variant for variant, outcome in enumerate(outcomes) if outcome.state != "succeeded"]
        if self._asked:
            return _cancelled(self._asked[0])
        if not failed:
            return TrialOutcome("succeeded", outcomes[0].kind, None, 0)
        first = outcomes[failed[0]]
        reason = failed_variants(failed, count, first.reason or "")
        return TrialOutcome("failed", first.kind, reason, first.exit_code)

    def _trial(
        self,
        variant: int | None,
        on_line: Callable[[int, str], None],
        on_attempts: Callable[[list[Attempt]], None],
    ) -> TrialOutcome:
        if self._asked:
            return _cancelled(self._asked[0])
        switch = StopSwitch()
        self._switches.append(switch)
        if self._asked:  # just now
            switch.request(self._asked[0])
        try:
            return Trial(
                self._run.trial(variant, self._given),
                self._runs.store,
                stop=switch,
                on_line=on_line,
                on_event=self._on_event,
                on_attempts=on_attempts,
                known=self._record.attempts if variant is None else (),
            ).run()
        finally:
            self._switches.remove(switch)
            switch.close()

    def _note(self, attempts: list[Attempt]) -> None:
        """Keep the record current; a store that is gone for a while doesn't end the training."""
        try:
            self._change(attempts=attempts)
        except SurroundingsError as error:
            self._on_event(f"the record can't be written for now: {error.message}")

    def _change(self, **changes: Any) -> None:
        self._record = change_record(
            self._runs.store, self._record, lambda current: current.model_copy(update=changes)
        )

    def _finish(self, uploader: Uploader, outcome: TrialOutcome) -> None:
        state: State = outcome.state
        moment = now()
        last = self._record.submissions[-1].model_copy(
            update={"ended": moment, "kind": outcome.kind, "reason": outcome.reason}
        )
        try:
            uploader.finish()
            self._change(
                state=state,
                reason=outcome.reason,
                exit_code=outcome.exit_code,
                ended=moment,
                submissions=[*self._record.submissions[:-1], last],
            )
        except SurroundingsError as error:
            raise SurroundingsError(
                f"the run has ended ({state}), but its record can't be written: {error.message}",
                f"{error.mend}; its logs are in {self._run.scratch}",
            ) from error
        clear_scratch(self._run.scratch, self._run.container)


def _cancelled(reason: str) -> TrialOutcome:
    return TrialOutcome("cancelled", None, reason, None)


@contextmanager
def heeding_signals(ask: Callable[[str], int]) -> Generator[None]:
    """Turn signals into requests to stop. Only the main thread may do so; in others nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def heed(number: int, _: FrameType | None) -> None:
        if ask(_SIGNALS[signal.Signals(number)]) > 2 and number == signal.SIGINT:
            raise KeyboardInterrupt  # asked three times: leave even what can't be waited for

    before = {number: signal.signal(number, heed) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
