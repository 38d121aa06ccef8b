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
from typing import Any, Protocol

from modelyard_sandbox.job_faults import (
    JOB_FAULTS_PATH,
    JOBS_PATH,
    REGIONS_PATH,
    TASKS_PATH,
    JobFault,
    from_json,
)
from modelyard_sandbox.once import Application, Environ, StartResponse
from modelyard_sandbox.running.rehearsal import REHEARSAL
from modelyard_sandbox.turn import TURN
from modelyard_sandbox.wording import body_of

ENGINE = "modelyard_sandbox.moto_extensions.batch.running.engine"
"""Loaded with moto's Batch, which takes its time: not for whoever only asks what runs."""
REASONS = {200: "OK", 403: "Forbidden", 404: "Not Found"}
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([a-z0-9-]+)/")
_PRESIGNED = re.compile(r"X-Amz-Credential=[^/&]+(?:/|%2F)\d{8}(?:/|%2F)([a-z0-9-]+)(?:/|%2F)", re.IGNORECASE)


class OtherJobs(Protocol):
    """What runs jobs beside Batch."""

    def strike(self) -> int:
        """Let the faults that are set happen to what runs; to how many nodes."""
        ...

    def unfinished(self) -> list[dict[str, Any]]:
        """The jobs that aren't over, for people."""
        ...


class JobServer:
    """Answers what is asked about jobs, and nothing to whoever calls a region that is lost.

    Args:
        application: the server's own.
        others: what runs jobs beside Batch, once there is such a thing.
    """

    def __init__(
        self, application: Application, others: Callable[[], OtherJobs | None] = lambda: None
    ) -> None:
        self._application, self._others = application, others
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
        others = self._others()
        jobs = others.unfinished() if others is not None else []
        if ENGINE in sys.modules:
            from modelyard_sandbox.moto_extensions.batch.running import asked

            jobs = [*asked.unfinished(), *jobs]
        return {"jobs": jobs}

    def _faults(self, environ: Environ) -> Any:
        struck = 0
        if environ["REQUEST_METHOD"] == "POST":
            struck = _set_faults(*from_json(body_of(environ)))
            others = self._others()
            struck += others.strike() if others is not None else 0
        with TURN:
            return {"faults": [asdict(fault) for fault in REHEARSAL.faults], "struck": struck}

    def _regions(self, environ: Environ) -> Any:
        from modelyard_sandbox.moto_extensions.batch.running import asked

        if environ["REQUEST_METHOD"] == "POST":
            self._lost = frozenset(json.loads(body_of(environ))["lost"])
            asked.lose_regions(self._lost)
        return {"lost": sorted(self._lost)}


def _set_faults(faults: list[JobFault], add: bool) -> int:
    if ENGINE in sys.modules:
        from modelyard_sandbox.moto_extensions.batch.running import asked

        return asked.set_faults(faults, add)
    with TURN:
        REHEARSAL.faults = [*REHEARSAL.faults, *faults] if add else faults
    return 0


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
