"""A server before another one: it does what it is told to the next requests, and passes on the rest."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import urlsplit

from patience import PATIENCE_SECONDS


@dataclass(frozen=True)
class Say:
    """Answer this in the place of the server behind."""

    status: int
    code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    text: str | None = None
    """In the place of Azure's document of an error."""


@dataclass(frozen=True)
class Lose:
    """Close the connection in the place of an answer."""

    carried_out: bool
    """Whether the server behind got the request."""


@dataclass(frozen=True)
class Change:
    """Pass the request on, and put this in the place of some headers of the answer."""

    headers: Mapping[str, str]
    status: int | None = None


@dataclass(frozen=True)
class Pass:
    """Pass the request on."""


Step = Say | Lose | Change | Pass


@dataclass
class Front:
    """What a front is to do, and what it saw."""

    behind: str
    endpoint: str = ""
    script: list[Step] = field(default_factory=list[Step])
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list[tuple[str, str, dict[str, str]]])
    """Method, target and headers of each request."""

    @property
    def methods(self) -> list[str]:
        """Of the requests."""
        return [method for method, _, _ in self.seen]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    front: ClassVar[Front]

    def _do(self) -> None:
        front = self.front
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        front.seen.append((self.command, self.path, dict(self.headers)))
        step = front.script.pop(0) if front.script else Pass()
        if isinstance(step, Say):
            error = {"error": {"code": step.code, "message": "as it was told"}}
            text = json.dumps(error) if step.text is None else step.text
            self._answer(step.status, {"Content-Type": "application/json", **step.headers}, text.encode())
        elif isinstance(step, Lose) and not step.carried_out:
            self.close_connection = True
        else:
            self._pass_on(step, body)

    def _pass_on(self, step: Step, body: bytes) -> None:
        connection = http.client.HTTPConnection(urlsplit(self.front.behind).netloc, timeout=PATIENCE_SECONDS)
        try:
            headers = {**dict(self.headers), "Connection": "close"}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if isinstance(step, Lose):
            self.close_connection = True
            return
        given = {name: value for name, value in answer.getheaders() if name.lower() not in _OWN}
        if isinstance(step, Change):
            given = {name: value for name, value in {**given, **step.headers}.items() if value}
        status = answer.status if not isinstance(step, Change) else step.status or answer.status
        self._answer(status, given, content, answer.getheader("Content-Length"))

    def _answer(
        self, status: int, headers: Mapping[str, str], body: bytes, length: str | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        # (the answer to HEAD tells the length of what it doesn't bring)
        self.send_header("Content-Length", (length or "0") if self.command == "HEAD" else str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = _do  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


_OWN = ("connection", "content-length", "transfer-encoding", "date", "server")


@contextmanager
def standing_before(behind: str) -> Iterator[Front]:
    """A front of a server, while it is entered."""
    front = Front(behind)
    handler = type("Handler", (_Handler,), {"front": front})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    front.endpoint = f"http://127.0.0.1:{server.server_port}"
    try:
        yield front
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
