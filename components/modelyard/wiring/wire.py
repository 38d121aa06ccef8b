"""Args as another program sent them, turned into what a component takes.

What arrives has the schema's spelling (`keyArn`), its numbers are floats, and any value may be an output.
Pulumi's own mapping drops names that it doesn't know, loses an output that stands for an object and fails on
one that stands for an int (SDK 3.272, 2026-11). This one goes by the annotations.
"""

from __future__ import annotations

import functools
import re
import typing
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pulumi
from pulumi.errors import InputPropertiesError
from pulumi.output import UNKNOWN, Unknown
from pulumi.provider.experimental.util import camel_case

from modelyard.errors import InputError
from modelyard.wiring.arguments import check_args, check_value
from modelyard.wiring.shapes import hints, is_list, is_mapping, item_hint, plain_kinds, takes_outputs

_STEP = re.compile(r"\[\d+\]|[^.\[\]]+")
_WORD = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")


def args_from_wire(component: str, sent: Mapping[str, Any], shape: Any) -> dict[str, Any]:
    """The args that a component takes: the fields of the TypedDict `shape`, by their names in Python.

    Outputs stay outputs, with their secrets, dependencies and unknowns.

    Raises InputPropertiesError, which the engine shows without a traceback, with every problem. An output
    that turns out wrong raises it once its value is known.
    """
    args = _Wire(component).fields("", sent, shape)
    try:
        check_args(component, args, shape, camel_case)
    except InputError as error:
        raise _refusal(error) from error
    return args


def refusal(component: str, error: InputError, shape: Any) -> InputPropertiesError:
    """What the protocol has for args that the component itself refuses, told in the schema's spelling."""
    problems = [
        replace(
            problem,
            field=f"{component}.{_schema_path(problem.field.removeprefix(f'{component}.'), shape)}",
            message=_in_schema_spelling(problem.message, shape),
            mend=_in_schema_spelling(problem.mend, shape),
        )
        for problem in error.problems
    ]
    return _refusal(InputError(problems))


def _refusal(error: InputError) -> InputPropertiesError:
    # In words, not as the protocol's details: the engine shows the value at each of those, even a secret one
    # (3.259). The empty list is needed: without any the SDK fails (3.272).
    return InputPropertiesError(f"it can't be made of these arguments\n{error}", [])


class _Unheard(str):
    """A key that the schema doesn't have, equal to no other: a field may have that name in Python."""

    __slots__ = ()
    __eq__ = object.__eq__
    __hash__ = object.__hash__


class _Wire:
    """Turns what was sent for one component; `field` is a path from the component's args on."""

    def __init__(self, component: str) -> None:
        self._component = component

    def fields(self, around: str, sent: Mapping[str, Any], shape: Any) -> dict[str, Any]:
        names = {camel_case(name): name for name in hints(shape)}
        args: dict[str, Any] = {}
        for key, value in sent.items():
            if key in names:
                args[names[key]] = self.value(f"{around}{key}", value, hints(shape)[names[key]])
            else:
                args[_Unheard(key)] = value  # for the check to refuse
        return args

    def value(self, field: str, sent: Any, hint: Any) -> Any:
        # A program whose SDK knows no output values sends a bare unknown.
        value = pulumi.Output.from_input(UNKNOWN) if isinstance(sent, Unknown) else sent
        if isinstance(value, pulumi.Output):
            return (
                value.apply(lambda known: self._known(field, known, hint)) if takes_outputs(hint) else value
            )
        for kind in plain_kinds(hint):
            if typing.is_typeddict(kind) and isinstance(value, Mapping):
                return self.fields(f"{field}.", value, kind)
            if is_list(kind) and isinstance(value, list):
                item = item_hint(kind)
                return [self.value(f"{field}[{index}]", each, item) for index, each in enumerate(value)]
            if is_mapping(kind) and isinstance(value, Mapping):
                item = item_hint(kind)
                return {key: self.value(f"{field}.{key}", each, item) for key, each in value.items()}
            if kind is int and isinstance(value, float) and value.is_integer():
                return int(value)
        return value

    def _known(self, field: str, sent: Any, hint: Any) -> Any:
        """The value of an output, once it has one."""
        value = self.value(field, sent, hint)
        try:
            check_value(f"{self._component}.{field}", value, hint, camel_case)
        except InputError as error:
            raise _refusal(error) from error
        return value


def _schema_path(field: str, shape: Any) -> str:
    """A path within the args in the schema's spelling: `pools[0].maxNodes` for `pools[0].max_nodes`."""
    path, hint = "", shape
    for step in _STEP.findall(field):
        kind = next(iter(plain_kinds(hint)), None)
        if step.startswith("["):
            path += step
            hint = item_hint(kind) if is_list(kind) else Any
            continue
        if typing.is_typeddict(kind):
            hint = hints(kind).get(step, Any)
            step = camel_case(step) if step in hints(kind) else step
        else:
            hint = item_hint(kind) if is_mapping(kind) else Any
        path += f".{step}" if path else step
    return path


def _in_schema_spelling(text: str, shape: Any) -> str:
    """A text in which the fields of args are named as in the schema."""
    return _WORD.sub(lambda word: camel_case(word[0]) if word[0] in _names(shape) else word[0], text)


@functools.cache
def _names(shape: Any) -> frozenset[str]:
    """The names of all fields of a TypedDict, and of those within."""
    names: set[str] = set()
    inside = [shape]
    while inside:
        kind = inside.pop()
        if typing.is_typeddict(kind):
            names |= set(hints(kind))
            inside += [each for hint in hints(kind).values() for each in plain_kinds(hint)]
        elif is_list(kind) or is_mapping(kind):
            inside += plain_kinds(item_hint(kind))
    return frozenset(names)
