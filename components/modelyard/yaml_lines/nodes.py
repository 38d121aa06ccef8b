"""From nodes to plain data, keeping the line of every place."""

from __future__ import annotations

import yaml

from modelyard.errors import InputError, Problem
from modelyard.yaml_lines.document import FieldPath, field_text
from modelyard.yaml_lines.loader import TAG, is_moment, is_read_otherwise, scalar

MOST_VALUES = 20_000
"""Values once all aliases are followed: a few lines of aliases of aliases could stand for billions."""


def refusal(
    file: str, line: int | None, message: str, given: str, allowed: str, mend: str, path: FieldPath = ()
) -> InputError:
    """The error of a document that can't be read, at a place in it or as a whole."""
    return InputError([Problem(field_text(path), given, message, allowed, mend, file, line)])


class NodeReader:
    """Walks the nodes once, and keeps the line of each place."""

    def __init__(self, file: str, *, moments_as_text: bool = False, most_values: int = MOST_VALUES) -> None:
        self.file = file
        self._moments_as_text = moments_as_text
        self._most_values = most_values
        self.lines: dict[FieldPath, int] = {}
        self.texts: dict[FieldPath, str] = {}
        self._open: list[yaml.Node] = []
        self._values = 0

    def read(self, node: yaml.Node, path: FieldPath, place: yaml.Node) -> object:
        """The value of a node; `place` is the node whose line stands for it (a mapping's key)."""
        self.lines[path] = _line(place)
        self._values += 1
        if self._values > self._most_values:
            allowed = f"{self._most_values:,} values at most"
            given = "aliases of aliases, or a huge file"
            raise self._refusal(path, place, "there are too many values", given, allowed, "shorten it")
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if any(node is around for around in self._open):
            message, given = "an alias stands inside what it stands for", "a value without end"
            raise self._refusal(path, place, message, given, "values with an end", "remove the alias")
        self._open.append(node)
        value = (
            self._mapping(node, path) if isinstance(node, yaml.MappingNode) else self._sequence(node, path)
        )
        self._open.pop()
        return value

    def _scalar(self, node: yaml.ScalarNode, path: FieldPath) -> object:
        if not node.style:
            self.texts[path] = node.value
            if is_read_otherwise(node.value) and not (self._moments_as_text and is_moment(node.value)):
                raise self._ambiguous(path, node)
        try:
            return scalar(node.tag, node.value)
        except KeyError:
            raise self._bad_tag(path, node) from None
        except ValueError:
            kind = node.tag.removeprefix(TAG)
            message, given = f"the tag !!{kind} doesn't fit", f'"{node.value}"'
            raise self._refusal(
                path, node, message, given, f"a value of kind {kind}", "remove the tag"
            ) from None

    def _ambiguous(self, path: FieldPath, node: yaml.ScalarNode) -> InputError:
        text = node.value
        mend = f'write it in quotes if it is text, as "{text}"; write a number in plain decimal digits'
        return self._refusal(
            path,
            node,
            f"{text} is one value by YAML 1.2 and another for Pulumi",
            text,
            "text in quotes, or a plain decimal number",
            mend,
        )

    def _sequence(self, node: yaml.Node, path: FieldPath) -> list[object]:
        if node.tag != TAG + "seq":
            raise self._bad_tag(path, node)
        return [self.read(item, (*path, place), item) for place, item in enumerate(node.value)]

    def _mapping(self, node: yaml.MappingNode, path: FieldPath) -> dict[str, object]:
        if node.tag != TAG + "map":
            raise self._bad_tag(path, node)
        merged: list[tuple[yaml.Node, yaml.Node]] = []
        found: dict[str, object] = {}
        for key, value in node.value:
            if key.tag == TAG + "merge":
                merged += self._merged(value, path)
                continue
            name = self._key(key, path)
            if name in found:
                first = self.lines[(*path, name)]
                given = f"lines {first} and {_line(key)}"
                raise self._refusal(
                    (*path, name),
                    key,
                    f'"{name}" stands here twice',
                    given,
                    "each name once",
                    "keep one of the two",
                )
            found[name] = self.read(value, (*path, name), key)
        for key, value in merged:
            name = self._key(key, path)
            if name not in found:
                found[name] = self.read(value, (*path, name), key)
        return found

    def _merged(self, node: yaml.Node, path: FieldPath) -> list[tuple[yaml.Node, yaml.Node]]:
        """What `<<` brings in: of several mappings the earlier wins, and names of one's own win."""
        sources = node.value if isinstance(node, yaml.SequenceNode) else [node]
        pairs: list[tuple[yaml.Node, yaml.Node]] = []
        for source in sources:
            if not isinstance(source, yaml.MappingNode):
                mend = "name such an alias after `<<:`"
                message, allowed = "`<<` merges mappings only", "an alias of a mapping"
                raise self._refusal(path, source, message, "something else", allowed, mend)
            if any(key.tag == TAG + "merge" for key, _ in source.value):
                mend = "write these fields out"
                raise self._refusal(
                    path,
                    source,
                    "`<<` stands in what `<<` merges",
                    "a merge of a merge",
                    "one level of `<<`",
                    mend,
                )
            pairs += source.value
        return pairs

    def _key(self, node: yaml.Node, path: FieldPath) -> str:
        if isinstance(node, yaml.ScalarNode) and node.tag == TAG + "str":
            return node.value
        given = (node.value or '""') if isinstance(node, yaml.ScalarNode) else "a list or a mapping"
        mend = (
            f'write it in quotes, as "{node.value or "name"}"'
            if isinstance(node, yaml.ScalarNode)
            else "write text before the colon"
        )
        raise self._refusal(path, node, "a name has to be text", given, "text", mend)

    def _bad_tag(self, path: FieldPath, node: yaml.Node) -> InputError:
        shown = f"!!{node.tag.removeprefix(TAG)}" if node.tag.startswith(TAG) else node.tag
        allowed = "mappings, lists, text, numbers, true, false, null"
        return self._refusal(
            path, node, f"the tag {shown} isn't plain data", shown, allowed, "remove the tag"
        )

    def _refusal(
        self, path: FieldPath, node: yaml.Node, message: str, given: str, allowed: str, mend: str
    ) -> InputError:
        return refusal(self.file, _line(node), message, given, allowed, mend, path)


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1
