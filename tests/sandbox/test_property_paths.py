"""Paths of properties as options give them."""

from __future__ import annotations

from typing import Any

import pytest

from modelyard_sandbox.property_paths import covered, left_as_it_was, parsed


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("tags", ("tags",)),
        ("properties.rotationPolicy", ("properties", "rotationPolicy")),
        ("rules[0].id", ("rules", "0", "id")),
        ("rules[*].ports", ("rules", "*", "ports")),
        ("*", ("*",)),
        ('tags["a.b"]', ("tags", "a.b")),
        ('tags["a \\"b\\" \\\\"].c', ("tags", 'a "b" \\', "c")),
        ('["a"]', ("a",)),
        ("tags[", ("tags[",)),
        ("", ()),
    ],
)
def test_a_path_has_parts(path: str, parts: tuple[str, ...]) -> None:
    assert parsed(path) == parts


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("rules", ["rules[0].id", "rules[1]"]),
        ("rules[0]", ["rules[0].id"]),
        ("rules[*].id", ["rules[0].id"]),
        ("rules[1].id", []),
        ('tags["a.b"]', ['tags["a.b"]']),
        ("tags.a", []),
        ("*", ["rules[0].id", "rules[1]", 'tags["a.b"]']),
    ],
)
def test_a_pattern_covers_what_lies_at_it_or_inside_of_it(pattern: str, found: list[str]) -> None:
    assert covered([pattern], ["rules[0].id", "rules[1]", 'tags["a.b"]']) == found


OLD: dict[str, Any] = {"tags": {"a.b": "1", "c": "1"}, "rules": [{"id": 1, "port": 1}, {"id": 2}], "old": 1}
NEW: dict[str, Any] = {"tags": {"a.b": "2", "d": "2"}, "rules": [{"id": 3, "port": 2}], "new": 1}


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("old", {"old": 1}),
        ("new", {"new": None}),
        ("other", {}),
        ("rules", {"rules": OLD["rules"]}),
        ("rules[0]", {"rules": [{"id": 1, "port": 1}]}),
        ("rules[1]", {}),
        ("rules[*].port", {"rules": [{"id": 3, "port": 1}]}),
        ("rules[x]", {}),
        ('tags["a.b"]', {"tags": {"a.b": "1", "d": "2"}}),
        ("tags.d", {"tags": {"a.b": "2"}}),
        ("tags.*", {"tags": OLD["tags"]}),
        ("tags.c", {"tags": {"a.b": "2", "d": "2", "c": "1"}}),
        ("tags.c.deeper", {}),
        ("new.deeper", {}),
    ],
)
def test_what_a_path_names_is_put_back_as_it_was(path: str, changes: dict[str, Any]) -> None:
    wanted = {name: value for name, value in {**NEW, **changes}.items() if value is not None}
    before = repr(NEW)
    assert left_as_it_was(NEW, OLD, parsed(path)) == wanted
    assert repr(NEW) == before, "what the program said stays as it is"
