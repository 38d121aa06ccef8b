"""The logs of jobs, by the URLs that run history gives: a WSGI application around the resource manager's.

A URL holds a token, which opens the logs of one job as the signature of a blob's URL does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wrappers import Response

from modelyard_sandbox.azure.manager.ml.common import JOB
from modelyard_sandbox.azure.manager.ml.job_runs import run_of
from modelyard_sandbox.azure.manager.ml.run_history import LOGS_PATH
from modelyard_sandbox.azure.manager.store import Store
from modelyard_sandbox.once import Application, Environ, StartResponse


class LogFiles:
    """Answers requests for logs.

    Args:
        application: the resource manager's.
        store: what it has.
        alone: holds off its requests.
    """

    def __init__(
        self, application: Application, store: Store, alone: Callable[[], AbstractContextManager[object]]
    ) -> None:
        self._application, self._store, self._alone = application, store, alone

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        path = str(environ["PATH_INFO"])
        if not path.startswith(LOGS_PATH):
            return self._application(environ, start_response)
        token, _, name = path.removeprefix(LOGS_PATH).partition("/")
        file = self._file(token, name)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            response = Response("a log is read by GET", 405)
        elif file is None or not file.exists():
            response = Response("there is no such log", 404)
        else:
            content = file.read_bytes()
            response = Response(content, content_type="text/plain; charset=utf-8")
            try:
                response.make_conditional(environ, accept_ranges=True, complete_length=len(content))
            except RequestedRangeNotSatisfiable as past:
                # Whoever reads on has read all of it.
                response = past.get_response(environ)
        return response(environ, start_response)

    def _file(self, token: str, name: str) -> Path | None:
        with self._alone():
            for job in self._store.of_type(JOB):
                if run_of(job).token == token:
                    return run_of(job).logs.get(name)
        return None
