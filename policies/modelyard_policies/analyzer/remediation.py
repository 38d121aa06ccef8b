"""Setting what a rule's remedy says in the properties of a resource as the protocol has them.

The properties stay as they came but for the values that are set: what is unknown or secret keeps its form on
the wire, and nothing is set within it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import ListValue, Struct, Value

from modelyard_policies.analyzer.decode import SIGNATURE
from modelyard_policies.reading.paths import steps


def with_values(properties: Struct, values: Mapping[str, Any]) -> Struct | None:
    """A copy of `properties` with a value at each property path; None where a path can't be followed."""
    changed = Struct()
    changed.CopyFrom(properties)
    for path, value in values.items():
        place = _place(changed, steps(path))
        if place is None:
            return None
        place.CopyFrom(ParseDict(value, Value()))
    return changed


def _place(struct: Struct, path: tuple[str | int, ...]) -> Value | None:
    """The value at a path. Mappings that it leads through are made where they are missing."""
    place = Value()
    here: Struct | ListValue | None = struct
    for position, step in enumerate(path):
        if isinstance(step, int):
            if not isinstance(here, ListValue) or step >= len(here.values):
                return None
            place = here.values[step]
        else:
            if not isinstance(here, Struct) or SIGNATURE in here.fields:
                return None
            place = here.fields[step]
        if position + 1 < len(path):
            here = _inside(place, path[position + 1])
    return place


def _inside(place: Value, step: str | int) -> Struct | ListValue | None:
    kind = place.WhichOneof("kind")
    if kind in (None, "null_value") and isinstance(step, str):
        place.struct_value.SetInParent()
        kind = "struct_value"
    if kind == "struct_value":
        return place.struct_value
    return place.list_value if kind == "list_value" else None
