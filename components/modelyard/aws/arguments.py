"""Checking a component's args: what is plain is checked here and now, what is an output passes through."""

from __future__ import annotations

import difflib
import functools
import types
import typing
from collections.abc import Mapping
from typing import Any

import pulumi

from modelyard.errors import InputError, Problem


def check_args(component: str, args: Mapping[str, Any], shape: Any) -> None:
    """Check that `args` has the fields of the TypedDict `shape`, each of its type.

    Raises InputError with every problem: a field that is missing, unknown (the nearest is named) or of
    another type. Outputs and nested outputs are taken as they are: their values are not known here.
    """
    problems = list(_problems(component, args, shape))
    if problems:
        raise InputError(problems)


@functools.cache
def _hints(shape: Any) -> dict[str, Any]:
    # pulumi.Input names `Output[T]` by a string, to be read where both are known.
    return typing.get_type_hints(shape, localns={"Output": pulumi.Output, "T": Any})


def _problems(field: str, args: Mapping[str, Any], shape: Any) -> typing.Iterator[Problem]:
    hints = _hints(shape)
    for name in sorted(set(args) - set(hints)):
        nearest = difflib.get_close_matches(name, hints, n=1)
        yield Problem(
            field=f"{field}.{name}",
            given=name,
            message=f"{shape.__name__} has no such argument",
            allowed=", ".join(sorted(hints)),
            mend=f"did you mean {nearest[0]!r}?" if nearest else "leave it out",
        )
    for name in sorted(shape.__required_keys__ - set(args)):
        yield Problem(
            field=f"{field}.{name}",
            given="nothing",
            message=f"{shape.__name__} needs this argument",
            allowed=_describe(hints[name]),
            mend=f"add {name!r} to args",
        )
    for name, hint in hints.items():
        if name in args:
            yield from _mismatch(f"{field}.{name}", args[name], hint)


def _mismatch(field: str, value: Any, hint: Any) -> typing.Iterator[Problem]:
    if isinstance(value, pulumi.Output) or hint is Any:
        return
    kind = next((kind for kind in _plain_kinds(hint) if _is_of(value, kind)), None)
    if kind is None:
        allowed = _describe(hint)
        yield Problem(
            field=field,
            given=repr(value)[:80],
            message=f"a {type(value).__name__} can't stand here",
            allowed=allowed,
            mend=f"give {allowed}",
        )
    elif typing.is_typeddict(kind):
        yield from _problems(field, value, kind)
    elif typing.get_origin(kind) is list:
        for index, item in enumerate(value):
            yield from _mismatch(f"{field}[{index}]", item, typing.get_args(kind)[0])
    elif typing.get_origin(kind) is dict:
        for key, item in value.items():
            yield from _mismatch(f"{field}.{key}", item, typing.get_args(kind)[1])


def _is_of(value: Any, kind: Any) -> bool:
    origin = typing.get_origin(kind) or kind
    if typing.is_typeddict(kind) or origin is dict:
        return isinstance(value, Mapping)
    # A bool is an int to Python, but never one that was meant.
    return isinstance(value, origin) and not (origin is int and isinstance(value, bool))


def _plain_kinds(hint: Any) -> list[Any]:
    """The kinds of plain value that a hint takes: Input[X] is X, or something that becomes X."""
    if typing.get_origin(hint) is typing.NotRequired:
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return [kind for kind in typing.get_args(hint) if not _becomes_known_later(kind)]
    return [hint]


def _becomes_known_later(kind: Any) -> bool:
    origin = typing.get_origin(kind) or kind
    return origin is pulumi.Output or getattr(origin, "__name__", "") == "Awaitable"


def _describe(hint: Any) -> str:
    return " or ".join(getattr(kind, "__name__", str(kind)) for kind in _plain_kinds(hint))
