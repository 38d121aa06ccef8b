"""A node: what its steps have in common, and how it is brought to stop."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from modelyard_node import codes
from modelyard_node.causes import Cause, first
from modelyard_node.contract import program_environment
from modelyard_node.ends import OUT_OF_MEMORY, TOLD, EndedError, Ending, broken, in_words
from modelyard_node.guard import Family, ask_if_orphaned
from modelyard_node.history import Past
from modelyard_node.loop import Loop, Outcome, Worker
from modelyard_node.memory import Memory
from modelyard_node.output import Output, say
from modelyard_node.pace import Pace
from modelyard_node.place import Place
from modelyard_node.program import Program
from modelyard_node.spec import Spec
from modelyard_node.store import Store
from modelyard_node.watch.base import Decide, Watch

if TYPE_CHECKING:
    from modelyard_node.heartbeat import Heartbeat
    from modelyard_node.scratch import Held, Scratch

_Answer = TypeVar("_Answer")

LEAVE_SECONDS = 30.0
"""A node whose peer has failed has left by then."""

WRITING_SECONDS = 3.0
"""What of that is for saying so in the store."""

HEARING_SECONDS = 3.0
"""What of that is for hearing how the others ended."""

SAVED_SECONDS = 10.0
"""What is given to the others beyond their grace, when all are asked to save and to exit."""


class Node:
    """One node of an attempt."""

    def __init__(self, environ: Mapping[str, str], place: Place, pace: Pace, store: Store) -> None:
        self.environ, self.place, self.pace, self.store = environ, place, pace, store
        self.loop = Loop()
        self.courier = Worker(self.loop)
        """Writes what is written now and then: the store may be away."""
        self.started = time.monotonic()
        self.leaving = False
        """Whether the last words are being written."""
        self.spec: Spec | None = None
        self.attempt = 0
        """The attempt's number, from 1; 0 before this node may touch anything."""
        self.failed_before = 0
        """Earlier attempts that failed by the program's fault."""
        self.history: list[Past] = []
        """The run's attempts before this one, as far as the main node knows."""
        self.heartbeat: Heartbeat | None = None
        self.watch: Watch | None = None
        self.causes: list[Cause] = []
        self.own_failure: Ending | None = None
        """If this node's program failed by itself."""
        self.leave_by = float("inf")
        self.program: Program | None = None
        ask_if_orphaned()
        self._family, self.output = Family(), Output()
        self._memory = Memory(place.root)
        self._step = ""
        self._scratch: Scratch | None = None
        self.shared: Held | None = None
        """Its node's directory, where another process of the node has the files."""
        self.told_to_end = False
        """Whether somebody has sent it a signal for that."""
        self.loop.heed((signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD), self._on_signal)

    @property
    def job(self) -> Spec:
        """What is to be done."""
        if self.spec is None:
            raise broken("the specification hasn't been read yet")
        return self.spec

    @property
    def directory(self) -> Path:
        """A directory of this node's own, made when it is first needed, and gone at the end."""
        if self._scratch is None:
            from modelyard_node.scratch import Scratch  # many jobs need none

            try:
                self._scratch = Scratch(self.environ.get("MODELYARD_SCRATCH") or None)
            except OSError as error:
                raise broken(f"there is no place for this node's own files: {error}") from error
        return self._scratch.path

    @cached_property
    def metrics_path(self) -> Path:
        """The file that takes the program's metrics."""
        return Path(self.environ.get("MODELYARD_METRICS") or self.directory / "metrics.jsonl")

    @property
    def started_at(self) -> datetime:
        """When it started, by the clock that the store has put right."""
        return self.store.clock.now() - timedelta(seconds=time.monotonic() - self.started)

    def until(self, what: Callable[[], bool]) -> None:
        """Wait until something holds. Raises EndedError if the attempt ends before."""
        while True:
            self.see()
            if self.causes:
                raise EndedError(first(self.causes).ending)
            if what():
                return
            self.loop.turn()

    def settle(self, what: Callable[[], bool], until: float) -> None:
        """Wait until something holds, or that time has come (`time.monotonic()`)."""
        while True:
            self.see()
            if what() or time.monotonic() >= until:
                return
            self.loop.turn()

    def see(self) -> None:
        """See how the program stands."""
        program = self.program
        if program is None or program.over:
            return
        program.look()
        code = program.exit_code
        if code and program.ended_at is not None and not self.causes:
            self.own_failure = self._failure(code)
            if self.watch is not None:
                self.watch.tell_failure(self.own_failure, program.ended_at)
            self.stop(Cause(program.ended_at, self.own_failure))

    def do(self, what: Callable[[], _Answer]) -> _Answer:
        """Do something that may block, while everything else is seen to; its answer."""
        outcomes: list[Outcome[_Answer]] = []
        Worker(self.loop).do(what, outcomes.append)
        self.until(lambda: bool(outcomes))
        return outcomes[0].get()

    def meet(
        self, name: str, mine: Any = None, decide: Decide = lambda _: None, of: int | None = None
    ) -> Any:
        """Wait until all ranks have come here, or `of` of them that meet without the others, and return what
        the main node makes of what each brings.
        """
        if self.watch is None:
            return decide({self.place.rank: mine})
        watch, answer = self.watch, None
        watch.bring(name, mine)

        def over() -> bool:
            nonlocal answer
            done, answer = watch.outcome(name, decide, of)
            return done

        self.until(over)
        return answer

    def run(self, script: str, step: str) -> None:
        """Run a shell text of the job's to its end. Raises EndedError if it fails, or the attempt ends."""
        self._step = step
        variables = program_environment(self.environ, self.place, self.job, self.attempt, self.metrics_path)
        try:
            self.program = Program(script, variables, self.workdir, self._family, self.output)
        except OSError as error:
            raise broken(f"{step} can't be started in {self.workdir}: {error.strerror}") from error
        self.until(lambda: self.program is not None and self.program.over)

    @property
    def workdir(self) -> Path:
        """Where the job's programs start."""
        if self.job.workdir is not None:
            return Path(self.job.workdir)
        if not self.job.files:
            return Path.cwd()
        unpacked = (self.directory if self.shared is None else self.shared.path) / "workdir"
        return unpacked if unpacked.is_dir() else Path.cwd()

    def stop(self, cause: Cause) -> None:
        """Note something that ends the attempt, and ask everything to end, if it hasn't been asked."""
        self.causes.append(cause)
        now = time.monotonic()
        grace = self.spec.grace_seconds if self.spec is not None else 0.0
        if cause.ending.kind == codes.DUPLICATE:
            # What it would save now would lie in the way of whoever holds the lease.
            grace = 0.0
        if cause.lost or cause.ending.kind == codes.PROGRAM:
            leave_by = cause.at + LEAVE_SECONDS - WRITING_SECONDS
            grace = max(min(grace, leave_by - HEARING_SECONDS - now), 0.0)
        else:
            leave_by = now + grace + SAVED_SECONDS
        self.end_within(grace, leave_by)
        if len(self.causes) == 1 and self.watch is not None:
            self.watch.tell_stop(cause.ending, grace)
        if len(self.causes) == 1 and self.program is not None and self.program.exit_code is None:
            say(f"{cause.ending.reason}: the program has {grace:.0f} seconds to save and to exit")

    def end_within(self, grace: float, leave_by: float) -> None:
        """Ask the program to end, and set the time by which this node has left."""
        self.leave_by = min(self.leave_by, leave_by)
        self.loop.hurried = True
        if self.program is not None:
            self.program.ask(grace)

    def on_stop(self, ending: Ending, grace: float) -> None:
        """The main node says that everything is to end."""
        self.see()  # the program may have failed just before
        if self.program is not None and self.program.exit_code is None:
            say(f"{ending.reason}: the program has {grace:.0f} seconds to save and to exit")
        self.causes.append(Cause(time.monotonic(), ending))
        self.end_within(grace, time.monotonic() + grace + SAVED_SECONDS)

    def _failure(self, code: int) -> Ending:
        reason = (
            f"rank {self.place.rank}" + ("'s setup" if self._step == "setup" else "") + f" {in_words(code)}"
        )
        event = None
        if self._memory.ran_out():
            reason, event = f"{reason}: the container's memory ran out", OUT_OF_MEMORY
        return Ending(codes.PROGRAM, reason, self.place.rank, code, event)

    def clear(self) -> None:
        """End whatever it started and hasn't ended, and remove its directory."""
        self._family.sweep()
        if self.shared is not None:
            self.shared.let_go()
        if self._scratch is not None:
            self._scratch.remove()

    def _on_signal(self, number: signal.Signals) -> None:
        if number == signal.SIGCHLD:
            return
        self.told_to_end = True
        rank = self.place.rank
        reason = f"rank {rank} was told to end ({number.name})"
        # Whoever ends a job tells the main node; who tells a child alone takes its machine. But mpirun tells
        # all, for what it may be: the service knows whether somebody ended the job.
        told = Ending(codes.HOST, reason, rank, event=TOLD)
        by_somebody = self.place.is_main and not self.place.by_mpi
        ending = Ending(codes.STOPPED, reason, rank) if by_somebody else told
        self.stop(Cause(time.monotonic(), ending))
