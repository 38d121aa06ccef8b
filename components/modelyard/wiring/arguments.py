"""Checking a component's args: what is plain is checked here and now, what is an output passes through."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import pulumi

from modelyard.errors import InputError, Problem
from modelyard.wiring.shapes import hints, is_list, is_mapping, item_hint, plain_kinds, takes_outputs, words


def check_args(
    component: str, args: Mapping[str, Any], shape: Any, spelled: Callable[[str], str] = str
) -> None:
    """Check that `args` has the fields of the TypedDict `shape`, each of its type.

    Outputs are taken unread where the type is a `pulumi.Input`: their values are not known here. Elsewhere a
    value decides what is made, and has to be known. `spelled` is how whoever wrote the args spells a field.

    Raises InputError with every problem: a field that is missing, unknown (the nearest is named), of another
    type, or an output where none can be.
    """
    if problems := list(_Check(spelled).fields(component, args, shape)):
        raise InputError(problems)


def check_value(field: str, value: Any, hint: Any, spelled: Callable[[str], str] = str) -> None:
    """Check what an output turned out to be, as check_args does, against an annotation.

    Raises InputError with every problem. The value is never shown: it may be secret.
    """
    if problems := list(_Check(spelled, lambda _: "a value that isn't shown").value(field, value, hint)):
        raise InputError(problems)


class _Check:
    def __init__(
        self, spelled: Callable[[str], str], shown: Callable[[Any], str] = lambda value: repr(value)[:80]
    ) -> None:
        self._spelled = spelled
        self._shown = shown

    def fields(self, around: str, args: Mapping[str, Any], shape: Any) -> Iterator[Problem]:
        known = hints(shape)
        yield from self._unknown(around, args, shape)
        for name in sorted(shape.__required_keys__ - set(args)):
            yield Problem(
                field=f"{around}.{self._spelled(name)}",
                given="nothing",
                message=f"{shape.__name__} needs this argument",
                allowed=words(known[name]),
                mend=f"add {self._spelled(name)!r} to args",
            )
        for name, hint in known.items():
            if name in args:
                yield from self.value(f"{around}.{self._spelled(name)}", args[name], hint)

    def _unknown(self, around: str, args: Mapping[str, Any], shape: Any) -> Iterator[Problem]:
        allowed = sorted(self._spelled(name) for name in hints(shape))
        for name in sorted(set(args) - set(hints(shape))):
            nearest = difflib.get_close_matches(name, allowed, n=1)
            yield Problem(
                field=f"{around}.{name}",
                given=name,
                message=f"{shape.__name__} has no such argument",
                allowed=", ".join(allowed),
                mend=f"did you mean {nearest[0]!r}?" if nearest else "leave it out",
            )

    def value(self, field: str, value: Any, hint: Any) -> Iterator[Problem]:
        if hint is Any:
            return
        if isinstance(value, pulumi.Output | Awaitable):
            if not takes_outputs(hint):
                yield _known_too_late(field, hint)
            return
        kind = next((kind for kind in plain_kinds(hint) if _is_of(value, kind)), None)
        if kind is None:
            allowed = words(hint)
            message = f"a {type(value).__name__} can't stand here"
            yield Problem(field, self._shown(value), message, allowed, f"give {allowed}")
        elif typing.is_typeddict(kind):
            yield from self.fields(field, value, kind)
        elif is_list(kind):
            for index, item in enumerate(value):
                yield from self.value(f"{field}[{index}]", item, item_hint(kind))
        elif is_mapping(kind):
            for key, item in value.items():
                yield from self.value(f"{field}.{key}", item, item_hint(kind))


def _known_too_late(field: str, hint: Any) -> Problem:
    return Problem(
        field=field,
        given="an output, whose value becomes known later",
        message="this decides what is made, so it must be known before anything is",
        allowed=words(hint),
        mend="give the value itself",
    )


def _is_of(value: Any, kind: Any) -> bool:
    if typing.is_typeddict(kind) or is_mapping(kind):
        return isinstance(value, Mapping)
    # A bool is an int to Python, but never one that was meant.
    origin = typing.get_origin(kind) or kind
    return isinstance(value, origin) and not (origin is int and isinstance(value, bool))
