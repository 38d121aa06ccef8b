"""What a request to the server asks for, and errors in the shape that its SDK reads."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from modelyard_sandbox.once import Environ, StartResponse

QUERY_SERVICES = frozenset({"iam", "sts", "autoscaling", "cloudformation", "sns", "elasticloadbalancing"})
CLOUD = "modelyard.cloud"
"""What a server says in the environment of requests that aren't for AWS: `AZURE`."""
AZURE = "azure"
THROTTLED = 429
REASONS = {
    400: "Bad Request",
    THROTTLED: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
}


def service_of(environ: Environ) -> str:
    """The service that the request is signed for; `azure` for whatever the resource manager is asked."""
    if CLOUD in environ:
        return environ[CLOUD]
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split(",")[0].split("/")
    return scope[3] if len(scope) > 3 else "s3"  # key/date/region/service/aws4_request


def operation_of(environ: Environ, body: bytes = b"") -> str:
    """Service and operation; method and path where only these tell the operation. Some services have it in
    the body.
    """
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        name = target.rpartition(".")[2]
    else:
        actions = parse_qs(environ.get("QUERY_STRING", "")).get("Action") or _action(environ, body)
        name = actions[0] if actions else f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    return f"{service_of(environ)}:{name}"


def body_of(environ: Environ) -> bytes:
    """The request's body, which can be read again afterwards; empty if its length isn't said."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if not length:
        return b""
    body: bytes = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def refuse(
    environ: Environ, start_response: StartResponse, status: int, code: str, message: str
) -> Iterable[bytes]:
    """Answer with an error in the shape that the service's SDK reads."""
    service = service_of(environ)
    headers = [("x-amzn-errortype", code)]
    error = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    if service == "s3":
        body = error
    elif service == "ec2":
        body = f"<Response><Errors>{error}</Errors><RequestID>sandbox</RequestID></Response>"
    elif service in QUERY_SERVICES:
        body = f"<ErrorResponse>{error}<RequestId>sandbox</RequestId></ErrorResponse>"
    elif service == AZURE:
        body = json.dumps({"error": {"code": code, "message": message}})
    else:
        body = json.dumps({"__type": code, "message": message})
    if status == THROTTLED:
        headers.append(("Retry-After", "1"))
    kind = "text/xml" if body.startswith("<") else "application/json"
    headers += [("Content-Type", kind), ("Content-Length", str(len(body.encode())))]
    start_response(f"{status} {REASONS[status]}", headers, sys.exc_info() if sys.exc_info()[0] else None)
    return [body.encode()]


def _action(environ: Environ, body: bytes) -> Any:
    if not environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return None
    return parse_qs(body.decode()).get("Action")
