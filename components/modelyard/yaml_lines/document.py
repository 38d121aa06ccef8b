"""What a YAML file holds, and where."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

FieldPath = tuple[str | int, ...]
"""Way to a place: keys of mappings and, counted from 0, places in lists."""


_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_STEP = re.compile(r"\.?([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]|\[(\"(?:[^\"\\]|\\.)*\")\]")


def field_text(path: FieldPath) -> str:
    """A path as people read it: `compute[1].capacity.mode`; names with other characters as `env["a.b"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_NAME.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step)}]"
    return text


def field_path(text: str) -> FieldPath:
    """The path that `field_text` shows as this text."""
    steps: list[str | int] = []
    for name, place, quoted in _STEP.findall(text):
        steps.append(name or (int(place) if place else json.loads(quoted)))
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A mapping from a YAML file, or a part of one, with the lines of everything in it."""

    data: object
    """Plain data: mappings with text as keys, lists, text, numbers, true and false, None."""

    file: str
    """The file as messages show it."""

    lines: Mapping[FieldPath, int] = field(repr=False)
    """Line of every place in the file, counted from 1."""

    texts: Mapping[FieldPath, str] = field(repr=False)
    """Every plain scalar as it was written, which a number may no longer show (`0644`)."""

    prefix: FieldPath = ()
    """Where `data` lies in the file."""

    def line_of(self, path: FieldPath) -> int | None:
        """Line of a place in `data`; if nothing is there, of the nearest thing around it."""
        whole = (*self.prefix, *path)
        ends = range(len(whole), -1, -1)
        return next((self.lines[whole[:end]] for end in ends if whole[:end] in self.lines), None)

    def written(self, path: FieldPath) -> str | None:
        """A plain scalar in `data` as it was written; None for whatever else is there, or if nothing is."""
        return self.texts.get((*self.prefix, *path))

    def under(self, key: str) -> YamlDocument:
        """The part under a key. Raises KeyError if `data` has no such key."""
        if not isinstance(self.data, dict):
            raise KeyError(key)
        return YamlDocument(self.data[key], self.file, self.lines, self.texts, (*self.prefix, key))
