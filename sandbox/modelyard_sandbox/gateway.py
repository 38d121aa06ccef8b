"""What stands in front of moto in the server: the account of a request, and an answer where moto has none."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from modelyard_sandbox.accounts import account_of

log = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

QUERY_SERVICES = frozenset({"iam", "sts", "autoscaling", "cloudformation", "sns", "elasticloadbalancing"})


class Gateway:
    """A WSGI application around moto's: names the account, and words what moto doesn't answer as AWS
    would.
    """

    def __init__(self, moto: Application) -> None:
        self.moto = moto

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

        try:
            body = self.moto(environ, keep)
        except Exception as error:
            log.exception("%s", _operation(environ))
            missing = isinstance(error, NotImplementedError)
            return _refuse(
                environ,
                start_response,
                501 if missing else 500,
                _missing(environ) if missing else repr(error),
            )
        status, headers, _ = answer
        if _is_page(status, headers):
            log.error("%s: %s", _operation(environ), status)
            return _refuse(environ, start_response, 501, _missing(environ))
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


def _service(environ: Environ) -> str:
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split(",")[0].split("/")
    return scope[3] if len(scope) > 3 else "s3"  # key/date/region/service/aws4_request


def _operation(environ: Environ) -> str:
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        name = target.rpartition(".")[2]
    else:
        actions = parse_qs(environ.get("QUERY_STRING", "")).get("Action")
        name = actions[0] if actions else f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    return f"{_service(environ)}:{name}"


def _missing(environ: Environ) -> str:
    return f"the sandbox (moto) does not answer {_operation(environ)}"


def _refuse(environ: Environ, start_response: StartResponse, status: int, message: str) -> Iterable[bytes]:
    """An error in the shape that the service's SDK reads."""
    code = "NotImplemented" if status == 501 else "InternalFailure"
    service = _service(environ)
    headers = [("x-amzn-errortype", code)]
    if service == "s3":
        body = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    elif service == "ec2":
        error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        body = f"<Response><Errors>{error}</Errors><RequestID>sandbox</RequestID></Response>"
    elif service in QUERY_SERVICES:
        error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        body = f"<ErrorResponse>{error}<RequestId>sandbox</RequestId></ErrorResponse>"
    else:
        body = json.dumps({"__type": code, "message": message})
    kind = "text/xml" if body.startswith("<") else "application/json"
    headers += [("Content-Type", kind), ("Content-Length", str(len(body.encode())))]
    reason = "Not Implemented" if code == "NotImplemented" else "Internal Server Error"
    start_response(f"{status} {reason}", headers, sys.exc_info() if sys.exc_info()[0] else None)
    return [body.encode()]
