"""Tags of whatever Batch has: 50 at most on each. Source: AWS Batch API reference, TagResource, 2026-11."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from modelyard_sandbox.moto_extensions.batch.answers import check_tags

_PATH = "/v1/tags/"


def tags(self: Any) -> str:
    """TagResource, UntagResource and ListTagsForResource, which share a path."""
    backend = self.batch_backend
    arn = unquote(self.path).split(_PATH)[-1]
    standing = backend.list_tags_for_resource(arn)
    if self.method == "GET":
        return json.dumps({"tags": standing})
    if self.method == "DELETE":
        backend.untag_resource(arn, self.querystring.get("tagKeys"))
        return json.dumps({})
    asked = self._get_param("tags") or {}
    check_tags(self, asked, standing)
    backend.tag_resource(arn, asked)
    return json.dumps({})
