"""Which input an error is about, where the error leaves no doubt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from modelyard_sandbox.aws.translate import member_of
from modelyard_sandbox.errors import CloudError
from modelyard_sandbox.handler import Inputs
from modelyard_sandbox.paths import under

SHORTEST_VALUE = 6
"""Letters below which a value in a message may be there by chance."""

NOT_AT_FAULT = frozenset({"tags", "tagsAll", "region"})

SEGMENT = re.compile(r"(\w+)((?:\[\d+\])*)")
NAMED = (
    re.compile(r"parameter (?P<member>[A-Za-z][\w.\[\]]*)"),
    re.compile(r"Value at '(?P<member>\w[\w.]*)' failed"),
    re.compile(r"1 validation error detected: Value .* at '(?P<member>\w[\w.]*)'"),
)
"""How botocore (`Invalid type for parameter A.B`), EC2 (`for parameter cidrBlock is invalid`) and the JSON
services (`Value at 'a.b' failed to satisfy constraint`) name a member.
"""


def property_at_fault(inputs: Inputs, error: CloudError) -> str | None:
    """The path of the input that an error is about: the one whose member its message names, or the only one
    whose value it quotes; None where neither is certain.
    """
    for pattern in NAMED:
        named = pattern.search(error.message)
        path = path_of(inputs, named["member"]) if named else None
        if path is not None:
            return path
    quoted = {
        value: paths_with(inputs, value)
        for _, value in leaves(inputs)
        if isinstance(value, str) and len(value) >= SHORTEST_VALUE and _quotes(error.message, value)
    }
    # Of values that hold one another the longest is meant.
    longest = max(quoted, key=len, default=None)
    paths = quoted.get(longest, []) if longest else []
    alone = all(value in str(longest) for value in quoted)
    return paths[0] if len(paths) == 1 and alone else None


def path_of(inputs: Inputs, member_path: str) -> str | None:
    """The path of the input that a member of the request holds (`Rules[0].Status`), by its name."""
    value: Any = inputs
    path = ""
    for part in member_path.split("."):
        segment = SEGMENT.fullmatch(part)
        name = member_of(value, segment[1]) if segment and isinstance(value, Mapping) else None
        if segment is None or name is None:
            # What wraps the inputs in the request (`BackupPlan.Rules`) has no name among them.
            if path:
                return None
            continue
        path, value = under(path, name) + segment[2], value[name]
        for index in re.findall(r"\d+", segment[2]):
            if not isinstance(value, list) or int(index) >= len(value):
                return None
            value = value[int(index)]
    return path or None


def paths_with(inputs: Inputs, value: Any) -> list[str]:
    """The paths of the inputs that have a value."""
    return [path for path, found in leaves(inputs) if found == value and type(found) is type(value)]


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every single value with its path, tags and the region apart."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name not in NOT_AT_FAULT:
                yield from leaves(item, under(path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}[{index}]")
    else:
        yield path, value


def _quotes(message: str, value: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(value)}(?![\w-])", message) is not None
