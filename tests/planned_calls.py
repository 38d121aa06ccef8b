"""Calls of a submission, as a plan names them and as they were made, to be held against each other."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from modelyard_launcher.submission_calls import SPEC_PLACEHOLDER

TIMES = {"modelyard.intent/1", "modelyard.jobs/1", "modelyard.run/1", "modelyard.spec/1"}
"""Documents that a plan names by what they are: times and ids are in them."""


def as_planned(call: dict[str, Any], run_id: str, spec_sha256: str) -> dict[str, Any]:
    """A call that was made, as a plan names it."""
    request = dict(call["request"])
    request.pop("ChecksumMode", None)  # the SDK's own
    body = request.pop("Body", None)
    body = body.getvalue() if hasattr(body, "getvalue") else body
    told = json.loads(json.dumps(request).replace(run_id, "<run id>").replace(spec_sha256, SPEC_PLACEHOLDER))
    if body is not None:
        told["Body"] = {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        try:
            document = json.loads(body)
        except ValueError:
            document = {}
        if document.get("schema") in TIMES:
            told["Body"] = document["schema"]
    if "IfMatch" in told:
        told["IfMatch"] = "<its ETag>"
    return {"service": call["service"], "operation": call["operation"], "request": told}


def as_made(call: dict[str, Any]) -> dict[str, Any]:
    """A planned call, with documents named by their schema alone."""
    request = dict(call["request"])
    body = request.get("Body")
    if isinstance(body, str):
        request["Body"] = next(schema for schema in TIMES if body.startswith(schema))
    return {"service": call["service"], "operation": call["operation"], "request": request}
