"""Pulumi's property maps on the wire as the graph's values.

Unknown values come as one of seven sentinel texts, secrets, outputs and references to resources as
mappings with a signature (pulumi/pulumi, sdk/go/common/resource, read at v3.259.0).
"""

from __future__ import annotations

from typing import Any

from google.protobuf.struct_pb2 import Struct, Value

from modelyard_policies.graph import SECRET, UNKNOWN

UNKNOWNS = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # text
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  (a marker, no password)
OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e"


def properties(struct: Struct) -> dict[str, Any]:
    """The properties of a resource. Those that start with two underscores are Pulumi's own."""
    return {key: decode(value) for key, value in struct.fields.items() if not key.startswith("__")}


def texts(struct: Struct, keys: tuple[str, ...]) -> dict[str, str]:
    """Those of `keys` whose value is known text; cheaper than decoding everything."""
    found: dict[str, str] = {}
    for key in keys:
        if key in struct.fields:
            value = decode(struct.fields[key])
            if isinstance(value, str):
                found[key] = value
    return found


def decode(value: Value) -> Any:
    """One value."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in UNKNOWNS else value.string_value
    if kind == "struct_value":
        return _mapping(value.struct_value)
    if kind == "list_value":
        return [decode(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    return None


def _mapping(struct: Struct) -> Any:
    fields = struct.fields
    if SIGNATURE not in fields:
        return {key: decode(value) for key, value in fields.items()}
    signature = fields[SIGNATURE].string_value
    if signature == SECRET_SIGNATURE:
        return SECRET
    if signature == OUTPUT_SIGNATURE:
        if "secret" in fields and fields["secret"].bool_value:
            return SECRET
        return decode(fields["value"]) if "value" in fields else UNKNOWN
    if signature == RESOURCE_SIGNATURE:
        # A reference stands for the id, where the provider has given one, and for the URN otherwise.
        given = "id" in fields and fields["id"].string_value != ""
        return decode(fields["id" if given else "urn"])
    return {key: decode(value) for key, value in fields.items() if key != SIGNATURE}
