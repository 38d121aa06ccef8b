"""A gang: the processes of all nodes of one attempt.

As on a cluster, the first node's end is everybody's: when it has ended, the others are stopped. Another
node's end changes nothing here. The first node's runtime notices it, and ends with its reason.
"""

from __future__ import annotations

import fcntl
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from modelyard_launcher.follow import line_as_seen
from modelyard_node import guard

GUARD = Path(guard.__file__)

LONGEST_LINE_BYTES = 64 * 1024
"""Longer lines are cut into several."""

MAIN_RANK = 0
"""The rank whose end is the attempt's."""

_POLL_SECONDS = 0.2

_ENGINE_SECONDS = 30.0
"""How long a container may take to end once it is killed, before its engine is told so once more."""


@dataclass(frozen=True, slots=True)
class NodeCommand:
    """What one node runs."""

    rank: int
    scripts: Sequence[str]
    """Shell texts, one after another."""
    environment: Mapping[str, str] = field(repr=False)
    """All of it: nothing is inherited."""
    directory: Path
    log: Path
    """File that takes what it writes."""
    container: Sequence[str] = ()
    """The command that runs it in a container, with a guard inside, in place of a guard here."""
    opening: bytes = field(default=b"", repr=False)
    """What the lifeline brings first."""
    clearing: Sequence[str] = ()
    """The command that ends the container if its client was killed."""


@dataclass(frozen=True, slots=True)
class GangOutcome:
    """How the gang ended."""

    exit_codes: dict[int, int]
    """Exit code of each rank's runtime."""
    interrupted: str | None
    """Who asked for the end, if anybody did."""


class StopSwitch:
    """A request to stop, from a signal handler or another thread: the first asks, the second insists."""

    def __init__(self) -> None:
        self.listener, self._sender = os.pipe()
        os.set_blocking(self.listener, False)
        os.set_blocking(self._sender, False)
        self.requests = 0
        self.reason: str | None = None

    def request(self, reason: str) -> None:
        """Ask for the end; a second time, for the end at once."""
        self.requests += 1
        self.reason = self.reason or reason
        with suppress(BlockingIOError):  # the pipe is full of earlier requests
            os.write(self._sender, b"!")

    def close(self) -> None:
        """Give back the pipe."""
        os.close(self.listener)
        os.close(self._sender)


class _Node:
    """A node's guard, and how far it was read."""

    def __init__(self, command: NodeCommand, grace_seconds: float) -> None:
        self.rank = command.rank
        self.unfinished = b""
        self.silent = False
        self.log = command.log.open("ab", buffering=0)
        self._clearing = command.clearing
        self.guard = subprocess.Popen(
            command.container
            or [sys.executable, "-I", "-S", str(GUARD), str(grace_seconds), *command.scripts],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            cwd=command.directory,
            env=dict(command.environment),
            start_new_session=True,
        )
        assert self.guard.stdin is not None  # noqa: S101 (opened as a pipe above)
        assert self.guard.stdout is not None  # noqa: S101 (opened as a pipe above)
        self._lifeline = self.guard.stdin
        self._output = self.guard.stdout
        self.output = self._output.fileno()
        os.set_blocking(self.output, False)
        self._open(command.opening)

    def _open(self, opening: bytes) -> None:
        """Say the first words, which must not wait for a reader: the pipe is made to hold them."""
        if opening:
            with suppress(OSError, AttributeError):  # not to be had: then writing waits for the reader
                fcntl.fcntl(self._lifeline, fcntl.F_SETPIPE_SZ, max(len(opening), 1 << 16))
            with suppress(BrokenPipeError):  # the engine has left already: its exit code and log say why
                self._lifeline.write(opening)

    def tell(self, word: bytes) -> None:
        """Say a word to the guard, if it still listens."""
        with suppress(BrokenPipeError):
            os.write(self._lifeline.fileno(), word)

    def let_go(self) -> None:
        """Close the lifeline: whatever is left ends."""
        self._lifeline.close()

    def clear(self) -> None:
        """End what a guard that was killed has left."""
        end_session(self.guard.pid)
        if self._clearing:
            subprocess.run(self._clearing, stdin=subprocess.DEVNULL, capture_output=True, check=False)

    def close(self) -> None:
        """Wait for the guard's end and give everything back."""
        self._output.close()
        try:
            self.guard.wait(_ENGINE_SECONDS if self._clearing else None)
        except subprocess.TimeoutExpired:  # an engine's client that doesn't hear any more
            self.guard.kill()
            self.guard.wait()
            self.clear()
        self.log.close()


class Gang:
    """Starts the nodes, passes their lines on, and ends all of them when one fails or somebody asks."""

    def __init__(
        self,
        commands: Sequence[NodeCommand],
        on_line: Callable[[int, str], None],
        *,
        grace_seconds: float,
        stop: StopSwitch,
    ) -> None:
        """`grace_seconds` is what a node gets between being asked to end and SIGKILL."""
        self._commands = commands
        self._on_line = on_line
        self._grace_seconds = grace_seconds
        self._stop = stop
        self._nodes: dict[int, _Node] = {}
        self._exit_codes: dict[int, int] = {}
        self._heeded = 0

    def run(self) -> GangOutcome:
        """Run to the end; whatever happens, no process of the gang is left."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._stop.listener, selectors.EVENT_READ)
            try:
                for command in self._commands:
                    node = self._nodes[command.rank] = _Node(command, self._grace_seconds)
                    selector.register(node.output, selectors.EVENT_READ, node)
                while len(self._exit_codes) < len(self._commands):
                    self._turn(selector)
            finally:
                self._end_all()
        return GangOutcome(exit_codes=dict(sorted(self._exit_codes.items())), interrupted=self._stop.reason)

    def _turn(self, selector: selectors.BaseSelector) -> None:
        for key, _ in selector.select(_POLL_SECONDS):
            if key.data is None:
                os.read(self._stop.listener, 64)
                continue
            self._read(key.data)
            if key.data.silent:
                selector.unregister(key.fileobj)
        self._heed_requests()
        for node in self._nodes.values():
            if node.rank not in self._exit_codes and node.guard.poll() is not None:
                self._note_end(node)

    def _heed_requests(self) -> None:
        if self._stop.requests > self._heeded:
            self._heeded = self._stop.requests
            self._stop_all(b"T" if self._heeded == 1 else b"K")

    def _note_end(self, node: _Node) -> None:
        while self._read(node):
            pass
        if node.unfinished:
            self._pass_on(node, node.unfinished)
        code = node.guard.wait()
        if code < 0:
            # The guard itself was killed, and could not clear up behind it.
            node.clear()
            code = 128 - code
        self._exit_codes[node.rank] = code
        if node.rank == MAIN_RANK:
            self._stop_all(b"T")

    def _stop_all(self, word: bytes) -> None:
        for node in self._nodes.values():
            if node.rank not in self._exit_codes:
                node.tell(word)

    def _read(self, node: _Node) -> bool:
        """Pass on what a node has written; whether there was anything."""
        try:
            chunk = os.read(node.output, 64 * 1024)
        except BlockingIOError:
            return False
        if not chunk:
            node.silent = True
            return False
        node.log.write(chunk)
        *lines, rest = (node.unfinished + chunk).split(b"\n")
        for line in lines:
            self._pass_on(node, line)
        while len(rest) > LONGEST_LINE_BYTES:
            self._pass_on(node, rest[:LONGEST_LINE_BYTES])
            rest = rest[LONGEST_LINE_BYTES:]
        node.unfinished = rest
        return True

    def _pass_on(self, node: _Node, line: bytes) -> None:
        self._on_line(node.rank, line_as_seen(line))

    def _end_all(self) -> None:
        """Leave nothing behind, also when something went wrong here."""
        for node in self._nodes.values():
            if node.rank not in self._exit_codes:
                node.tell(b"K")
            node.let_go()
        for node in self._nodes.values():
            node.close()


def end_session(session: int) -> None:
    """Kill every process of a session whose leader is gone (on Linux; elsewhere nothing happens)."""
    proc = Path("/proc")
    for entry in proc.iterdir() if proc.is_dir() else ():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[3]) == session:
                os.kill(int(entry.name), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
