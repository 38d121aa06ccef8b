"""Time that passes when it is told to: a WSGI application around the server's own, beside that of faults."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta

from modelyard_sandbox.once import Application, Environ, StartResponse
from modelyard_sandbox.wording import body_of

CLOCK_PATH = "/_modelyard/clock"


class PassingTime:
    """Moves the clock that locks, retentions and deletion windows go by, and tells its time."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if environ["PATH_INFO"] != CLOCK_PATH:
            return self._application(environ, start_response)
        # Here and not above: clients import this module for its path, and moto takes its time to load.
        from modelyard_sandbox.moto_extensions import clock

        if environ["REQUEST_METHOD"] == "POST":
            clock.forward(timedelta(seconds=json.loads(body_of(environ))["seconds"]))
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"now": clock.now().isoformat()}).encode()]
