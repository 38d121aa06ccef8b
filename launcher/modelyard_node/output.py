"""What a program writes: it goes through as it is, and its last lines are kept.

A thread of its own reads and writes, so that whoever reads our output slowly, or not at all, holds up the
program at most, and never the watch over it.
"""

from __future__ import annotations

import os
import select
import selectors
import threading
from collections.abc import Sequence
from contextlib import suppress

TAIL_LINES = 20
LONGEST_LINE = 2_000
"""Characters of a kept line."""

_TAIL_BYTES = 64 * 1024
_CHUNK_BYTES = 64 * 1024


class Output:
    """The output of programs, one after another."""

    def __init__(self) -> None:
        self._tail = bytearray()
        self._thread: threading.Thread | None = None
        # Where both of ours are one, they are one for the program too, and its lines keep their order.
        self._is_one = _are_one(1, 2)

    def start(self) -> tuple[int, int]:
        """Descriptors for a program's standard output and error, to be handed over."""
        self._tail.clear()
        read, write = os.pipe()
        ways, ends = {read: 1}, (write, write)
        if not self._is_one:
            read, write = os.pipe()
            ways[read] = 2
            ends = (ends[0], write)
        self._thread = threading.Thread(target=self._pump, args=(ways,), name="output", daemon=True)
        self._thread.start()
        return ends

    @staticmethod
    def hand_over(ends: tuple[int, int]) -> None:
        """Let go of them here: they are the program's now."""
        for end in set(ends):
            os.close(end)

    def finish(self, seconds: float) -> None:
        """Wait until all that was written has gone through."""
        if self._thread is not None:
            self._thread.join(seconds)

    def tail(self) -> list[str]:
        """The last lines."""
        return last_lines(bytes(self._tail))

    def _pump(self, ways: dict[int, int]) -> None:
        with selectors.DefaultSelector() as selector:
            for source in ways:
                selector.register(source, selectors.EVENT_READ)
            while selector.get_map():
                for key, _ in selector.select():
                    chunk = os.read(key.fd, _CHUNK_BYTES)
                    if not chunk:
                        selector.unregister(key.fd)
                        os.close(key.fd)
                        continue
                    self._keep(chunk)
                    _write(ways[key.fd], chunk)

    def _keep(self, chunk: bytes) -> None:
        self._tail += chunk
        if len(self._tail) > 2 * _TAIL_BYTES:
            del self._tail[:-_TAIL_BYTES]


def last_lines(content: bytes) -> list[str]:
    """The last lines as a reader would have seen them: of what a progress bar wrote over itself, the last."""
    lines: Sequence[bytes] = content.rstrip(b"\r\n").split(b"\n")[-TAIL_LINES:]
    seen = [line.rstrip(b"\r").rpartition(b"\r")[2].decode(errors="replace") for line in lines]
    return [line[:LONGEST_LINE] for line in seen] if content.strip() else []


def say(text: str) -> None:
    """Say something of the runtime's own, beside what programs write."""
    _write(2, f"modelyard: {text}\n".encode(errors="replace"))


def _write(target: int, chunk: bytes) -> None:
    """Write all of it. Where nobody reads, or nothing more fits, it is lost: the program goes on."""
    rest = memoryview(chunk)
    with suppress(OSError):
        while rest:
            # Somebody who shares it may have made it non-blocking.
            select.select([], [target], [])
            with suppress(BlockingIOError):
                rest = rest[os.write(target, rest) :]


def _are_one(first: int, second: int) -> bool:
    with suppress(OSError):
        return os.path.sameopenfile(first, second)
    return False
