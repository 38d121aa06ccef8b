"""A server of S3's protocol on this machine, for tests that need no more of the sandbox."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server


@contextmanager
def serving_s3() -> Generator[str]:
    """The endpoint of moto's server, which takes one request at a time.

    Of several who create an object S3 lets one do it. moto looks whether it is there and then writes it, and
    meanwhile another may have.
    """
    turn, answer = threading.Lock(), DomainDispatcherApplication(create_backend_app)

    def in_turn(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with turn:
            return answer(environ, start_response)

    server = make_server("127.0.0.1", 0, in_turn, threaded=True, request_handler=MotoRequestHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
