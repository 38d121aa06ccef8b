"""When two ways to write a resource's inputs mean the same.

What a program writes and what the cloud says differ in words: defaults are left out, sets come in another
order, numbers are text, a policy has other blanks, a key is an id or an arn. None of that is a change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from modelyard_sandbox.paths import under

COMPUTED: Final = object()
"""The default of a property that the cloud chooses where the program leaves it out."""

DECIMAL = re.compile(r"-?\d+(\.\d+)?")
KEY_ARN = ":key/"
EXACT_MAPS = frozenset({"tags", "tagsAll"})
"""Maps whose keys are the user's: an empty value is not an absent one."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is peculiar to a type. Properties are given by path, with `[]` for every item of a list."""

    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What an absent property means, where that isn't nothing at all: zero, false, empty."""
    unordered: frozenset[str] = frozenset()
    """Lists of objects whose order means nothing; that of plain values never does."""
    unseen: frozenset[str] = frozenset()
    """Inputs that the cloud never shows: what Pulumi itself does with them, and what is written only."""

    def same(self, path: str, one: Any, other: Any) -> bool:
        """Whether two values of a property mean the same; None is an absent one."""
        one, other = self._present(path, one), self._present(path, other)
        if isinstance(one, dict) or isinstance(other, dict):
            return self._same_objects(path, one, other)
        if isinstance(one, list) or isinstance(other, list):
            return self._same_lists(path, one or [], other or [])
        return (_blank(one) and _blank(other)) or _same_scalars(one, other)

    def aligned(self, found: Mapping[str, Any], like: Mapping[str, Any], path: str = "") -> dict[str, Any]:
        """What was found, in the words of `like` wherever both mean the same.

        What `like` leaves out is left out where it is a default or the cloud's own choice.
        """
        result: dict[str, Any] = {}
        for name in [*like, *(name for name in found if name not in like)]:
            place = under(path, name)
            value, wanted = found.get(name), like.get(name)
            if self.same(place, value, wanted):
                if name in like:
                    result[name] = wanted
            elif name in found and (name in like or self.defaults.get(place) is not COMPUTED):
                result[name] = self._aligned_value(place, value, wanted)
        return result

    def _aligned_value(self, path: str, value: Any, wanted: Any) -> Any:
        if isinstance(value, dict) and isinstance(wanted, dict):
            return self.aligned(value, wanted, path)
        if isinstance(value, list) and isinstance(wanted, list):
            return self._aligned_list(path, value, wanted)
        return value

    def _aligned_list(self, path: str, found: list[Any], like: list[Any]) -> list[Any]:
        place = f"{path}[]"
        paired = self._paired(place, found, like) if self._is_unordered(path, found) else found
        head = [
            want if self.same(place, item, want) else self._aligned_value(place, item, want)
            for item, want in zip(paired, like, strict=False)
        ]
        return head + paired[len(head) :]

    def _paired(self, place: str, found: list[Any], like: list[Any]) -> list[Any]:
        """What was found in the order of `like`: first what means the same, the rest as it comes."""
        left = list(found)
        places: list[list[Any]] = []
        for want in like:
            index = next((at for at, item in enumerate(left) if self._fits(place, item, want)), None)
            places.append([] if index is None else [left.pop(index)])
        filled = [chosen or ([left.pop(0)] if left else []) for chosen in places]
        return [item for chosen in filled for item in chosen] + left

    def _fits(self, place: str, item: Any, wanted: Any) -> bool:
        return self.same(place, item, wanted) or self._aligned_value(place, item, wanted) == wanted

    def _find(self, place: str, items: list[Any], wanted: Any) -> int | None:
        return next((index for index, item in enumerate(items) if self.same(place, item, wanted)), None)

    def _present(self, path: str, value: Any) -> Any:
        if value is not None:
            return value
        default = self.defaults.get(path)
        return None if default is COMPUTED else default

    def _same_objects(self, path: str, one: Any, other: Any) -> bool:
        one, other = ({} if _blank(value) else value for value in (one, other))
        if not isinstance(one, dict) or not isinstance(other, dict):
            return False
        if path.rpartition(".")[2] in EXACT_MAPS:
            return one == other
        return all(self.same(under(path, name), one.get(name), other.get(name)) for name in one | other)

    def _same_lists(self, path: str, one: Any, other: Any) -> bool:
        if not isinstance(one, list) or not isinstance(other, list) or len(one) != len(other):
            return False
        if not self._is_unordered(path, one):
            return all(self.same(f"{path}[]", *pair) for pair in zip(one, other, strict=True))
        left = list(other)
        for item in one:
            index = self._find(f"{path}[]", left, item)
            if index is None:
                return False
            del left[index]
        return True

    def _is_unordered(self, path: str, items: list[Any]) -> bool:
        return path in self.unordered or not any(isinstance(item, dict | list) for item in items)


def as_document(value: Any) -> Any:
    """The JSON document that a text holds, with the liberties of policies taken out; None if it is none."""
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return None
    try:
        document = json.loads(value)
    except ValueError:
        return None
    is_policy = isinstance(document, dict) and "Statement" in document
    return _plain_policy(document) if is_policy else _without_empties(document)


def _plain_policy(value: Any) -> Any:
    """One item is the same as a list of it, and order means nothing (IAM policy grammar, 2026-11)."""
    if isinstance(value, dict):
        return {key: _plain_policy(item) for key, item in value.items()}
    if isinstance(value, list):
        items = sorted(map(_plain_policy, value), key=lambda item: json.dumps(item, sort_keys=True))
        return items[0] if len(items) == 1 else items
    return value


def _without_empties(value: Any) -> Any:
    """A document without lists and objects that hold nothing, which services fill in."""
    if isinstance(value, dict):
        items = {key: _without_empties(item) for key, item in value.items()}
        return {key: item for key, item in items.items() if item not in (None, [], {})}
    return [_without_empties(item) for item in value] if isinstance(value, list) else value


def _blank(value: Any) -> bool:
    return value is None or (
        isinstance(value, str | bool | int | float | list | dict) and (not value or value == "false")
    )


def _same_scalars(one: Any, other: Any) -> bool:
    if one == other and isinstance(one, bool) == isinstance(other, bool):
        return True
    if isinstance(one, bool) or isinstance(other, bool):
        return str(one).lower() == str(other).lower()
    if DECIMAL.fullmatch(str(one)) and DECIMAL.fullmatch(str(other)):
        return _same_numbers(one, other)
    if isinstance(one, str) and isinstance(other, str):
        return _same_texts(one, other)
    return False


def _same_numbers(one: Any, other: Any) -> bool:
    # Two texts of digits only are more likely ids than amounts: those are compared as they are.
    amounts = not (isinstance(one, str) and isinstance(other, str)) or "." in one + other
    return amounts and float(one) == float(other)


def _same_texts(one: str, other: str) -> bool:
    document = as_document(one)
    if document is not None:
        return document == as_document(other)
    return any(
        KEY_ARN in arn and arn.partition(KEY_ARN)[2] == id_ for arn, id_ in ((one, other), (other, one))
    )
