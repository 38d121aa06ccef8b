"""What a provider says in a preview of a resource that isn't there yet: its outputs, as far as inputs tell.

A property that the inputs hold is known, if the SDK declares the output to be of such a type: a list of
identities comes back as a mapping by their ids, which nobody knows yet. The provider azure-native says so of
every property of the answer, at any depth, which leaves unknown what an input doesn't hold: the id of a
subnet that is written into its network (its function PreviewOutputs, read 2026-11). Other providers plan
with the types of their inputs, and what they add inside an object isn't told from what stays unset.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, get_args, get_origin

from google.protobuf import struct_pb2
from pulumi import _types as sdk_types  # pyright: ignore[reportPrivateUsage] (no public name)

from modelyard_preview.engine import values

AZURE: Final = "azure-native"
"""Beginning of the packages whose provider answers with all properties of its resources."""

_STRUCT, _LIST = "struct_value", "list_value"
_PLAIN: Final[Mapping[Any, str]] = {
    bool: "bool_value",
    int: "number_value",
    float: "number_value",
    str: "string_value",
}
_GENERIC: Final[Mapping[Any, str]] = {
    dict: _STRUCT,
    Mapping: _STRUCT,
    MutableMapping: _STRUCT,
    list: _LIST,
    Sequence: _LIST,
}


_FIFO: Final = ("fifoQueue", "fifoTopic")
_NAMED_BY: Final = {"aws:s3/bucket:Bucket": "bucket", "aws:s3/bucketV2:BucketV2": "bucket"}
"""What holds the name, where that isn't `name`."""


def plan(outputs: struct_pb2.Struct, resource: type, token: str, name: str) -> None:
    """Make the outputs of a preview of inputs that were echoed, in place. `name` is the program's."""
    types = _types_of(resource)
    if token.startswith(AZURE):
        for key in [key for key in outputs.fields if key not in types]:
            del outputs.fields[key]
        _plan_fields(outputs, types, whole=True)
        return
    _plan_fields(outputs, types, whole=False)
    named_by = _named_by(resource, token)
    if named_by and named_by not in outputs.fields:
        outputs.fields[named_by].string_value = _made_up(token, name, outputs)


@cache
def _named_by(resource: type, token: str) -> str | None:
    """The input that gets a name if it has none: it needn't be given, and comes back in any case."""
    key = _NAMED_BY.get(token, "name")
    if not token.startswith("aws:") or _types_of(resource).get(key) is not str:
        return None
    given = inspect.signature(getattr(resource, "_internal_init", resource)).parameters
    return key if key in given else None


def _made_up(token: str, name: str, outputs: struct_pb2.Struct) -> str:
    made = f"{name}-{hashlib.sha256(f'{token}::{name}'.encode()).hexdigest()[:7]}"
    is_first_in_first_out = any(outputs.fields[key].bool_value for key in _FIFO if key in outputs.fields)
    return (made.lower() if token in _NAMED_BY else made) + (".fifo" if is_first_in_first_out else "")


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a declared type looks like on the wire."""

    kind: str = ""
    """The wire's word for it; empty where anything may come."""
    item: Any = None
    """Declared type of what is in a list or a mapping; None where nothing is said."""
    fields: Mapping[str, Any] | None = None
    """Declared types of an object's properties."""


@cache
def _types_of(resource: type) -> Mapping[str, Any]:
    return sdk_types.resource_types(resource)


@cache
def _shape_of(declared: Any) -> _Shape:
    declared = sdk_types.unwrap_optional_type(declared) if declared is not None else None
    if declared in _PLAIN:
        return _Shape(_PLAIN[declared])
    if isinstance(declared, type) and sdk_types.is_output_type(declared):
        return _Shape(_STRUCT, fields=sdk_types.output_type_types(declared))
    kind = _GENERIC.get(get_origin(declared) or declared, "")
    return _Shape(kind, item=next(reversed(get_args(declared)), None)) if kind else _Shape()


def _plan_fields(struct: struct_pb2.Struct, types: Mapping[str, Any], whole: bool) -> None:
    for key, value in struct.fields.items():
        _plan_value(value, types.get(key), whole)


def _plan_value(value: struct_pb2.Value, declared: Any, whole: bool) -> None:
    """`whole`: plain values are compared as well, and objects come with all their properties."""
    kind, shape = value.WhichOneof("kind"), _shape_of(declared)
    if kind == _STRUCT and values.is_special(value):
        if values.is_secret(value):
            _plan_value(value.struct_value.fields["value"], declared, whole)
        return
    if not shape.kind or kind == "null_value" or value.string_value == values.SENTINEL:
        return
    if kind != shape.kind:
        if whole or kind in (_STRUCT, _LIST):
            value.string_value = values.SENTINEL
    elif kind == _LIST:
        for item in value.list_value.values:
            _plan_value(item, shape.item, whole)
    elif kind == _STRUCT:
        _plan_struct(value.struct_value, shape, whole)


def _plan_struct(struct: struct_pb2.Struct, shape: _Shape, whole: bool) -> None:
    if shape.fields is None:
        for item in struct.fields.values():
            _plan_value(item, shape.item, whole)
        return
    _plan_fields(struct, shape.fields, whole)
    if whole:
        for key in shape.fields.keys() - struct.fields.keys():
            struct.fields[key].string_value = values.SENTINEL
