"""The thread that runs jobs.

It sleeps until somebody wakes it, or until a container writes or ends; while any job waits or runs it looks
up ten times a second, for what comes with time. It holds the server's turn only while it looks at jobs, not
while it waits, reads, or starts processes.
"""

from __future__ import annotations

import logging
import os
import selectors
import threading
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from modelyard_sandbox.job_faults import JobFault
from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.batch.running import reasons
from modelyard_sandbox.moto_extensions.batch.running.dependencies import take_in
from modelyard_sandbox.moto_extensions.batch.running.due import Due
from modelyard_sandbox.moto_extensions.batch.running.endings import end_task, show_running, stop
from modelyard_sandbox.moto_extensions.batch.running.run import Run, Task
from modelyard_sandbox.moto_extensions.batch.running.scheduling import schedule
from modelyard_sandbox.moto_extensions.batch.running.starting import Start, StartError, prepare
from modelyard_sandbox.moto_extensions.batch.running.task_roles import TaskRoles
from modelyard_sandbox.moto_extensions.batch.running.world import World
from modelyard_sandbox.moto_extensions.place import place
from modelyard_sandbox.running.cleaning import Cleaner, remove_now
from modelyard_sandbox.turn import TURN

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
EXIT_SECONDS = 0.05
"""Between the end of a container's output, which its guard holds to the last, and the guard's end."""
LAST_SECONDS = 2.0
"""How long an ending server waits for the ends of what it kills."""


class Engine:
    """Starts, watches and ends containers."""

    def __init__(self, hosts: Path) -> None:
        self.world = World()
        self.roles = TaskRoles()
        self._hosts = hosts
        self._due = Due(self.world)
        self._selector = selectors.DefaultSelector()
        self._woken, self._waker = os.pipe()
        for end in (self._woken, self._waker):
            os.set_blocking(end, False)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._ending = False
        self._cleaner = Cleaner()
        # What a server that was killed left behind.
        remove_now(hosts)
        self._thread = threading.Thread(target=self._work, name="batch", daemon=True)
        self._thread.start()

    def set_faults(self, faults: list[JobFault], *, add: bool) -> int:
        """Let these happen to what runs, and to what starts next; to how many that run. The caller holds the
        server's turn.
        """
        rehearsal = self.world.rehearsal
        before = rehearsal.faults if add else []
        rehearsal.faults = faults
        struck = [task for task in self._tasks() if task.process is not None and self._due.plan(task)]
        rehearsal.faults = [*before, *rehearsal.faults]
        return len(struck)

    def wake(self) -> None:
        """Something has changed."""
        with suppress(BlockingIOError):  # it is awake already
            os.write(self._waker, b"!")

    def end(self) -> None:
        """End everything that runs, before the server ends."""
        self._ending = True
        self.wake()
        self._thread.join(LAST_SECONDS)
        tasks = [task for task in self._tasks() if task.process is not None]
        for task in tasks:
            if task.process is not None:
                task.process.kill()
        for task in tasks:
            if task.process is not None:
                task.process.wait(LAST_SECONDS)
        self._cleaner.end()
        remove_now(self._hosts)

    def _work(self) -> None:
        while not self._ending:
            try:
                self._listen()
                self._turn()
            except Exception:
                # One job that can't be understood must not end all others, nor fill the log.
                log.exception("jobs")
                time.sleep(1)

    def _listen(self) -> None:
        lines = list(self.world.waiting.values())
        idle = not (self.world.runs or self.world.submitted or any(lines))
        for key, _ in self._selector.select(None if idle else LOOK_SECONDS):
            if key.data is None:
                with suppress(BlockingIOError):
                    os.read(self._woken, 4096)
            else:
                self._read(key.data)

    def _turn(self) -> None:
        with TURN:
            done = [task for task in self._tasks() if self._has_ended(task)]
            take_in(self.world)
            self._look_at_time()
            self._due.act()
            runs = schedule(self.world, self._hosts)
            starts = [start for run in runs for start in self._prepared(run)]
            for fleet in self.world.fleets.values():
                fleet.shrink()
            for task in self._tasks():
                if task.log is not None:
                    task.log.flush()
        for start in starts:
            self._start(start)
        for task in done:
            self._cleaner.remove(task.host)
        if done or starts:
            self.wake()

    def _tasks(self) -> list[Task]:
        return [task for run in list(self.world.runs.values()) for task in run.tasks if not task.is_over]

    def _read(self, task: Task) -> bool:
        """Take what a container has written; whether there was anything."""
        assert task.process is not None, "it runs"  # noqa: S101
        chunk = task.process.read()
        if chunk and task.log is not None:
            task.log.take(chunk)
        if task.process.is_silent:
            self._ignore(task)
            task.process.wait(EXIT_SECONDS)
        return bool(chunk)

    def _ignore(self, task: Task) -> None:
        with suppress(KeyError):  # it is unregistered already
            if task.process is not None:
                self._selector.unregister(task.process.output)

    def _has_ended(self, task: Task) -> bool:
        code = task.process.ended() if task.process is not None else None
        if code is None or task.process is None:
            return False
        while self._read(task):
            pass
        self._ignore(task)
        task.process.close()
        if task.log is not None:
            task.log.flush(at_last=True)
        self.roles.forget(task.task_id)
        end_task(self.world, task, code)
        return True

    def _look_at_time(self) -> None:
        for run in self.world.runs.values():
            if run.deadline is not None and run.deadline <= clock.now() and run.status_reason is None:
                stop(run, reasons.TIMED_OUT)

    def _prepared(self, run: Run) -> list[Start]:
        """The containers of an attempt that can start, the main one first."""
        starts: list[Start] = []
        for task in sorted(run.tasks, key=lambda task: not task.is_main):
            if run.is_judged:
                break
            missing = self.world.rehearsal.of_start(run.job.names, task.unit.node, ("image_missing",))
            try:
                starts.append(prepare(task, self.roles, image_missing=missing is not None))
            except StartError as error:
                self._fail(task, error)
        return starts

    def _start(self, start: Start) -> None:
        task = start.task
        with TURN:
            if task.run.status_reason is not None and not task.is_over:
                end_task(self.world, task, None)
            if task.is_over:
                return
        try:
            process = start.go()
        except StartError as error:
            self._cleaner.remove(task.host)
            with TURN:
                self._fail(task, error)
            return
        with TURN:
            task.process = process
            self._selector.register(process.output, selectors.EVENT_READ, task)
            show_running(task)
            self._due.plan(task)
            if task.is_lost:
                process.kill()
            elif task.run.status_reason is not None:
                process.stop()

    def _fail(self, task: Task, error: StartError) -> None:
        task.reason, task.status_reason = error.reason, error.status_reason
        self.roles.forget(task.task_id)
        end_task(self.world, task, None)


@cache
def engine() -> Engine:
    """The server's one; made when the first job is submitted."""
    return Engine(place().directory / "batch")


def is_running() -> bool:
    """Whether any job was ever submitted."""
    return engine.cache_info().currsize > 0
