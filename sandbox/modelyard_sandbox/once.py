"""Calls that are carried out once, however often they are made: a WSGI application around the server's own.

A client that gets no answer can't know whether its call was carried out. The sandbox's own handlers mark what
they create; a marked call that is made again gets the first one's answer. AWS does the like for operations
that have a client token, which most of EC2's and S3's have not.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

HEADER = "x-modelyard-once"
KEPT = 10_000
"""Answers kept; the oldest go first."""

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


@dataclass
class Answer:
    """What a call was answered, and a lock that is held while it is carried out."""

    busy: threading.Lock = field(default_factory=threading.Lock)
    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    body: bytes = b""

    @property
    def stands(self) -> bool:
        """Whether the call was carried out: what was refused may be tried again."""
        return self.status.startswith("2")


class Once:
    """Keeps the answers of marked calls."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request; a marked one that was answered already as before."""
        token = environ.get("HTTP_" + HEADER.upper().replace("-", "_"))
        if not token:
            return self._application(environ, start_response)
        answer = self._answer_of(token)
        with answer.busy:
            if not answer.stands:
                self._carry_out(environ, answer)
        start_response(answer.status, answer.headers)
        return [answer.body]

    def _answer_of(self, token: str) -> Answer:
        with self._lock:
            answer = self._answers.setdefault(token, Answer())
            while len(self._answers) > KEPT:
                self._answers.popitem(last=False)
            return answer

    def _carry_out(self, environ: Environ, answer: Answer) -> None:
        def keep(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Any:
            answer.status, answer.headers = status, headers
            return lambda _data: None

        answer.body = b"".join(self._application(environ, keep))
