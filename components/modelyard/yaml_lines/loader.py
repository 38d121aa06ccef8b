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


_READ_OTHERWISE = re.compile(
    r"[-+]?0[0-7]*[1-7][0-7]*"  # octal for Pulumi, decimal by YAML 1.2
    r"|[-+]?0(?:[bB][01]+|X[0-9a-fA-F]+|O[0-7]+)|[-+]0(?:x[0-9a-fA-F]+|o[0-7]+)"
)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(?:[Tt ][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?(?:[Zz]|[-+][0-9]{2}:[0-9]{2})?)?"
)
_NUMBER = re.compile(
    r"[-+]?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?)"
)


def is_read_otherwise(text: str) -> bool:
    """Whether Pulumi makes another value of a plain scalar than YAML 1.2 does.

    It reads stacks by Go's yaml.v3, which takes 010 for 8, 1_000 for 1000 and 2026-01-01 for a moment in time
    (`pulumi config get` of Pulumi 3.259.0, 2026-11).
    """
    if "_" in text and not text.startswith("_") and _NUMBER.fullmatch(text.replace("_", "")):
        return True
    return _READ_OTHERWISE.fullmatch(text) is not None or is_moment(text)


def is_moment(text: str) -> bool:
    """Whether a plain scalar is a moment in time for Pulumi, and text by YAML 1.2."""
    return _MOMENT.fullmatch(text) is not None


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
