"""The calls of a plan for people: one line each, the most telling of what they are given first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from modelyard.validation import visible
from modelyard_launcher.plan import Call

_LONGEST_VALUE = 44

_MOST_CALLS = 20
"""Calls that are shown; of more, these stand for all."""


def call_lines(calls: Sequence[Call], width: int) -> Iterator[str]:
    """A line for each call: number, service, operation, and what it is given, shortened to the width."""
    for number, call in enumerate(calls[:_MOST_CALLS], start=1):
        line = f"    {number}. {call.service} {call.operation}{_request(call.request)}"
        yield line if len(line) <= width else f"{line[: width - 1]}…"
        if call.note:
            yield f"       ({visible(call.note)})"
    if len(calls) > _MOST_CALLS:
        more = len(calls) - _MOST_CALLS
        yield f"    and {more:,} call{'s' * (more > 1)} more, likewise"


def _request(request: Mapping[str, object]) -> str:
    # What is plain says more in one line than what is nested.
    plain = {name: value for name, value in request.items() if not isinstance(value, Mapping | list | tuple)}
    nested = {name: value for name, value in request.items() if name not in plain}
    return "".join(f" {name}={_value(value)}" for name, value in {**plain, **nested}.items())


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(map(str, cast('Mapping[object, object]', value)))}}}"
    if isinstance(value, list | tuple):
        return f"[{len(cast('Sequence[object]', value))}]"
    text = value if isinstance(value, str) else json.dumps(value)
    shown = visible(text)
    if len(shown) <= _LONGEST_VALUE:
        return shown
    # Of a key, digits in its middle tell least.
    end = 0 if " " in shown else _LONGEST_VALUE // 3
    return f"{shown[: _LONGEST_VALUE - 1 - end]}…{shown[len(shown) - end :]}"
