"""How the sandbox's own EC2 operations filter what they describe, and give it in pages.

Source: EC2 API reference, Filter (wildcards), and the describe operations, 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from moto.ec2.exceptions import EC2ClientError, InvalidNextToken

from modelyard_sandbox.moto_extensions.pages import BadTokenError, page

Filters = Mapping[str, str]
"""A filter's name to the member that it compares."""


def listed(self: Any, items: Sequence[dict[str, Any]], member: str, filters: Filters) -> dict[str, Any]:
    """The answer of a describe operation: what the request's filters leave, one page of it."""
    chosen = list(items)
    for name, values in self._filters_from_querystring().items():
        chosen = [item for item in chosen if _matches(item, name, values, filters)]
    try:
        shown, token = page(chosen, self._get_param("NextToken"), self._get_param("MaxResults"))
    except BadTokenError as error:
        raise InvalidNextToken(str(error)) from None
    return {member: shown, **({"NextToken": token} if token else {})}


def tags_of(backend: Any, id_: str) -> list[dict[str, str]]:
    """A resource's tags as a description holds them."""
    return [{"Key": key, "Value": value} for key, value in backend.tags.get(id_, {}).items()]


def _matches(item: dict[str, Any], name: str, values: Sequence[str], filters: Filters) -> bool:
    tags = {tag["Key"]: tag["Value"] for tag in item.get("Tags", [])}
    if name == "tag-key":
        found = list(tags)
    elif name.startswith("tag:"):
        key = name.removeprefix("tag:")
        found = [tags[key]] if key in tags else []
    elif name in filters:
        found = _texts(item.get(filters[name]))
    else:
        raise EC2ClientError("InvalidParameterValue", f"The filter '{name}' is invalid")
    return any(fnmatchcase(text, str(value)) for text in found for value in values)


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, datetime):
        return [value.strftime("%Y-%m-%dT%H:%M:%S.000Z")]
    return [str(value)]
