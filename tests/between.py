"""Something between a client and the sandbox's server, which sees every request and can end the client at it."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

from patience import PATIENCE_SECONDS

Moment = Literal["before", "after"]
"""Of a request: before the server hears of it, or after it was carried out and before it is answered."""


@dataclass
class Between:
    """A server on the loopback interface that passes requests on."""

    endpoint: str
    """Where they go."""
    requests: list[str] = field(default_factory=list)
    """Every request, by method and path."""
    on_request: Callable[[int, Moment], bool] = lambda _number, _moment: False
    """Called with the number of a request, from 0, and the moment; whether the client has been ended."""
    _server: ThreadingHTTPServer | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Between:
        between = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except (BrokenPipeError, ConnectionResetError):  # whoever asked was ended
                    self.close_connection = True

            def pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if not between._pass_on(self, body):
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Nothing is written."""

        for method in ("GET", "PUT", "POST", "HEAD", "DELETE"):
            setattr(Handler, f"do_{method}", Handler.pass_on)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    @property
    def own_endpoint(self) -> str:
        """Where clients send their requests."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def _pass_on(self, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        """Pass a request on and its answer back; whether there is still anybody to answer."""
        with self._turn:
            number = len(self.requests)
            self.requests.append(f"{handler.command} {handler.path}")
        if self.on_request(number, "before"):
            return False
        host = self.endpoint.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=PATIENCE_SECONDS)
        try:
            connection.request(handler.command, handler.path, body, dict(handler.headers))
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if self.on_request(number, "after"):
            return False
        handler.send_response(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                handler.send_header(name, value)
        length = answer.getheader("Content-Length") or "0" if handler.command == "HEAD" else str(len(content))
        handler.send_header("Content-Length", length)
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(content)
        return True
