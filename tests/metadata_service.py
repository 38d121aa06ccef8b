"""A metadata service that speaks IMDSv2, on the loopback interface."""

from __future__ import annotations

import threading
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TTL, TOKEN = "X-aws-ec2-metadata-token-ttl-seconds", "X-aws-ec2-metadata-token"


class MetadataService:
    """Answers what it was told to; nothing without a token of its own."""

    def __init__(self) -> None:
        self.says: dict[str, str] = {}
        self.tokens: set[str] = set()
        self.asked: list[tuple[str, int]] = []
        self._port = 0
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Be there, at the same address as before."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), self._handler())
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self) -> None:
        """Be out: nobody listens."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, method: str, path: str, headers: Message) -> tuple[int, str]:
        if path == "/latest/api/token":
            if method != "PUT" or not str(headers.get(TTL, "")).isdigit():
                return HTTPStatus.BAD_REQUEST, ""
            self.tokens.add(f"token-{len(self.asked)}")
            return HTTPStatus.OK, f"token-{len(self.asked)}"
        if headers.get(TOKEN) not in self.tokens:
            return HTTPStatus.UNAUTHORIZED, ""
        said = self.says.get(path.removeprefix("/latest/meta-data/"))
        return (HTTPStatus.NOT_FOUND, "") if said is None else (HTTPStatus.OK, said)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                code, text = service.answer(self.command, self.path, self.headers)
                service.asked.append((self.path, code))
                self.send_response(code)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            do_PUT = do_GET  # noqa: N815 (http.server's name)

            def log_message(self, *args: object) -> None:
                pass

        return Handler
