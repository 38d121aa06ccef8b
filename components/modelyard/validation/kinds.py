"""Kinds of values in words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from modelyard.validation.slots import Slot
from modelyard.validation.values import listed


def allowed_text(slot: Slot) -> str:
    """What may stand at a place."""
    if "allowed" in slot.words:
        return slot.words["allowed"]
    if slot.discriminator is not None:
        tags = [tag for member in slot.members for tag in slot.tags_of(member)]
        return f"a mapping whose {slot.discriminator} is {listed(tags)}"
    if slot.members:
        return listed(dict.fromkeys(allowed_text(member) for member in slot.members))
    if slot.model is not None:
        return f"a mapping of {', '.join(field_names(slot))}"
    if get_origin(slot.annotation) is Literal:
        return ", ".join(map(str, get_args(slot.annotation)))
    return _of_kind(slot)


def field_names(slot: Slot, needed: bool = False) -> list[str]:
    """The names of a model's fields as they are written; only of those without a default, if asked for."""
    fields = slot.model.model_fields if slot.model is not None else {}
    return [info.alias or name for name, info in fields.items() if info.is_required() or not needed]


def _of_kind(slot: Slot) -> str:
    kind: Any = get_origin(slot.annotation) or slot.annotation
    if kind is bool:
        return "true or false"
    if kind in {int, float}:
        return ("a whole number" if kind is int else "a number") + range_text(slot)
    if kind is str or kind is Path:
        return _text(slot)
    if isinstance(kind, type) and issubclass(kind, Mapping):
        return "a mapping of names to values" + (f", each {allowed_text(slot.item)}" if slot.item else "")
    if isinstance(kind, type) and issubclass(kind, list | tuple | set | frozenset):
        return f"a list{_size(slot, 'entries')}" + (f", each {_entry(slot.item)}" if slot.item else "")
    return getattr(kind, "__name__", str(kind))


def _entry(slot: Slot) -> str:
    """What may stand in each place of a list; of a model's fields only those that it needs."""
    if slot.model is None:
        return allowed_text(slot)
    return f"a mapping with {listed(field_names(slot, needed=True) or ['fields'], 'and')}"


def _text(slot: Slot) -> str:
    example = f", as {slot.words['example']}" if "example" in slot.words else ""
    if "pattern" in slot.limits:
        return f"text that matches {slot.limits['pattern']}{example}"
    return f"text{_size(slot, 'characters')}{example}"


def _size(slot: Slot, of: str) -> str:
    least, most = slot.limits.get("min_length"), slot.limits.get("max_length")
    if most is not None:
        return f" of {least or 0:,} to {most:,} {of}"
    return f" of {least:,} or more {of}" if least is not None else ""


def range_text(slot: Slot) -> str:
    """A number's bounds, as ` from 1 to 100` or ` of 1 or more`; empty without any."""
    least, most = slot.limits.get("ge"), slot.limits.get("le")
    if least is not None and most is not None:
        return f" from {least:,} to {most:,}"
    if least is not None:
        return f" of {least:,} or more"
    if most is not None:
        return f" of {most:,} or less"
    bounds = [
        f"{word} {slot.limits[name]:,}"
        for name, word in (("gt", "above"), ("lt", "below"))
        if name in slot.limits
    ]
    return f" {' and '.join(bounds)}" if bounds else ""
