"""Property values between Pulumi's wire format and plain Python.

On the wire an unknown is a string of Pulumi's own, and a secret, an asset or an archive is a struct with a
signature key. Here an unknown is `UNKNOWN`, a secret is `SECRET` in the graph and its value for a realizer,
and an asset is `{"asset": {"text": ...}}` (or `path`, `uri`); numbers without a fraction are ints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

from modelyard_policies.graph.values import SECRET, UNKNOWN

SENTINEL: str = rpc.UNKNOWN
PLACEHOLDER = f"(unknown {SENTINEL})"
"""Text that a program can't tell from other text, and that is unknown again wherever it ends up: text with
the sentinel in it is read as unknown, while the SDK looks for the sentinel alone.
"""
_SIGNATURE_KEY: str = rpc._special_sig_key  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] (no public name)
_SECRET: str = rpc._special_secret_sig  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
_ASSET: str = rpc._special_asset_sig  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
_OUTPUT: str = rpc._special_output_value_sig  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
_ARCHIVE: str = rpc._special_archive_sig  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
_KINDS = {"asset": _ASSET, "archive": _ARCHIVE}
_CONTENTS = frozenset({"assets", "path", "text", "uri"})
"""What an asset or an archive holds: one of these."""


def for_graph(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The properties with secrets hidden and unknowns kept, in the order of their names."""
    return _fields(struct, lambda _value: SECRET)


def for_realizer(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The properties with secrets unwrapped, as a provider gets them."""

    def unwrap(value: struct_pb2.Value) -> object:
        return _plain(value, unwrap)

    return _fields(struct, unwrap)


def holds_unknown(value: object) -> bool:
    """Whether an unknown lies anywhere in the value."""
    if isinstance(value, Mapping):
        return any(holds_unknown(part) for part in value.values())
    if isinstance(value, list):
        return any(holds_unknown(part) for part in value)
    return value is UNKNOWN


def holds_secret(value: object) -> bool:
    """Whether a secret lies anywhere in a value of the graph."""
    if isinstance(value, Mapping):
        return any(holds_secret(part) for part in value.values())
    if isinstance(value, list):
        return any(holds_secret(part) for part in value)
    return value is SECRET


def to_wire(values: Mapping[str, Any], secret_keys: Iterable[str] = ()) -> struct_pb2.Struct:
    """The wire form of plain values; those named are marked as secrets.

    Raises:
        TypeError: a value isn't JSON.
    """
    secret = set(secret_keys)
    struct = struct_pb2.Struct()
    for key, value in values.items():
        wire = _to_value(value)
        struct.fields[key].CopyFrom(as_secret(wire) if key in secret else wire)
    return struct


def as_secret(value: struct_pb2.Value) -> struct_pb2.Value:
    """The wire form of a secret around a value."""
    wrapped = struct_pb2.Struct()
    wrapped.fields[_SIGNATURE_KEY].string_value = _SECRET
    wrapped.fields["value"].CopyFrom(value)
    return struct_pb2.Value(struct_value=wrapped)


def is_secret(value: struct_pb2.Value) -> bool:
    """Whether the wire value is a secret."""
    fields = value.struct_value.fields
    return _SIGNATURE_KEY in fields and fields[_SIGNATURE_KEY].string_value == _SECRET


def is_special(value: struct_pb2.Value) -> bool:
    """Whether the wire value is a secret, an asset, an archive, or whatever else isn't a plain mapping."""
    return _SIGNATURE_KEY in value.struct_value.fields


def as_output(value: struct_pb2.Value, sources: Iterable[str]) -> struct_pb2.Value:
    """The wire form of an output: a value that may be unknown or secret, and where it came from."""
    secret = is_secret(value)
    content = value.struct_value.fields["value"] if secret else value
    wrapped = struct_pb2.Struct()
    wrapped.fields[_SIGNATURE_KEY].string_value = _OUTPUT
    if content.string_value != SENTINEL:
        wrapped.fields["value"].CopyFrom(content)
    if secret:
        wrapped.fields["secret"].bool_value = True
    wrapped.fields["dependencies"].CopyFrom(_to_value(list(sources)))
    return struct_pb2.Value(struct_value=wrapped)


def without_output(value: struct_pb2.Value) -> struct_pb2.Value:
    """What `as_output` made an output of; any other value as it is."""
    fields = value.struct_value.fields
    if _SIGNATURE_KEY not in fields or fields[_SIGNATURE_KEY].string_value != _OUTPUT:
        return value
    content = struct_pb2.Value(string_value=SENTINEL)
    if "value" in fields:
        content.CopyFrom(fields["value"])
    return as_secret(content) if "secret" in fields else content


def _fields(struct: struct_pb2.Struct, secret: Callable[[struct_pb2.Value], object]) -> dict[str, Any]:
    fields = struct.fields
    return {key: _plain(fields[key], secret) for key in sorted(fields)}


def _plain(value: struct_pb2.Value, secret: Callable[[struct_pb2.Value], object]) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if SENTINEL in value.string_value else value.string_value
    if kind == "struct_value":
        return _plain_struct(value.struct_value, secret)
    if kind == "list_value":
        return [_plain(item, secret) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return value.bool_value if kind == "bool_value" else None


def _plain_struct(struct: struct_pb2.Struct, secret: Callable[[struct_pb2.Value], object]) -> object:
    fields = struct.fields
    if _SIGNATURE_KEY not in fields:
        return _fields(struct, secret)
    signature = fields[_SIGNATURE_KEY].string_value
    if signature == _SECRET:
        return secret(fields["value"])
    content = {key: _plain(fields[key], secret) for key in sorted(fields) if key != _SIGNATURE_KEY}
    if signature == _ASSET:
        return {"asset": content}
    if signature == _ARCHIVE:
        return {"archive": content}
    return content


def _to_struct(value: Mapping[str, Any]) -> struct_pb2.Struct:
    """A mapping on the wire; what stands for an asset or an archive becomes one again."""
    (kind, content), *others = value.items() or [("", None)]
    if others or kind not in _KINDS or not isinstance(content, Mapping) or not content.keys() <= _CONTENTS:
        return to_wire(value)
    struct = to_wire(content)
    struct.fields[_SIGNATURE_KEY].string_value = _KINDS[kind]
    return struct


def _to_value(value: object) -> struct_pb2.Value:
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=_to_struct(value))
    if isinstance(value, Sequence):
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[_to_value(item) for item in value]))
    if value is UNKNOWN:
        return struct_pb2.Value(string_value=SENTINEL)
    raise TypeError(f"{type(value).__name__} can't be a property of a resource: {value!r}")


def with_placeholders(value: Any) -> Any:
    """A value with a placeholder for each `UNKNOWN` in it, at any depth."""
    if value is UNKNOWN:
        return PLACEHOLDER
    if isinstance(value, Mapping):
        return {key: with_placeholders(part) for key, part in value.items()}
    if isinstance(value, list):
        return [with_placeholders(part) for part in value]
    return value


def holds_placeholder(value: object) -> bool:
    """Whether a placeholder lies anywhere in the value, or in its text."""
    if isinstance(value, Mapping):
        return any(holds_placeholder(part) for part in value.values())
    if isinstance(value, list):
        return any(holds_placeholder(part) for part in value)
    return isinstance(value, str) and SENTINEL in value
