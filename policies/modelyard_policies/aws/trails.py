"""What a trail of CloudTrail, or a store of CloudTrail Lake, writes down.

A trail without selectors records every call that manages something, and none that reads or writes data.
Advanced selectors and the older event selectors exclude each other (AWS CloudTrail API Reference,
AdvancedFieldSelector and EventSelector, 2026-11).
"""

from __future__ import annotations

from typing import Final

from modelyard_policies.reading import Block, Resource, all_of, any_of, some

READ, WRITE = "read", "write"
ACCESSES: Final = (READ, WRITE)
"""What a call does."""

_OBJECTS: Final = "aws::s3::object"
_TYPES: Final = {READ: ("all", "readonly"), WRITE: ("all", "writeonly")}
"""Older selectors' words for what they take, by what a call does."""

_SELECTING: Final = ("equals", "startsWiths", "endsWiths")
"""Operators that leave out all that they don't name; the others leave out what they do."""


def is_off(trail: Resource) -> bool:
    """Whether a trail, or a store, records nothing: they do unless they are told not to."""
    return any_of(
        lambda: trail.has("enableLogging") and not trail.is_true("enableLogging"),
        lambda: trail.text("suspend").lower() == "true",
    )


def records_management(trail: Resource) -> bool:
    """Whether every call that manages something is recorded, reading ones too, and none is left out."""
    return not some(ACCESSES, lambda access: not _records_management(trail, access))


def records_objects(trail: Resource, access: str, prefix: str) -> bool:
    """Whether reads or writes of objects in S3 are recorded: of all those whose ARN begins with `prefix`; of
    some, if it is empty.
    """
    if is_off(trail):
        return False
    if _is_given(trail, "advancedEventSelectors"):
        return some(trail.list("advancedEventSelectors"), lambda each: _selects_objects(each, access, prefix))
    return some(
        trail.list("eventSelectors"),
        lambda each: all_of(
            lambda: each.text("readWriteType", "All").lower() in _TYPES[access],
            lambda: some(each.list("dataResources"), lambda data: _names_objects(data, prefix)),
        ),
    )


def _is_given(trail: Resource, key: str) -> bool:
    return trail.raw(key) not in (None, [])


def _records_management(trail: Resource, access: str) -> bool:
    if _is_given(trail, "advancedEventSelectors"):
        return some(
            trail.list("advancedEventSelectors"),
            lambda each: all_of(
                lambda: _equals(each, "eventCategory", "management"),
                lambda: _takes(each, access),
                lambda: (
                    not some(
                        each.list("fieldSelectors"),
                        lambda field: field.text("field") not in ("eventCategory", "readOnly"),
                    )
                ),
            ),
        )
    if not _is_given(trail, "eventSelectors"):
        return True
    return some(
        trail.list("eventSelectors"),
        lambda each: all_of(
            lambda: not each.has("includeManagementEvents") or each.is_true("includeManagementEvents"),
            lambda: each.text("readWriteType", "All").lower() in _TYPES[access],
            lambda: not some(each.strings("excludeManagementEventSources"), bool),
        ),
    )


def _selects_objects(selector: Block, access: str, prefix: str) -> bool:
    return all_of(
        lambda: _equals(selector, "eventCategory", "data"),
        lambda: _equals(selector, "resources.type", _OBJECTS),
        lambda: _takes(selector, access),
        lambda: not some(selector.list("fieldSelectors"), lambda field: _leaves_out(field, prefix)),
    )


def _fields(selector: Block, name: str) -> list[Block]:
    return [field for field in selector.list("fieldSelectors") if field.text("field") == name]


def _equals(selector: Block, name: str, value: str) -> bool:
    return some(
        _fields(selector, name), lambda field: some(field.strings("equals"), lambda one: one.lower() == value)
    )


def _takes(selector: Block, access: str) -> bool:
    fields = _fields(selector, "readOnly")
    wanted = "true" if access == READ else "false"
    return not fields or some(
        fields, lambda field: some(field.strings("equals"), lambda one: one.lower() == wanted)
    )


def _leaves_out(field: Block, prefix: str) -> bool:
    """Whether a field keeps the selector from taking what is asked for."""
    name = field.text("field")
    if name in ("eventCategory", "resources.type", "readOnly"):
        return False
    if name != "resources.ARN":
        return any(field.has(operator) for operator in _SELECTING)
    if not prefix:
        return False
    return any_of(
        lambda: some(
            (operator for operator in ("notEquals", "notStartsWiths") if field.has(operator)),
            lambda operator: some(field.strings(operator), lambda value: value.startswith(prefix)),
        ),
        lambda: (
            any(field.has(operator) for operator in _SELECTING)
            and not some(field.strings("startsWiths"), prefix.startswith)
        ),
    )


def _names_objects(data: Block, prefix: str) -> bool:
    return all_of(
        lambda: data.text("type").lower() == _OBJECTS,
        lambda: not prefix or some(data.strings("values"), prefix.startswith),
    )
