"""What a provider says in a preview of a resource that isn't there yet: its outputs, as far as inputs tell.

A property that the inputs hold is known, if the SDK declares the output to be of such a type: a list of
identities comes back as a mapping by their ids, which nobody knows yet. The provider azure-native says so of
every property of the answer, at any depth, which leaves unknown what an input doesn't hold: the id of a
subnet that is written into its network (its function PreviewOutputs, read 2026-11). Other providers plan
with the types of their inputs, and what they add inside an object isn't told from what stays unset.
"""

from __future__ import annotations

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


def plan(outputs: struct_pb2.Struct, resource: type, token: str) -> None:
    """Make the outputs of a preview of inputs that were echoed, in place."""
    types = _types_of(resource)
    if token.startswith(AZURE):
        for key in [key for key in outputs.fields if key not in types]:
            del outputs.fields[key]
        _plan_fields(outputs, types, whole=True)
    else:
        _plan_fields(outputs, types, whole=False)


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
