"""From a place in an error to what the model says about that place."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from modelyard.validation.attribute_docs import attribute_docs

Path = tuple[str | int, ...]

_UNIONS = (Union, types.UnionType)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that takes a value, and what the model wants there."""

    annotation: Any
    """Its type, without None and without what Annotated adds."""

    limits: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Constraints by name: ge, gt, le, lt, min_length, max_length, pattern."""

    words: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the field says of itself: allowed, mend, purpose, example."""

    discriminator: str | None = None
    """Field that tells the kinds of a union apart."""

    @property
    def members(self) -> tuple[Slot, ...]:
        """The kinds of a union; empty for anything else."""
        if get_origin(self.annotation) not in _UNIONS:
            return ()
        return tuple(slot_of(member) for member in get_args(self.annotation))

    @property
    def model(self) -> type[BaseModel] | None:
        """The model that it takes, if it takes one."""
        kind = self.annotation
        return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None

    @property
    def item(self) -> Slot | None:
        """What a list takes in each place, or a mapping under each name."""
        origin, arguments = get_origin(self.annotation), get_args(self.annotation)
        if not isinstance(origin, type) or not arguments:
            return None
        if issubclass(origin, Mapping):
            return slot_of(arguments[1])
        return slot_of(arguments[0]) if issubclass(origin, Sequence | set | frozenset) else None

    @property
    def key(self) -> Slot | None:
        """What a mapping takes as a name."""
        origin, arguments = get_origin(self.annotation), get_args(self.annotation)
        is_mapping = isinstance(origin, type) and issubclass(origin, Mapping) and bool(arguments)
        return slot_of(arguments[0]) if is_mapping else None

    def member_tagged(self, tag: object) -> Slot | None:
        """The kind of a discriminated union that goes by a tag."""
        return next((member for member in self.members if tag in self.tags_of(member)), None)

    def tags_of(self, member: Slot) -> tuple[object, ...]:
        """The tags that one kind of a discriminated union goes by."""
        if member.model is None or self.discriminator is None:
            return ()
        return get_args(member.model.model_fields[self.discriminator].annotation)


def slot_of(annotation: object, own: FieldInfo | None = None) -> Slot:
    """The slot of an annotated type and of the FieldInfo that belongs to it; the outer words count."""
    limits: dict[str, Any] = {}
    words: dict[str, str] = {}
    discriminator: str | None = None
    extras: list[object] = [own]
    while True:
        for extra in extras:
            if isinstance(extra, FieldInfo):
                words = _words(extra) | words
                discriminator = discriminator or _discriminator(extra)
            for constraint in extra.metadata if isinstance(extra, FieldInfo) else [extra]:
                limits = _limits(constraint) | limits
        kinds = [kind for kind in get_args(annotation) if kind is not types.NoneType]
        if get_origin(annotation) is Annotated:
            annotation, *extras = get_args(annotation)
        elif get_origin(annotation) in _UNIONS and len(kinds) == 1:
            annotation, extras = kinds[0], []
        else:
            return Slot(annotation, limits, words, discriminator)


def field_slot(model: type[BaseModel], name: str) -> Slot | None:
    """The slot of a model's field, by its name or its alias; None if it has no such field."""
    for field_name, info in model.model_fields.items():
        if name in {field_name, info.alias}:
            slot = slot_of(info.annotation, info)
            purpose = info.description or attribute_docs(model).get(field_name, "")
            words = {**slot.words, **({"purpose": " ".join(purpose.split())} if purpose else {})}
            return Slot(slot.annotation, slot.limits, words, slot.discriminator)
    return None


def find(model: type[BaseModel], location: Sequence[str | int]) -> tuple[Path, Slot | None, Slot]:
    """The path, the slot (None for a field that the model doesn't have) and the slot around it, of an error's
    location, in which pydantic mixes names and places with tags of unions.
    """
    path: list[str | int] = []
    slot: Slot | None = Slot(model)
    around = Slot(model)
    for step in location:
        if slot is None:
            path.append(step)
        elif slot.members:
            slot = _member(slot, step)
        elif step == "[key]":
            slot = around.key
        else:
            path.append(step)
            around, slot = slot, _inside(slot, step)
    return tuple(path), slot, around


def _inside(slot: Slot, step: str | int) -> Slot | None:
    if slot.model is not None:
        return field_slot(slot.model, str(step))
    return slot.item


def _member(slot: Slot, label: str | int) -> Slot:
    if slot.discriminator is not None:
        return slot.member_tagged(label) or slot
    text = str(label)
    named = (member for member in slot.members if text.startswith(_label(member)))
    return next(named, slot.members[0])


def _label(member: Slot) -> str:
    kind = get_origin(member.annotation) or member.annotation
    return kind.__name__ if isinstance(kind, type) else "literal" if kind is Literal else str(kind)


def _discriminator(info: FieldInfo) -> str | None:
    return info.discriminator if isinstance(info.discriminator, str) else None


def _limits(extra: object) -> dict[str, Any]:
    names = ("ge", "gt", "le", "lt", "min_length", "max_length", "pattern")
    return {name: getattr(extra, name) for name in names if getattr(extra, name, None) is not None}


def _words(info: FieldInfo) -> dict[str, str]:
    words: dict[str, str] = {}
    if isinstance(info.json_schema_extra, dict):
        given = info.json_schema_extra
        words = {name: str(given[name]) for name in ("allowed", "mend") if name in given}
    if info.examples:
        words["example"] = str(info.examples[0])
    if info.description:
        words["purpose"] = info.description
    return words
