"""Who asks: the account, where the configuration allows one only; default tags; the parts of an ARN."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from modelyard_policies.graph import UNKNOWN
from modelyard_preview.engine import Call

CALLER_IDENTITY = "aws:index/getCallerIdentity:getCallerIdentity"
DEFAULT_TAGS = "aws:index/getDefaultTags:getDefaultTags"
ARN = "aws:index/getArn:getArn"

_ARN_PARTS = 6


def caller_identity(call: Call) -> Mapping[str, Any] | None:
    """The account, if the provider is allowed in one only; who in it asks isn't known."""
    allowed = _decoded(call.provider.get("allowedAccountIds"))
    if not isinstance(allowed, list) or len(allowed) != 1:
        return None
    account = str(allowed[0])
    return {"accountId": account, "id": account, "arn": UNKNOWN, "userId": UNKNOWN}


def default_tags(call: Call) -> Mapping[str, Any] | None:
    """The tags that the provider gives everything."""
    given = call.provider.get("defaultTags")
    if given is None:
        return {"id": UNKNOWN, "tags": {}}
    decoded = _decoded(given)
    tags = decoded.get("tags") if isinstance(decoded, dict) else None
    return {"id": UNKNOWN, "tags": tags} if isinstance(tags, dict) else None


def arn_parts(call: Call) -> Mapping[str, Any] | None:
    """An ARN in its parts."""
    arn = call.args.get("arn")
    parts = arn.split(":", _ARN_PARTS - 1) if isinstance(arn, str) else []
    if len(parts) != _ARN_PARTS or parts[0] != "arn":
        return None
    _, partition, service, region, account, resource = parts
    return {
        "id": arn,
        "arn": arn,
        "partition": partition,
        "service": service,
        "region": region,
        "account": account,
        "resource": resource,
    }


def _decoded(value: Any) -> Any:
    """A setting of a provider, which the configuration holds as JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None
