"""Reasoning over several values of which some may not be known.

Each of these answers as soon as what is known decides, and otherwise lets the `Unread` of what isn't
known through. So a rule stays free of unknowns, and a certain fault isn't hidden by an unknown beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from modelyard_policies.errors import Unread

Item = TypeVar("Item")
Found = TypeVar("Found")


def each(items: Iterable[Item], find: Callable[[Item], Iterator[Found]]) -> Iterator[Found]:
    """What `find` finds in each item, such as failures. What isn't known comes last, as Unread."""
    unread: Unread | None = None
    remaining = iter(items)
    while True:
        try:
            item = next(remaining)
        except StopIteration:
            break
        except Unread as signal:  # the items that aren't known come last
            unread = unread or signal
            break
        try:
            yield from find(item)
        except Unread as signal:
            unread = unread or signal
    if unread:
        raise unread


def some(items: Iterable[Item], test: Callable[[Item], bool]) -> bool:
    """Whether an item passes `test`."""
    unread: Unread | None = None
    remaining = iter(items)
    while True:
        try:
            item = next(remaining)
        except StopIteration:
            break
        except Unread as signal:
            unread = unread or signal
            break
        try:
            if test(item):
                return True
        except Unread as signal:
            unread = unread or signal
    if unread:
        raise unread
    return False


def total(items: Iterable[Item], measure: Callable[[Item], float], enough: float) -> float:
    """The sum of `measure`. Above `enough` it no longer matters what else there is that isn't known."""
    unread: Unread | None = None
    found = 0.0
    remaining = iter(items)
    while True:
        try:
            item = next(remaining)
        except StopIteration:
            break
        except Unread as signal:
            unread = unread or signal
            break
        try:
            found += measure(item)
        except Unread as signal:
            unread = unread or signal
    if unread and not found > enough:
        raise unread
    return found


def all_of(*tests: Callable[[], bool]) -> bool:
    """Whether all tests hold."""
    return not some(tests, lambda test: not test())


def any_of(*tests: Callable[[], bool]) -> bool:
    """Whether one of the tests holds."""
    return some(tests, lambda test: test())
