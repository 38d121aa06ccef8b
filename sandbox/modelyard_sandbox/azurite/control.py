"""How the server is told to serve blobs, and asked whether it does: a WSGI application around its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.errors import SurroundingsError
from modelyard_sandbox.azurite.install import Program
from modelyard_sandbox.once import Application, Environ, StartResponse
from modelyard_sandbox.wording import body_of

if TYPE_CHECKING:
    from modelyard_sandbox.azurite.blobs import BlobStatus

BLOBS_PATH = "/_modelyard/blobs"
"""GET: whether blobs are served. POST, with where Azurite is: serve them."""


class BlobControl:
    """Answers what is said of blobs.

    Args:
        application: the server's own.
        status: whether blobs are served.
        start: serves them.
    """

    def __init__(
        self,
        application: Application,
        status: Callable[[], BlobStatus],
        start: Callable[[Program], BlobStatus],
    ) -> None:
        self._application = application
        self._status = status
        self._start = start

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if environ["PATH_INFO"] != BLOBS_PATH:
            return self._application(environ, start_response)
        try:
            if environ["REQUEST_METHOD"] == "POST":
                asked = json.loads(body_of(environ))
                said = asdict(self._start(Program(asked["node"], Path(asked["package"]))))
            else:
                said = asdict(self._status())
        except SurroundingsError as error:
            said = {"problem": error.message, "mend": error.mend}
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(said).encode()]
