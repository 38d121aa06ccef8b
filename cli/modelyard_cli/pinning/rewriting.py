"""Writes image ids into a YAML file and leaves every other line as it is, comments and layout included.

The file's text is changed at the places that the parser names, and read again: if it then holds anything but
what was meant, nothing is written (decision 0012).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import yaml

from modelyard.errors import InputError, Problem
from modelyard.yaml_lines.document import FieldPath, YamlDocument, field_text
from modelyard.yaml_lines.loader import compose
from modelyard.yaml_lines.reading import parse_yaml

KEY = "image_ids"
INDENT = 2
"""Spaces before the regions under a new `image_ids`."""

_REST_OF_LINE = re.compile(r"[ \t]*(?:#[ \t]*(?P<comment>[^\r\n]*))?")
_OUR_COMMENT = re.compile(r"al2023-ami-ecs-[^\s;]+")


@dataclass(frozen=True, slots=True)
class ImageLine:
    """An id to be written, with the image's name as its comment."""

    path: FieldPath
    """Way to the id from the document's data on: ("compute", 0, "image_ids", "eu-central-1")."""
    image_id: str
    name: str

    @property
    def pool(self) -> FieldPath:
        """Way to the pool."""
        return self.path[:-2]

    @property
    def region(self) -> str:
        """The region that it is for."""
        return str(self.path[-1])


@dataclass(frozen=True, slots=True)
class _Change:
    start: int
    end: int
    text: str


def rewritten(text: str, document: YamlDocument, lines: Sequence[ImageLine]) -> str:
    """The file's text with these ids in it; `document` is the part of it that the ways start from.

    Raises InputError where it can't be done without changing more.
    """
    writer = _Writer(text, document)
    changes = [change for pool in _by_pool(lines) for change in writer.changes(pool)]
    new = text
    for change in sorted(changes, key=lambda each: each.start, reverse=True):
        new = f"{new[: change.start]}{change.text}{new[change.end :]}"
    if _holds_else_than_meant(new, document, lines):
        raise InputError([writer.problem(lines[0].pool, "an alias (*name), or a merge (<<)")])
    return new


class _Writer:
    def __init__(self, text: str, document: YamlDocument) -> None:
        self._text = text
        self._document = document
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._root = compose(text)

    def changes(self, lines: Sequence[ImageLine]) -> Iterator[_Change]:
        """What has to be changed for the images of one pool."""
        way = lines[0].pool
        pool = _at(self._root, (*self._document.prefix, *way))
        if not isinstance(pool, yaml.MappingNode):
            raise InputError([self.problem(way, "an alias (*name)")])
        found = next((pair for pair in pool.value if pair[0].value == KEY), None)
        if pool.flow_style:
            yield self._in_braces(pool, found, lines)
            return
        if found is None:
            column = pool.value[0][0].start_mark.column
            yield self._insert(_last_end(pool), [f"{KEY}:"], self._entries(lines, INDENT), column)
            return
        key, value = found
        if isinstance(value, yaml.MappingNode) and value.value and not value.flow_style:
            yield from self._in_block(value, lines)
        else:
            yield from self._in_place_of(key, value, lines)

    def problem(self, pool: FieldPath, given: str) -> Problem:
        """The file is written in a way that can't be changed line by line."""
        field = f"{field_text(pool)}.{KEY}"
        return Problem(
            field=field,
            given=given,
            message="the id of the pool's image can't be written there without changing other lines",
            allowed="a pool with one `name: value` a line, which stands there itself",
            mend=f"write the pool that way; or write {KEY} yourself, as `modelyard pin-images ENV --check` "
            "shows them",
            file=self._document.file,
            line=self._document.line_of(pool),
        )

    def _in_block(self, value: yaml.MappingNode, lines: Sequence[ImageLine]) -> Iterator[_Change]:
        there = {key.value: entry for key, entry in value.value}
        added = [line for line in lines if line.region not in there]
        for line in lines:
            if line.region in there:
                yield self._replace(there[line.region], line)
        if added:
            column = value.value[0][0].start_mark.column
            yield self._insert(_last_end(value), [], self._entries(added, 0), column)

    def _replace(self, entry: yaml.Node, line: ImageLine) -> _Change:
        end = entry.end_mark.index
        rest = _REST_OF_LINE.match(self._text, end)
        comment = ((rest and rest["comment"]) or "").rstrip()
        ours = _OUR_COMMENT.match(comment)
        own = comment[ours.end() :] if ours else (f"; {comment}" if comment else "")
        return _Change(
            entry.start_mark.index,
            rest.end() if rest else end,
            f"{line.image_id}  # {line.name}{own}",
        )

    def _in_braces(
        self, pool: yaml.MappingNode, found: tuple[yaml.Node, yaml.Node] | None, lines: Sequence[ImageLine]
    ) -> _Change:
        """Within a pool in braces, as JSON has it; there is no place for a comment there."""
        ids = {line.region: line.image_id for line in lines}
        if found is not None:
            value = found[1]
            pairs = value.value if isinstance(value, yaml.MappingNode) else []
            ids = {**{key.value: entry.value for key, entry in pairs}, **ids}
            return _Change(value.start_mark.index, value.end_mark.index, json.dumps(ids))
        end = pool.value[-1][1].end_mark.index
        return _Change(end, end, f', "{KEY}": {json.dumps(ids)}')

    def _in_place_of(self, key: yaml.Node, value: yaml.Node, lines: Sequence[ImageLine]) -> Iterator[_Change]:
        """The regions a line each, in the place of `{…}` or of nothing."""
        start, end = key.end_mark.index + 1, value.end_mark.index
        if end > start:
            yield _Change(start, end, "")
        pairs: list[tuple[Any, Any]] = value.value if isinstance(value, yaml.MappingNode) else []
        named = {line.region for line in lines}
        kept = [f"{pair[0].value}: {pair[1].value}" for pair in pairs if pair[0].value not in named]
        entries = [*kept, *self._entries(lines, 0)]
        yield self._insert(max(start, end), [], entries, key.start_mark.column + INDENT)

    def _entries(self, lines: Iterable[ImageLine], indent: int) -> list[str]:
        return [f"{' ' * indent}{line.region}: {line.image_id}  # {line.name}" for line in lines]

    def _insert(self, after: int, head: list[str], entries: list[str], column: int) -> _Change:
        """New lines after the one that a place is in."""
        end = self._text.find("\n", after)
        block = [f"{' ' * column}{line}" for line in (*head, *entries)]
        if end < 0:  # the file's last line has no end
            return _Change(len(self._text), len(self._text), "".join(self._newline + line for line in block))
        return _Change(end + 1, end + 1, "".join(line + self._newline for line in block))


def _by_pool(lines: Iterable[ImageLine]) -> list[list[ImageLine]]:
    pools: dict[FieldPath, list[ImageLine]] = {}
    for line in lines:
        pools.setdefault(line.pool, []).append(line)
    return list(pools.values())


def _at(node: yaml.Node | None, way: FieldPath) -> yaml.Node | None:
    """The node at a place; None where an alias or a merge brings it from elsewhere."""
    for step in way:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
        else:
            return None
    return node


def _last_end(node: yaml.Node) -> int:
    """Where a node's last value ends: a block's own end lies behind the comments and blank lines after it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return node.end_mark.index


def _holds_else_than_meant(text: str, document: YamlDocument, lines: Sequence[ImageLine]) -> bool:
    meant = deepcopy(document.data)
    for line in lines:
        pool: Any = meant
        for step in line.pool:
            pool = pool[step]
        pool[KEY] = {**(pool.get(KEY) or {}), line.region: line.image_id}
    try:
        found: Any = parse_yaml(text, document.file).data
    except InputError:
        return True
    for step in document.prefix:
        found = found[step]
    return found != meant
