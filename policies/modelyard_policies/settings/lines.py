"""YAML to plain data, and for every place in it the line where it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

from modelyard_policies.errors import SettingsError, SettingsProblem

Path = tuple[str | int, ...]
"""Way to a place: names in mappings and, counted from 0, places in lists."""

DEEPEST: Final = 12
"""Levels of nesting, many more than these files have."""
LARGEST: Final = 1 << 20
"""Characters of a file."""

_TAG: Final = "tag:yaml.org,2002:"
_PLAIN: Final = {f"{_TAG}{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp", "value")}
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]{1,3})?")
_WORDS: Final = {"true": True, "false": False, "null": None, "~": None, "": None}
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")

if TYPE_CHECKING:
    _Loader = yaml.SafeLoader
else:  # libyaml's parser, where PyYAML was built with it
    _Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Source:
    """Text of a file, and what messages call it."""

    text: str
    file: str


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds."""

    data: dict[str, Any]
    file: str
    lines: dict[Path, int] = field(repr=False)

    def line(self, path: Path) -> int:
        """Line of a place; if nothing is there, of the nearest thing around it."""
        ends = range(len(path), -1, -1)
        return next(self.lines[path[:end]] for end in ends if path[:end] in self.lines)

    def problem(self, path: Path, given: object, message: str, allowed: str, mend: str) -> SettingsProblem:
        """What is wrong at a place."""
        return SettingsProblem(
            self.file,
            self.line(path),
            shown(path),
            clipped(given),
            message,
            allowed,
            mend,
        )


def read(source: Source) -> Document:
    """The mapping that a file holds. Raises SettingsError."""
    reader = _Reader(source)
    root = reader.root()
    return Document(reader.mapping(root, ()), source.file, reader.lines)


def shown(path: Path) -> str:
    """A place as people write it: `suppressions[1].expires`; other names as `["a.b"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _NAME.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return text


def clipped(value: object) -> str:
    """A value for a message, on one short line."""
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = "nothing" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    flat = " ".join(text.split()) or '""'
    return flat if len(flat) <= 80 else f"{flat[:79]}…"


class _Reader:
    def __init__(self, source: Source) -> None:
        self._source = source
        self.lines: dict[Path, int] = {}

    def root(self) -> yaml.MappingNode:
        text = self._source.text
        if len(text) > LARGEST:
            raise self._refused(None, "over a million characters", "the file is too large", "shorten it")
        try:
            self._scan(text)
            root = yaml.compose(text, Loader=_Loader)
        except yaml.YAMLError as error:
            raise self._unreadable(error) from None
        if not isinstance(root, yaml.MappingNode):
            given = "nothing" if root is None else "something else"
            raise self._refused(root, given, "the file holds no mapping", "start it with `schema:`")
        return root

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        self.lines[path] = _line(node)
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag != f"{_TAG}str":
                given = key.value if isinstance(key, yaml.ScalarNode) else "a list or a mapping"
                raise self._refused(key, given, "a name has to be text", "put it in quotes", path)
            here = (*path, key.value)
            if key.value in found:
                raise self._refused(key, key.value, "this name stands here twice", "keep one of them", here)
            found[key.value] = self._value(value, here)
            self.lines[here] = _line(key)
        return found

    def _value(self, node: yaml.Node, path: Path) -> Any:
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
            return self.mapping(node, path)
        self.lines[path] = _line(node)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
            return [self._value(item, (*path, place)) for place, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode) and node.tag in _PLAIN:
            return node.value if node.style else _scalar(node.value)
        tag = node.tag.removeprefix(_TAG)
        raise self._refused(node, f"!!{tag}", "a tag isn't plain data", "remove it", path)

    def _scan(self, text: str) -> None:
        """Refuse what would make composing run away, before it is composed."""
        depth = 0
        for event in _events(text):
            if isinstance(event, yaml.AliasEvent):
                raise self._refused(event, "an alias", "aliases aren't read here", "write the value out")
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > DEEPEST:
                raise self._refused(event, f"more than {DEEPEST} levels", "nested too deep", "flatten it")

    def _unreadable(self, error: yaml.YAMLError) -> SettingsError:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it can't be read")
        problem = SettingsProblem(
            self._source.file,
            mark.line + 1 if mark else None,
            "",
            "text",
            f"this isn't YAML: {said}",
            "`name: value` lines, indented by spaces",
            "mend this line, or the one above",
        )
        return SettingsError([problem])

    def _refused(
        self,
        node: yaml.Node | yaml.Event | None,
        given: str,
        message: str,
        mend: str,
        path: Path = (),
    ) -> SettingsError:
        line = _line(node) if node is not None else None
        allowed = "mappings, lists, text, numbers, true, false"
        problem = SettingsProblem(
            self._source.file,
            line,
            shown(path),
            clipped(given),
            message,
            allowed,
            mend,
        )
        return SettingsError([problem])


def _events(text: str) -> Iterator[yaml.Event]:
    return iter(yaml.parse(text, Loader=_Loader))


def _scalar(text: str) -> str | int | float | bool | None:
    """A scalar without quotes. Dates, and numbers that YAML's versions read apart, stay text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def _line(node: yaml.Node | yaml.Event) -> int:
    return node.start_mark.line + 1
