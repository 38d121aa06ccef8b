"""What a TypedDict of args says of its fields."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Awaitable, Mapping
from typing import Any

import pulumi


@functools.cache
def hints(shape: Any) -> dict[str, Any]:
    """The annotation of each field of a TypedDict."""
    # pulumi.Input names `Output[T]` by a string, to be read where both are known.
    return typing.get_type_hints(shape, localns={"Output": pulumi.Output, "T": Any})


def plain_kinds(hint: Any) -> list[Any]:
    """The kinds of plain value that an annotation takes: `Input[X]` is X, or something that becomes X."""
    return [kind for kind in _alternatives(hint) if not _becomes_known_later(kind)]


def takes_outputs(hint: Any) -> bool:
    """Whether a value may be given that becomes known later."""
    return any(_becomes_known_later(kind) for kind in _alternatives(hint))


def is_list(kind: Any) -> bool:
    """Whether a kind of value is a list."""
    return typing.get_origin(kind) is list


def is_mapping(kind: Any) -> bool:
    """Whether a kind of value is a mapping with keys of the user's own."""
    return typing.get_origin(kind) in (dict, Mapping)


def item_hint(kind: Any) -> Any:
    """The annotation of what a list or a mapping holds."""
    return typing.get_args(kind)[-1]


def words(hint: Any) -> str:
    """What an annotation takes, for a message: `str`, or `list`."""
    return " or ".join(getattr(kind, "__name__", str(kind)) for kind in plain_kinds(hint))


def _alternatives(hint: Any) -> tuple[Any, ...]:
    if typing.get_origin(hint) is typing.NotRequired:
        hint = typing.get_args(hint)[0]
    is_union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    return typing.get_args(hint) if is_union else (hint,)


def _becomes_known_later(kind: Any) -> bool:
    return (typing.get_origin(kind) or kind) in (pulumi.Output, Awaitable)
