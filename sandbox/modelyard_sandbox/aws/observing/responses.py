"""From the API's answers back to Pulumi's inputs: the reverse of `translate`, led by the SDK's own kinds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from modelyard_sandbox.aws.translate import Renames, member_of
from modelyard_sandbox.provider.input_types import Kinds, table_of

AWS_TAGS = "aws:"
"""How the names of tags start that AWS itself sets."""


def inputs_from(
    type_: str, known: frozenset[str], answer: Mapping[str, Any], renames: Renames | None = None
) -> dict[str, Any]:
    """The inputs of a type that an answer holds, among those known; what is empty counts as absent."""
    kinds = table_of("aws").types[type_]
    return from_response({name: kinds[name] for name in kinds if name in known}, answer, renames)


def from_response(kinds: Kinds, answer: Mapping[str, Any], renames: Renames | None = None) -> dict[str, Any]:
    """The properties of an object that a structure of the API holds.

    Args:
        kinds: the object's properties.
        answer: the structure, as botocore parses it.
        renames: Pulumi's name of a property to the API's, as in requests.
    """
    found: dict[str, Any] = {}
    for name, kind in kinds.items():
        member = member_of(answer, (renames or {}).get(name, name))
        value = None if member is None else from_value(kind.removesuffix("!"), answer[member], renames)
        if value is not None and value not in ("", [], {}):
            found[name] = value
    return found


def from_value(kind: str, value: Any, renames: Renames | None = None) -> Any:
    """A value of the API in the kind that the SDK declares; None where it holds nothing of the kind."""
    if value is None:
        return None
    if kind[0] == "[":
        items = value if isinstance(value, list) else [value]
        return [from_value(kind[1:-1], item, renames) for item in items]
    if kind[0] == "{":
        return tags_from(value)
    if kind[0] == "#":
        one = value[0] if isinstance(value, list) and value else value
        return from_response(table_of("aws").kinds(kind), one, renames) if isinstance(one, Mapping) else None
    return _SCALARS.get(kind, lambda given: given)(value)


def tags_from(value: Any) -> dict[str, str]:
    """Tags, or another map, whether the API has it as a map or as a list of keys and values."""
    if isinstance(value, Mapping):
        pairs = dict(value)
    else:
        pairs = {
            item.get("Key", item.get("TagKey")): item.get("Value", item.get("TagValue")) for item in value
        }
    return {name: pairs[name] for name in sorted(pairs) if not name.startswith(AWS_TAGS)}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, list) and len(value) == 1:
        # A list that may hold one item only, which Pulumi has as the item.
        return _text(value[0])
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def _number(value: Any) -> float:
    number = float(value)
    return int(number) if number.is_integer() else number


def _boolean(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).lower() == "true"


_SCALARS: Mapping[str, Callable[[Any], Any]] = {
    "string": _text,
    "document": _text,
    "integer": int,
    "number": _number,
    "boolean": _boolean,
}
