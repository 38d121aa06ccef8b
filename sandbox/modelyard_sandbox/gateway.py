"""What stands in front of moto in the server: the account of a request, and an answer where moto has none."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from modelyard_sandbox.accounts import account_of
from modelyard_sandbox.once import Application, Environ, StartResponse
from modelyard_sandbox.turn import TURN
from modelyard_sandbox.wording import body_of, operation_of, refuse

log = logging.getLogger(__name__)


class Gateway:
    """A WSGI application around moto's: names the account, and words what moto doesn't answer as AWS
    would. moto answers one request at a time: see `turn`.
    """

    def __init__(self, moto: Application) -> None:
        self.moto = moto

    def load(self, module: str) -> None:
        """Load a module of moto's before it is needed, while no request is answered."""
        with TURN:
            import_module(module)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        signature = f"{environ.get('HTTP_AUTHORIZATION', '')} {environ.get('QUERY_STRING', '')}"
        account_id = account_of(signature)
        if account_id:
            environ["HTTP_X_MOTO_ACCOUNT_ID"] = account_id
        answer: list[Any] = []

        def keep(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            answer[:] = [status, headers, exc_info]
            return lambda _data: None

        body_of(environ)  # read before its turn comes: a slow sender keeps nobody waiting
        try:
            with TURN:
                body = self.moto(environ, keep)
        except Exception as error:
            log.exception("%s", operation_of(environ))
            if isinstance(error, NotImplementedError):
                return refuse(environ, start_response, 501, "NotImplemented", _missing(environ))
            return refuse(environ, start_response, 500, "InternalFailure", repr(error))
        status, headers, _ = answer
        if _is_page(status, headers):
            log.error("%s: %s", operation_of(environ), status)
            return refuse(environ, start_response, 501, "NotImplemented", _missing(environ))
        start_response(status, headers)
        return body


def _is_page(status: str, headers: list[tuple[str, str]]) -> bool:
    """Whether the answer is a web server's error page, which no SDK can read."""
    kinds = [value for name, value in headers if name.lower() == "content-type"]
    return (
        status[:3] in ("404", "405", "500")
        and any(kind.startswith("text/html") for kind in kinds)
        and _has_body(headers)
    )


def _has_body(headers: list[tuple[str, str]]) -> bool:
    lengths = [value for name, value in headers if name.lower() == "content-length"]
    return bool(lengths) and lengths[0] != "0"


def _missing(environ: Environ) -> str:
    return f"the sandbox (moto) does not answer {operation_of(environ)}"
