"""What a server answers about jobs beside AWS's own calls, and regions that don't answer at all.

A WSGI application around the server's own. Containers ask for their credentials and for who they are
(`moto_extensions.batch.running.task_roles`); `Sandbox` asks what runs and sets faults.
"""

from __future__ import annotations

import json
import re
import socket
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from modelyard_sandbox.job_faults import JOB_FAULTS_PATH, JOBS_PATH, REGIONS_PATH, TASKS_PATH, from_json
from modelyard_sandbox.once import Application, Environ, StartResponse
from modelyard_sandbox.wording import body_of

ENGINE = "modelyard_sandbox.moto_extensions.batch.running.engine"
"""Loaded with moto's Batch, which takes its time: not for whoever only asks what runs."""
REASONS = {200: "OK", 403: "Forbidden", 404: "Not Found"}
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([a-z0-9-]+)/")
_PRESIGNED = re.compile(r"X-Amz-Credential=[^/&]+(?:/|%2F)\d{8}(?:/|%2F)([a-z0-9-]+)(?:/|%2F)", re.IGNORECASE)


class JobServer:
    """Answers what is asked about jobs, and nothing to whoever calls a region that is lost."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._lost: frozenset[str] = frozenset()
        self._answers: dict[str, Callable[[Environ], Any]] = {
            JOBS_PATH: self._jobs,
            JOB_FAULTS_PATH: self._faults,
            REGIONS_PATH: self._regions,
        }

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        path = environ["PATH_INFO"]
        if path.startswith(TASKS_PATH):
            from modelyard_sandbox.moto_extensions.batch.running.asked import task_answer

            token = environ.get("HTTP_AUTHORIZATION", "")
            return _answer(start_response, *task_answer(path.removeprefix(TASKS_PATH), token))
        if path in self._answers:
            return _answer(start_response, 200, self._answers[path](environ))
        if self._lost and region_of(environ) in self._lost:
            # As if there were nobody: neither an answer nor the carrying out.
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            start_response("503 Service Unavailable", [])
            return []
        return self._application(environ, start_response)

    def _jobs(self, _environ: Environ) -> Any:
        if ENGINE not in sys.modules:
            return {"jobs": []}
        from modelyard_sandbox.moto_extensions.batch.running import asked

        return {"jobs": asked.unfinished()}

    def _faults(self, environ: Environ) -> Any:
        is_told = environ["REQUEST_METHOD"] == "POST"
        if ENGINE not in sys.modules and not is_told:
            return {"faults": [], "struck": 0}
        from modelyard_sandbox.moto_extensions.batch.running import asked

        struck = asked.set_faults(*from_json(body_of(environ))) if is_told else 0
        return {"faults": [asdict(fault) for fault in asked.faults()], "struck": struck}

    def _regions(self, environ: Environ) -> Any:
        from modelyard_sandbox.moto_extensions.batch.running import asked

        if environ["REQUEST_METHOD"] == "POST":
            self._lost = frozenset(json.loads(body_of(environ))["lost"])
            asked.lose_regions(self._lost)
        return {"lost": sorted(self._lost)}


def region_of(environ: Environ) -> str | None:
    """The region that a request is signed for."""
    found = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", "")) or _PRESIGNED.search(
        environ.get("QUERY_STRING", "")
    )
    return found[1] if found else None


def _answer(start_response: StartResponse, status: int, document: Any) -> Iterable[bytes]:
    body = json.dumps(document).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response(f"{status} {REASONS[status]}", headers)
    return [body]
