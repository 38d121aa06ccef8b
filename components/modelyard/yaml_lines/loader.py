"""Text to nodes: PyYAML's parser (libyaml, where it is there) with YAML 1.2's idea of what is a number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

TAG = "tag:yaml.org,2002:"

DEEPEST = 64
"""Levels of nesting. PyYAML's composer recurses in C and would overflow the stack."""


if TYPE_CHECKING:
    _Loader = yaml.SafeLoader
else:  # libyaml's parser is ten times as fast, but a PyYAML that was built without it has none
    _Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _CoreLoader(_Loader):
    """Tells plain scalars apart by YAML 1.2's core schema (yaml.org/spec/1.2.2, 10.3.2)."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 (the class attribute that PyYAML looks at)


for _kind, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]{1,40}|0o[0-7]{1,40}|0x[0-9a-fA-F]{1,40}", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,5})?", list("-+.0123456789")),
    ("float", r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", list("-+.")),
    ("merge", r"<<", ["<"]),
):
    _CoreLoader.add_implicit_resolver(TAG + _kind, re.compile(rf"^(?:{_pattern})$"), _first)


class TooDeepError(Exception):
    """Values nested in values, more than anyone means."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(f"line {line}")


def compose(text: str) -> yaml.Node | None:
    """The root node of a text's one document. Raises yaml.YAMLError and TooDeepError."""
    depth = 0
    for event in yaml.parse(text, Loader=_CoreLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise TooDeepError(event.start_mark.line + 1)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return _CoreLoader(text).get_single_node()


def scalar(tag: str, text: str) -> str | int | float | bool | None:
    """The value of a scalar. Raises ValueError for what doesn't fit its tag, KeyError for an unknown tag."""
    return _SCALARS[tag](text)


def _integer(text: str) -> int:
    return int(text, 0) if text[:2] in {"0o", "0x"} else int(text)


def _float(text: str) -> float:
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError(text)
    return text.lower() == "true"


_SCALARS = {
    TAG + "str": str,
    TAG + "int": _integer,
    TAG + "float": _float,
    TAG + "bool": _boolean,
    TAG + "null": lambda _: None,
    TAG + "merge": str,
}
