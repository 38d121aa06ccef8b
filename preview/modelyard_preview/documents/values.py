"""Values of Pulumi's documents as the graph's.

An unknown is one of the engine's texts for it, a secret is `[secret]` in a preview and an object with a mark
in a state, and what a provider filled in by itself is named in `__defaults` beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelyard_policies.analyzer.decode import (
    OUTPUT_SIGNATURE,
    RESOURCE_SIGNATURE,
    SECRET_SIGNATURE,
    SIGNATURE,
    UNKNOWNS,
)
from modelyard_policies.graph import SECRET, UNKNOWN

HIDDEN = "[secret]"
"""What the engine shows in a preview in the place of a secret."""

_KINDS = {
    "c44067f5952c0a294b673a41bacd8c17": "asset",
    "0def7320c3a5731c473e5ecbe6d01bc7": "archive",
}
"""Marks of assets and archives (sdk/go/common/resource/asset and archive, 3.259.0)."""


def as_given(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Properties as a program gave them: without those that a provider filled in, and its notes."""
    listed = inputs.get("__defaults")
    filled = set(map(str, listed)) if isinstance(listed, list) else set[str]()
    return {
        name: value_of(value)
        for name, value in inputs.items()
        if name not in filled and not name.startswith("__")
    }


def value_of(value: Any) -> Any:
    """One value."""
    if isinstance(value, str):
        if value in UNKNOWNS:
            return UNKNOWN
        return SECRET if value == HIDDEN else value
    if isinstance(value, list):
        return [value_of(item) for item in value]
    return _object(value) if isinstance(value, dict) else value


def _object(fields: dict[str, Any]) -> Any:
    mark = fields.get(SIGNATURE)
    if mark is None:
        return as_given(fields)
    if mark == SECRET_SIGNATURE or (mark == OUTPUT_SIGNATURE and fields.get("secret")):
        return SECRET
    if mark == OUTPUT_SIGNATURE:
        return value_of(fields["value"]) if "value" in fields else UNKNOWN
    if mark == RESOURCE_SIGNATURE:
        return value_of(fields.get("id") or fields.get("urn"))
    content = {name: value_of(part) for name, part in fields.items() if name not in (SIGNATURE, "hash")}
    kind = _KINDS.get(str(mark))
    return {kind: content} if kind else content
