"""The loop that everything on a node happens in, one after another; only what may block has threads."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar, cast

_Answer = TypeVar("_Answer")

LONGEST_PAUSE_SECONDS = 1.0
SHORT_PAUSE_SECONDS = 0.05
_HALTED_SECONDS = 0.5

OnReady = Callable[[int], None]
"""Takes what a socket is ready for: selectors.EVENT_READ, EVENT_WRITE."""


class Outcome(Generic[_Answer]):
    """What came of something that a thread did."""

    def __init__(self, answer: _Answer | None, error: BaseException | None) -> None:
        self._answer = answer
        self._error = error

    def get(self) -> _Answer:
        """The answer. Raises what went wrong instead of it."""
        if self._error is not None:
            raise self._error
        return cast("_Answer", self._answer)


class _Timer:
    def __init__(self, seconds: float, what: Callable[[], None]) -> None:
        self.seconds, self.what = seconds, what
        self.at = time.monotonic() + seconds


class Loop:
    """Sockets, timers, signals, and what threads hand in."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._woken, self._wake = os.pipe()
        for end in (self._woken, self._wake):
            os.set_blocking(end, False)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._posts: deque[Callable[[], None]] = deque()
        self._timers: list[_Timer] = []
        self.hurried = False
        """Whether to look around often: something is ending that doesn't say so."""

    def heed(self, numbers: tuple[signal.Signals, ...], on_signal: Callable[[signal.Signals], None]) -> None:
        """Call `on_signal` in the loop whenever one of these signals comes."""

        def handle(number: int, _frame: object) -> None:
            self.post(lambda: on_signal(signal.Signals(number)))

        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        for number in numbers:
            signal.signal(number, handle)

    def post(self, what: Callable[[], None]) -> None:
        """Have something done in the loop; from any thread."""
        self._posts.append(what)
        try:
            os.write(self._wake, b"!")
        except BlockingIOError:  # it is woken already
            return

    def watch(self, sock: socket.socket, events: int, on_ready: OnReady) -> None:
        """Call `on_ready` when a socket is ready; again, to change what for."""
        try:
            self._selector.modify(sock, events, on_ready)
        except KeyError:
            self._selector.register(sock, events, on_ready)

    def forget(self, sock: socket.socket) -> None:
        """Watch it no longer."""
        self._selector.unregister(sock)

    def every(self, seconds: float, what: Callable[[], None]) -> None:
        """Have something done again and again, the first time after that time."""
        self._timers.append(_Timer(seconds, what))

    def turn(self) -> None:
        """Wait for something to happen, and deal with it."""
        now = time.monotonic()
        longest = SHORT_PAUSE_SECONDS if self.hurried else LONGEST_PAUSE_SECONDS
        pause = max(min((timer.at - now for timer in self._timers), default=longest), 0)
        pause = 0 if self._posts else min(pause, longest)
        self._select(pause)
        if time.monotonic() - now > pause + _HALTED_SECONDS:
            # This process was halted for a while: what came meanwhile is seen before anybody is found silent.
            self._select(0)
        while self._posts:
            self._posts.popleft()()
        now = time.monotonic()
        for timer in self._timers:
            if timer.at <= now:
                timer.at = now + timer.seconds
                timer.what()

    def _select(self, pause: float) -> None:
        for key, events in self._selector.select(pause):
            if key.fd == self._woken:
                os.read(self._woken, 4096)
            else:
                key.data(events)


class Worker:
    """A thread that does what may block, one thing after another."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._queue: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._started = False
        self.busy = False
        """Whether something is under way."""

    def do(self, what: Callable[[], _Answer], then: Callable[[Outcome[_Answer]], None]) -> None:
        """Have something done, and its outcome dealt with in the loop."""

        def work() -> None:
            try:
                outcome = Outcome(what(), None)
            except BaseException as error:  # noqa: BLE001 (whoever asked gets it)
                outcome = Outcome[_Answer](None, error)
            self._loop.post(lambda: self._done(outcome, then))

        self.busy = True
        self._queue.put(work)
        if not self._started:
            self._started = True
            threading.Thread(target=self._work, name="worker", daemon=True).start()

    def _done(self, outcome: Outcome[_Answer], then: Callable[[Outcome[_Answer]], None]) -> None:
        self.busy = False
        then(outcome)

    def _work(self) -> None:
        while True:
            self._queue.get()()
