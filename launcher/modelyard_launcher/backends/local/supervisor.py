"""Sees a run through on this machine: attempt after attempt; record, logs and metrics go to the store."""

from __future__ import annotations

import shutil
import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from modelyard.errors import SurroundingsError
from modelyard.outputs import LaunchTarget
from modelyard_launcher.access import S3Access
from modelyard_launcher.backends.local.environment import (
    MASTER_ADDR,
    access_variables,
    log_path,
    metrics_path,
    node_environment,
    store_uris,
)
from modelyard_launcher.backends.local.gang import Gang, GangOutcome, NodeCommand, StopSwitch
from modelyard_launcher.backends.local.processes import this_process
from modelyard_launcher.backends.local.uploads import Uploader
from modelyard_launcher.contract import GangContext
from modelyard_launcher.job import Job
from modelyard_launcher.records import (
    INTERRUPTED,
    Attempt,
    RankOutcome,
    RunRecord,
    RunStore,
    State,
    now,
)
from modelyard_node.keys import log_key, metrics_key

_SIGNALS = {
    signal.SIGINT: INTERRUPTED,
    signal.SIGTERM: "cancelled on request",
    signal.SIGHUP: "its terminal was closed",
}


@dataclass(frozen=True, slots=True)
class LocalRun:
    """Everything that a run on this machine needs."""

    job: Job
    directory: Path
    """Directory that its commands start in."""
    target: LaunchTarget
    access: S3Access
    scratch: Path
    """Directory of the run's own, for logs, metrics and home directories while it runs."""
    grace_seconds: float
    """What processes get between SIGTERM and SIGKILL."""


class Supervision:
    """One run, from its first attempt to its last record."""

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
        self._stop = StopSwitch()

    def run(self) -> RunRecord:
        """See the run through; its last record. Whatever happens, no process of it is left."""
        for directory in ("logs", "metrics", "home"):
            (self._run.scratch / directory).mkdir(parents=True, exist_ok=True)
        try:
            with heeding_signals(self._stop):
                return self._supervise()
        finally:
            self._stop.close()

    def _supervise(self) -> RunRecord:
        self._record = self._runs.write(
            self._record.model_copy(update={"state": "running", "supervisor": this_process()})
        )
        self._on_start()
        uploader = Uploader(self._runs.store, self._files())
        uploader.start()
        state: State = "failed"
        reason: str | None = "the launcher itself failed"
        try:
            state, reason = self._attempts()
        except BrokenPipeError:
            reason = "whoever read its lines has gone"
            raise
        finally:
            self._finish(uploader, state, reason)
        return self._record

    def _files(self) -> dict[str, Path]:
        files: dict[str, Path] = {}
        for rank in range(self._run.job.num_nodes):
            files[log_key(self._record.run_id, rank)] = log_path(self._run.scratch, rank)
            files[metrics_key(self._record.run_id, rank)] = metrics_path(self._run.scratch, rank)
        return files

    def _attempts(self) -> tuple[State, str | None]:
        """Attempt after attempt, until one succeeds or none is left."""
        attempts = self._run.job.retry.attempts
        for number in range(1, attempts + 1):
            outcome = self._attempt(number)
            state, reason = judge(outcome, self._run.job)
            code = exit_code_of(outcome)
            ended = self._record.attempts[-1].model_copy(
                update={
                    "ended": now(),
                    "exit_code": code,
                    "reason": reason,
                    "ranks": [
                        RankOutcome(rank=rank, exit_code=exit_code, stopped=rank in outcome.stopped)
                        for rank, exit_code in outcome.exit_codes.items()
                    ],
                }
            )
            self._note([*self._record.attempts[:-1], ended], code)
            if state != "failed" or number == attempts or not may_retry(outcome, self._run.job):
                return state, reason
            self._on_event(f"attempt {number} of {attempts} failed: {reason}; starting again")
        raise AssertionError("a job has one attempt at least")

    def _attempt(self, number: int) -> GangOutcome:
        self._note([*self._record.attempts, Attempt(number=number, started=now())], None)
        job, scratch = self._run.job, self._run.scratch
        datasets, checkpoints = store_uris(job, self._run.target)
        context = GangContext(
            run_id=self._record.run_id,
            attempt=str(number),
            master_addr=MASTER_ADDR,
            master_port=str(free_port()),
            gpus_per_node=0,
            datasets_uri=datasets,
            checkpoints_uri=checkpoints,
        )
        access = access_variables(job, self._run.target, self._run.access)
        commands: list[NodeCommand] = []
        for rank in range(job.num_nodes):
            environment = node_environment(job, context, rank, scratch=scratch, access=access)
            Path(environment["HOME"]).mkdir(exist_ok=True)
            scripts = [job.setup, job.run] if job.setup else [job.run]
            if number > 1:
                with log_path(scratch, rank).open("ab") as log:
                    log.write(f"modelyard: attempt {number}\n".encode())
            commands.append(
                NodeCommand(rank, scripts, environment, self._run.directory, log_path(scratch, rank))
            )
        return Gang(
            commands,
            self._on_line,
            grace_seconds=self._run.grace_seconds,
            timeout_seconds=job.timeout_seconds,
            stop=self._stop,
        ).run()

    def _note(self, attempts: list[Attempt], exit_code: int | None) -> None:
        """Keep the record current; a store that is gone for a while doesn't end the training."""
        self._record = self._record.model_copy(update={"attempts": attempts, "exit_code": exit_code})
        try:
            self._record = self._runs.write(self._record)
        except SurroundingsError as error:
            self._on_event(f"the record can't be written for now: {error.message}")

    def _finish(self, uploader: Uploader, state: State, reason: str | None) -> None:
        try:
            uploader.finish()
            self._record = self._runs.write(
                self._record.model_copy(update={"state": state, "reason": reason, "ended": now()})
            )
        except SurroundingsError as error:
            raise SurroundingsError(
                f"the run has ended ({state}), but its record can't be written: {error.message}",
                f"{error.mend}; its logs are in {self._run.scratch}",
            ) from error
        shutil.rmtree(self._run.scratch, ignore_errors=True)


def judge(outcome: GangOutcome, job: Job) -> tuple[State, str | None]:
    """What an attempt's outcome means, and why in plain words."""
    if not any(outcome.exit_codes.values()) and not outcome.stopped:
        return "succeeded", None
    if outcome.first_failure is not None:
        first = f"rank {outcome.first_failure} {ending(outcome.exit_codes[outcome.first_failure])}"
        stopped = len(outcome.stopped)
        return "failed", first + (
            f"; the other {stopped} {'was' if stopped == 1 else 'were'} stopped" if stopped else ""
        )
    if outcome.interrupted is not None:
        return "cancelled", outcome.interrupted
    return "failed", f"the timeout of {job.timeout} passed, and every rank was stopped"


def may_retry(outcome: GangOutcome, job: Job) -> bool:
    """Whether another attempt may follow a failed one."""
    if outcome.timed_out or outcome.interrupted is not None:
        return False
    return job.retry.exit_codes is None or exit_code_of(outcome) in job.retry.exit_codes


def exit_code_of(outcome: GangOutcome) -> int:
    """The exit code of the rank that failed first; else the first that isn't 0; else 0."""
    if outcome.first_failure is not None:
        return outcome.exit_codes[outcome.first_failure]
    return next((code for code in outcome.exit_codes.values() if code), 0)


def ending(exit_code: int) -> str:
    """An exit code in words."""
    number = exit_code - 128
    if exit_code > 128 and number in {each.value for each in signal.Signals}:
        return f"was ended by {signal.Signals(number).name} (exit code {exit_code})"
    return f"exited with code {exit_code}"


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((MASTER_ADDR, 0))
        return probe.getsockname()[1]


@contextmanager
def heeding_signals(stop: StopSwitch) -> Generator[None]:
    """Turn signals into requests to stop. Only the main thread may do so; in others nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(number: int, _: FrameType | None) -> None:
        if stop.requests > 1 and number == signal.SIGINT:
            raise KeyboardInterrupt  # asked three times: leave even what can't be waited for
        stop.request(_SIGNALS[signal.Signals(number)])

    before = {number: signal.signal(number, ask) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
