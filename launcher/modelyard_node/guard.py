"""Guard of one node's processes: `python guard.py GRACE SCRIPT...`, the leader of a session of its own.

It runs the scripts one after another by /bin/sh and ends with the exit code of the first that fails, or 0.
Its standard input is a lifeline that the launcher holds: `T` asks for an end (SIGTERM, then SIGKILL after
GRACE seconds), `K` for one at once, and its closing means that the launcher is gone, in whatever way: then
everything ends within a second or so. When the guard ends, nothing that it started is left: on Linux not even
what left its process group, because orphans come back to the guard (PR_SET_CHILD_SUBREAPER).

Only the standard library is used, and little of it: one of these runs for each node. What it knows of
families of processes, `Family`, the runtime goes by as well, which is the first process of its container.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

ORPHAN_GRACE_SECONDS = 0.5
"""What processes get between SIGTERM and SIGKILL once the launcher is gone."""

_LIFELINE = 0
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_PR_GET_PDEATHSIG = 2
_PR_SET_CHILD_SUBREAPER = 36

_prctl: Callable[..., int] | None = None
if sys.platform == "linux":
    _prctl = ctypes.CDLL(None).prctl

DEFAULT_AGAIN = (
    signal.SIGTERM,
    signal.SIGINT,
    signal.SIGHUP,
    signal.SIGPIPE,
    signal.SIGXFSZ,
    signal.SIGCHLD,
)
"""Whatever is ignored, by us or by Python itself, would stay so in a program that is started."""


class Family:
    """All processes that come from this one: one group at a time, and what has left it."""

    def __init__(self) -> None:
        self.group = 0
        """The group that was started last; 0 if there is none."""
        if _prctl is not None:
            _prctl(_PR_SET_CHILD_SUBREAPER, 1)

    def reap(self) -> dict[int, int]:
        """Take the end notes of all that has ended: exit codes by process id; 128 and the signal's number."""
        ended: dict[int, int] = {}
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return ended
            if pid == 0:
                return ended
            code = os.waitstatus_to_exitcode(status)
            ended[pid] = code if code >= 0 else 128 - code

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the group."""
        if self.group:
            _send(os.killpg, self.group, number)

    def signal_others(self, number: signal.Signals) -> None:
        """Send a signal to what has left the group (Linux)."""
        for pid in self._outside_the_group():
            _send(os.kill, pid, number)

    def group_left(self) -> bool:
        """Whether there is anything of the group."""
        if not self.group:
            return False
        try:
            os.killpg(self.group, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def anything_left(self) -> bool:
        """Whether there is anything at all."""
        return self.group_left() or bool(self._outside_the_group())

    def sweep(self) -> None:
        """End whatever is left, and take its end note."""
        until = time.monotonic() + 2
        while self.anything_left() and time.monotonic() < until:
            self.signal_group(signal.SIGKILL)
            self.signal_others(signal.SIGKILL)
            self.reap()
            time.sleep(0.005)
        self.reap()
        self.group = 0  # its number may come again, and be somebody else's

    def _outside_the_group(self) -> list[int]:
        if _prctl is None:
            return []
        parents: dict[int, tuple[int, int]] = {}
        for name in os.listdir("/proc"):  # noqa: PTH208 (pathlib takes long to import)
            if name.isdigit():
                fields = _stat(name)
                if fields is not None and fields[0] not in {"Z", "X"}:
                    parents[int(name)] = (int(fields[1]), int(fields[2]))
        family, grown = {os.getpid()}, True
        while grown:
            more = {pid for pid, (parent, _) in parents.items() if parent in family} - family
            family |= more
            grown = bool(more)
        return [pid for pid in family - {os.getpid()} if parents[pid][1] != self.group]


class Guard:
    """The processes of one node."""

    def __init__(self, grace_seconds: float) -> None:
        self._grace_seconds = grace_seconds
        self._family = Family()
        self._exit_code: int | None = None
        self._kill_at: float | None = None
        self._others_asked = False
        self._lifeline_open = True
        self._woken, wake = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for ignored in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_IGN)

    def run(self, script: str) -> int:
        """Run one script to its end, and the end of all that it started; its exit code."""
        self._exit_code = None
        leader = self._family.group = self._start(["/bin/sh", "-e", "-c", script])
        while self._exit_code is None or (self.stopping and self._family.anything_left()):
            self._wait()
            self._exit_code = self._family.reap().get(leader, self._exit_code)
            if self._kill_at is not None:
                self._ask_the_others()
                if time.monotonic() >= self._kill_at:
                    break
        self._family.sweep()
        return 128 + signal.SIGKILL if self._exit_code is None else self._exit_code

    @property
    def stopping(self) -> bool:
        """Whether an end was asked for: then no further script is run."""
        return self._kill_at is not None

    def _start(self, command: list[str]) -> int:
        guard = os.getpid()
        # What is asked before the child no longer ignores it, as we do, must not be lost: it waits till then.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        child = os.fork()
        if child == 0:
            try:
                self._become(command, guard)
            finally:
                os._exit(127)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        with suppress(PermissionError, ProcessLookupError):  # the child did it itself and has gone on already
            os.setpgid(child, child)
        return child

    def _become(self, command: list[str], guard: int) -> NoReturn:
        os.setpgid(0, 0)
        if _prctl is not None:
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != guard:
                os._exit(127)
        signal.set_wakeup_fd(-1)
        for number in DEFAULT_AGAIN:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.execv(command[0], command)  # noqa: S606 (the program is a shell)

    def _wait(self) -> None:
        """Wait for a word from the launcher, for a child's end, or for the end of the grace."""
        watched = [self._woken, _LIFELINE] if self._lifeline_open else [self._woken]
        timeout = None
        if self._kill_at is not None:
            timeout = min(max(self._kill_at - time.monotonic(), 0), 0.1)
        ready, _, _ = select.select(watched, [], [], timeout)
        if self._woken in ready:
            os.read(self._woken, 4096)
        if _LIFELINE in ready:
            self._hear(os.read(_LIFELINE, 64))

    def _hear(self, word: bytes) -> None:
        if not word:
            self._lifeline_open = False
            self._stop(ORPHAN_GRACE_SECONDS)
        elif b"K" in word:
            self._stop(0)
        else:
            self._stop(self._grace_seconds)

    def _stop(self, grace_seconds: float) -> None:
        kill_at = time.monotonic() + grace_seconds
        if self._kill_at is None:
            self._family.signal_group(signal.SIGTERM)
            self._kill_at = kill_at
        self._kill_at = min(self._kill_at, kill_at)

    def _ask_the_others(self) -> None:
        """Ask what has left the group, once the group is gone.

        Not before: the group may be a node's runtime, which asks its own programs itself, and once.
        """
        if not self._others_asked and not self._family.group_left():
            self._others_asked = True
            self._family.signal_others(signal.SIGTERM)


def ask_if_orphaned() -> None:
    """If this process is to be killed when its parent is, have it asked: it ends its own family in order."""
    if _prctl is not None:
        number = ctypes.c_int()
        _prctl(_PR_GET_PDEATHSIG, ctypes.byref(number))
        if number.value == signal.SIGKILL:
            _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _send(how: Callable[[int, int], None], receiver: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        how(receiver, number)


def _stat(pid: str) -> list[str] | None:
    """State, parent, group of a process, and the rest of /proc/<pid>/stat; None if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def main() -> int:
    """Run the scripts; the exit code of the first that fails, or 0."""
    guard = Guard(float(sys.argv[1]))
    exit_code = 0
    for script in sys.argv[2:]:
        exit_code = guard.run(script)
        if exit_code or guard.stopping:
            break
    return exit_code


if __name__ == "__main__":
    outcome = main()
    sys.stdout.flush()
    os._exit(outcome)
