"""Pulumi's property maps on the wire as plain values, and back.

Other than in a graph, secrets keep their content here, since the cloud needs it: they come as `Secret`. What
is not known yet is `UNKNOWN`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.struct_pb2 import ListValue, Struct, Value

from modelyard_policies.analyzer.decode import (
    OUTPUT_SIGNATURE,
    RESOURCE_SIGNATURE,
    SECRET_SIGNATURE,
    SIGNATURE,
    UNKNOWNS,
)

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


class Unknown:
    """A value that only the deployment will give; it counts as given. There is one: `UNKNOWN`."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that nobody is shown."""

    value: Any

    def __repr__(self) -> str:
        return "secret"


def decode(struct: Struct) -> dict[str, Any]:
    """The properties of a message."""
    return {key: _decoded(value) for key, value in struct.fields.items()}


def encode(properties: dict[str, Any]) -> Struct:
    """Properties as a message; secrets and unknown values as Pulumi marks them."""
    struct = Struct()
    for key, value in properties.items():
        _fill(struct.fields[key], value)
    return struct


def reveal(value: Any) -> Any:
    """The value with the content of its secrets in the open, as the cloud takes it."""
    if isinstance(value, Secret):
        return reveal(value.value)
    if isinstance(value, dict):
        return {key: reveal(item) for key, item in value.items()}
    return [reveal(item) for item in value] if isinstance(value, list) else value


def seal(value: Any, like: Any) -> Any:
    """The value with everything secret that is secret, at the same place, in `like`."""
    if isinstance(like, Secret):
        return value if isinstance(value, Secret) else Secret(value)
    if isinstance(value, dict) and isinstance(like, dict):
        return {key: seal(item, like.get(key)) for key, item in value.items()}
    if isinstance(value, list) and isinstance(like, list) and len(value) == len(like):
        return [seal(item, other) for item, other in zip(value, like, strict=True)]
    return value


def _decoded(value: Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in UNKNOWNS else value.string_value
    if kind == "struct_value":
        return _mapping(value.struct_value)
    if kind == "list_value":
        return [_decoded(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return value.bool_value if kind == "bool_value" else None


def _mapping(struct: Struct) -> Any:
    fields = struct.fields
    signature = fields[SIGNATURE].string_value if SIGNATURE in fields else ""
    if signature == SECRET_SIGNATURE:
        return Secret(_decoded(fields["value"]))
    if signature == OUTPUT_SIGNATURE:
        content = _decoded(fields["value"]) if "value" in fields else UNKNOWN
        secret = "secret" in fields and fields["secret"].bool_value
        return Secret(content) if secret else content
    if signature == RESOURCE_SIGNATURE:
        # A reference stands for the id, where the resource has one, and for the URN otherwise.
        given = "id" in fields and fields["id"].string_value != ""
        return _decoded(fields["id" if given else "urn"])
    return {key: _decoded(item) for key, item in fields.items()}


def _fill(target: Value, value: Any) -> None:
    if value is None:
        target.null_value = 0  # pyright: ignore[reportAttributeAccessIssue] (the enumeration's one member)
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, int | float):
        target.number_value = value
    elif isinstance(value, str):
        target.string_value = value
    elif isinstance(value, Unknown):
        target.string_value = UNKNOWN_TEXT
    elif isinstance(value, Secret):
        _fill(target, {SIGNATURE: SECRET_SIGNATURE, "value": value.value})
    elif isinstance(value, dict):
        target.struct_value.CopyFrom(encode(value))
    else:
        target.list_value.CopyFrom(ListValue())
        for item in value:
            _fill(target.list_value.values.add(), item)
