"""Requests and the headers of answers, as every service behind Azure Resource Manager has them ("Resource
Manager common headers", "Throttling resource manager requests", "Track asynchronous operations"; 2026-11).

Any bearer token is taken, and none as well: who asks isn't looked at.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request, Response

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.kinds import Kind
from modelyard_sandbox.azure.manager.operations import Operation
from modelyard_sandbox.azure.manager.store import Body, Resource

REMAINING = {"DELETE": ("deletes", 199), "GET": ("reads", 249), "HEAD": ("reads", 249)}
"""What a bucket has left that is full but for this request, by method; all others are writes."""
WRITES = ("writes", 199)
PAUSE_MILLISECONDS = "10"
"""How long a client is to wait before it asks after an operation again."""
STATUS, RESULT = "operationsStatus", "operationResults"


class Asked(Request):
    """A request, and what its answer is to have in its headers."""

    def __init__(self, environ: Any) -> None:
        super().__init__(environ)
        self.answer_headers: dict[str, str] = {}

    def announce(self, operation: Operation, kind: Kind, location: str) -> None:
        """Say in the answer where one asks after an operation, and where its result will be."""
        namespace = kind.type.partition("/")[0]
        place = f"{operation.target.subscription.text}/providers/{namespace}/locations/{location or 'global'}"
        home = f"{self.host_url.rstrip('/')}{place}"
        version = f"?api-version={self.args['api-version']}"
        # Whole seconds are all that Retry-After can say, and the work here takes none.
        self.answer_headers |= {
            "Azure-AsyncOperation": f"{home}/{STATUS}/{operation.id}{version}",
            "Location": f"{home}/{RESULT}/{operation.id}{version}",
            "x-ms-retry-after-ms": PAUSE_MILLISECONDS,
        }


def stamp(request: Asked, response: Response) -> None:
    """Give an answer its headers."""
    own = str(uuid.uuid4())
    correlation = request.headers.get("x-ms-correlation-request-id", own)
    what, left = REMAINING.get(request.method, WRITES)
    response.headers["x-ms-request-id"] = own
    response.headers["x-ms-correlation-request-id"] = correlation
    response.headers["x-ms-routing-request-id"] = f"SANDBOX:{own}"
    response.headers[f"x-ms-ratelimit-remaining-subscription-{what}"] = str(left)
    client = request.headers.get("x-ms-client-request-id")
    if client and request.headers.get("x-ms-return-client-request-id", "").lower() == "true":
        response.headers["x-ms-client-request-id"] = client
    response.headers["Cache-Control"] = "no-cache"
    response.headers.update(request.answer_headers)


def document_of(request: Request) -> Body:
    """The document that a request brings; ArmError if it brings something else."""
    try:
        document: Any = json.loads(request.get_data() or b"{}")
    except (ValueError, BadRequest) as error:
        raise bad_request(
            "InvalidRequestContent",
            f"The request content was invalid and could not be deserialized: '{error}'.",
        ) from error
    except RecursionError:
        raise bad_request("InvalidRequestContent", "The request content is nested too deeply.") from None
    if not isinstance(document, dict):
        raise bad_request("InvalidRequestContent", "The request content must be a JSON object.")
    return document


def check_match(request: Request, old: Resource | None) -> None:
    """Refuse a write that is meant for another state of the resource (`If-Match`, `If-None-Match`)."""
    wanted, unwanted = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    matches = old is not None and wanted is not None and (wanted == "*" or old.tag in wanted)
    if (wanted and not matches) or (unwanted == "*" and old is not None):
        raise ArmError(
            412, "PreconditionFailed", "The condition specified by the ETag header is not satisfied."
        )
