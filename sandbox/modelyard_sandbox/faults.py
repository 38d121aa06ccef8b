"""Faults of the cloud, to be rehearsed: calls that are throttled, refused, answered late, or never answered.

A WSGI application around the server's own. `Sandbox.set_faults` sets them: it posts them to `FAULTS_PATH`.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

from modelyard_sandbox.once import Application, Environ, StartResponse
from modelyard_sandbox.retrying import THROTTLING_CODES
from modelyard_sandbox.wording import AZURE, CLOUD, THROTTLED, body_of, operation_of, refuse

FAULTS_PATH = "/_modelyard/faults"
Kind = Literal["refuse", "delay", "lose"]


@dataclass
class Fault:
    """What happens to the next calls of some kind."""

    operation: str
    """How the names of the calls begin: `ec2:CreateVpc`, `s3:PUT /a-bucket`, `azure:PUT /subscriptions/…`."""
    kind: Kind
    """`refuse`: an error in the place of the call. `delay`: carried out, and answered late. `lose`: carried
    out, and never answered.
    """
    times: int = 1
    """Calls that it happens to."""
    code: str = "Throttling"
    """The error of `refuse`; where Azure is asked, one of throttling has the status 429."""
    seconds: float = 0.0
    """How late `delay` answers."""


class Board:
    """The faults that are to come, one list for all that the server serves."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        """Whether any is to come."""
        return bool(self._faults)

    def set(self, faults: list[Fault]) -> None:
        """Put these in the place of those before."""
        with self._lock:
            self._faults = faults

    def take(self, name: str) -> Fault | None:
        """The fault that happens to a call of that name, counted."""
        with self._lock:
            fault = next((fault for fault in self._faults if name.startswith(fault.operation)), None)
            if fault is not None:
                fault.times -= 1
                self._faults = [kept for kept in self._faults if kept.times > 0]
        return fault


class Faults:
    """Does to calls what was asked for."""

    def __init__(self, application: Application, board: Board, cloud: str | None = None) -> None:
        self._application = application
        self._board = board
        self._cloud = cloud

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if self._cloud:
            environ[CLOUD] = self._cloud
        if environ["PATH_INFO"] == FAULTS_PATH:
            return self._set(environ, start_response)
        # Looking at a body means reading it: only where there is something to look for.
        fault = self._fault_of(environ) if self._board else None
        if fault is None:
            return self._application(environ, start_response)
        if fault.kind == "refuse":
            status = THROTTLED if self._cloud == AZURE and fault.code in THROTTLING_CODES else 400
            return refuse(environ, start_response, status, fault.code, "the sandbox was asked to refuse this")
        answer = self._application(environ, start_response)
        if fault.kind == "delay":
            time.sleep(fault.seconds)
        else:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return answer

    def _set(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        self._board.set([Fault(**item) for item in json.loads(body_of(environ))])
        start_response("204 No Content", [])
        return []

    def _fault_of(self, environ: Environ) -> Fault | None:
        return self._board.take(operation_of(environ, body_of(environ)))


def to_json(faults: Iterable[Fault]) -> bytes:
    """Faults as `FAULTS_PATH` takes them."""
    return json.dumps([asdict(fault) for fault in faults]).encode()
