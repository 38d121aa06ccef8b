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
from functools import cache
from typing import Any, Final, get_args, get_origin

from google.protobuf import struct_pb2
from pulumi import _types as sdk_types  # pyright: ignore[reportPrivateUsage] (no public name)

from modelyard_preview.engine import values

AZURE: Final = "azure-native"
"""Beginning of the packages whose provider answers with all properties of its resources."""

_MAPPINGS: Final = frozenset({dict, Mapping, MutableMapping})
_LISTS: Final = frozenset({list, Sequence})
_PLAIN: Final = {bool: "bool_value", int: "number_value", float: "number_value", str: "string_value"}


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


@cache
def _types_of(resource: type) -> Mapping[str, Any]:
    return sdk_types.resource_types(resource)


@cache
def _fields_of(output: type) -> Mapping[str, Any]:
    return sdk_types.output_type_types(output)


def _plan_fields(struct: struct_pb2.Struct, types: Mapping[str, Any], whole: bool) -> None:
    for key, value in struct.fields.items():
        _plan_value(value, types.get(key), whole)


def _plan_value(value: struct_pb2.Value, declared: Any, whole: bool) -> None:
    if values.is_secret(value):
        _plan_value(value.struct_value.fields["value"], declared, whole)
        return
    declared = sdk_types.unwrap_optional_type(declared) if declared is not None else None
    kind = value.WhichOneof("kind")
    if declared is None or declared is Any or kind == "null_value" or value.string_value == values.SENTINEL:
        return
    if kind == "struct_value":
        _plan_struct(value, declared, whole)
    elif kind == "list_value":
        _plan_list(value, declared, whole)
    elif whole and _PLAIN.get(declared, kind) != kind:
        value.string_value = values.SENTINEL


def _plan_struct(value: struct_pb2.Value, declared: Any, whole: bool) -> None:
    struct = value.struct_value
    if values.is_special(value):
        return
    if isinstance(declared, type) and sdk_types.is_output_type(declared):
        types = _fields_of(declared)
        _plan_fields(struct, types, whole)
        if whole:
            for key in types.keys() - struct.fields.keys():
                struct.fields[key].string_value = values.SENTINEL
    elif declared is dict or get_origin(declared) in _MAPPINGS:
        arguments = get_args(declared)
        for item in struct.fields.values():
            _plan_value(item, arguments[1] if len(arguments) == 2 else None, whole)
    elif declared in _PLAIN or declared is list or get_origin(declared) in _LISTS:
        value.string_value = values.SENTINEL


def _plan_list(value: struct_pb2.Value, declared: Any, whole: bool) -> None:
    if declared is list or get_origin(declared) in _LISTS:
        item_type = next(iter(get_args(declared)), None)
        for item in value.list_value.values:
            _plan_value(item, item_type, whole)
    elif _is_no_list(declared):
        value.string_value = values.SENTINEL


def _is_no_list(declared: Any) -> bool:
    return (
        declared in _PLAIN
        or declared is dict
        or get_origin(declared) in _MAPPINGS
        or (isinstance(declared, type) and sdk_types.is_output_type(declared))
    )
