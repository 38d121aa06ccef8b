"""S3: whether a bucket's policy lets S3 deliver access logs, read in every form that policies have; none is.

moto reads statements whose principal is an object and whose resource is one string only. Source: S3 user
guide, permissions for log delivery, 2026-11.

Of every request moto writes an object into the bucket for logs, in which most is made up. A training run
makes thousands of requests: their logs would only take memory, and time at the end.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from moto.s3.models import FakeBucket, S3Backend

from modelyard_sandbox.moto_extensions.policy_documents import many

LOGGING_SERVICE = "logging.s3.amazonaws.com"
SAMPLE_LOG = "2026-01-01-00-00-00-0000000000000000"


def install() -> None:
    """Put our reading in the place of moto's."""
    FakeBucket._log_permissions_enabled_policy = staticmethod(may_deliver_logs)  # noqa: SLF001 # pyright: ignore (in the place of moto's)
    S3Backend.log_incoming_request = deliver_nothing


def deliver_nothing(self: S3Backend, request: Any, bucket_name: str) -> None:
    """Write no log of a request."""


def may_deliver_logs(target_bucket: Any, target_prefix: str | None) -> bool:
    """Whether a statement of the bucket's policy allows S3 to put logs under the prefix."""
    if not target_bucket.policy:
        return False
    log = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}/{target_prefix or ''}{SAMPLE_LOG}"
    statements = many(json.loads(target_bucket.policy.decode())["Statement"])
    return any(
        statement.get("Effect") == "Allow"
        and _is_for_logging(statement.get("Principal"))
        and _matches("s3:PutObject", statement.get("Action"))
        and _matches(log, statement.get("Resource"))
        for statement in statements
    )


def _is_for_logging(principal: Any) -> bool:
    return isinstance(principal, dict) and LOGGING_SERVICE in many(principal.get("Service"))


def _matches(value: str, patterns: Any) -> bool:
    return any(fnmatchcase(value, pattern) for pattern in many(patterns))
