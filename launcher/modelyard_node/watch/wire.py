"""A connection that carries JSON objects, one a line, and blocks nobody."""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from modelyard_node.loop import Loop

Message = dict[str, Any]

LONGEST_MESSAGE_BYTES = 1 << 20
_CHUNK_BYTES = 1 << 16


class Wire:
    """One end of a connection."""

    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        on_message: Callable[[Message], None],
        on_close: Callable[[str], None],
    ) -> None:
        """`on_close` is told once why nothing more will come, unless it was closed from here."""
        self._loop, self._sock = loop, sock
        self._on_message, self._on_close = on_message, on_close
        self._received, self._unsent = b"", b""
        self._finishing = False
        self.open = True
        self.heard_at = time.monotonic()
        """When something came last."""
        sock.setblocking(False)
        with suppress(OSError):  # not TCP
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        loop.watch(sock, selectors.EVENT_READ, self._ready)

    def becomes(self, on_message: Callable[[Message], None], on_close: Callable[[str], None]) -> None:
        """Have somebody else told from now on."""
        self._on_message, self._on_close = on_message, on_close

    def send(self, message: Message) -> None:
        """Send a message, now or as soon as it can be taken."""
        if self.open:
            self._unsent += json.dumps(message).encode() + b"\n"
            self._flush()

    def finish(self) -> None:
        """Send no more. The other side closes it when it has read everything.

        (Closed from here with something unread, it would be reset, and what was sent last be lost with that.)
        """
        self._finishing = True
        if self.open and not self._unsent:
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Close it; what hasn't been sent is lost."""
        if self.open:
            self.open = False
            self._loop.forget(self._sock)
            self._sock.close()

    def _ready(self, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._flush()
        if self.open and events & selectors.EVENT_READ:
            self._read()

    def _flush(self) -> None:
        try:
            sent = self._sock.send(self._unsent) if self._unsent else 0
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self._lost(error.strerror or str(error))
            return
        self._unsent = self._unsent[sent:]
        if self._finishing and not self._unsent:
            self.finish()
        self._loop.watch(
            self._sock, selectors.EVENT_READ | (selectors.EVENT_WRITE if self._unsent else 0), self._ready
        )

    def _read(self) -> None:
        try:
            chunk = self._sock.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._lost(error.strerror or str(error))
            return
        if not chunk:
            self._lost("closed")
            return
        self.heard_at = time.monotonic()
        *lines, self._received = (self._received + chunk).split(b"\n")
        for line in lines:
            self._hear(line)
        if len(self._received) > LONGEST_MESSAGE_BYTES:
            self._lost("it sends something else than messages")

    def _hear(self, line: bytes) -> None:
        if not self.open:
            return
        try:
            message = json.loads(line)
            self._on_message(cast("Message", dict(message)))
        except (ValueError, TypeError, KeyError):
            self._lost("it sends something else than messages")

    def _lost(self, why: str) -> None:
        if self.open:
            self.close()
            self._on_close(why)
