"""Statements of a policy document in AWS's policy language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from modelyard_policies.reading.block import Block
from modelyard_policies.reading.logic import some

DEMANDING: Final = frozenset(
    f"{scope}{name}"
    for scope in ("", "foranyvalue:")
    for name in ("stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike")
)
"""Operators, in lower case, that want a key to be there and to have one of some values: not so IfExists and
ForAllValues, which a request without the key meets, nor whatever says what a value may not be.
"""


class Statement:
    """One statement. Names of elements are exact, as AWS demands; what is inside them may be one or many."""

    def __init__(self, block: Block) -> None:
        self.block = block

    @property
    def denies(self) -> bool:
        """Whether the effect is Deny."""
        return self.block.text("Effect") == "Deny"

    @property
    def allows(self) -> bool:
        """Whether the effect is Allow."""
        return self.block.text("Effect") == "Allow"

    def actions(self) -> Iterator[str]:
        """Actions in lower case; nothing if the statement says NotAction."""
        return (action.lower() for action in self.block.strings("Action"))

    def covers_action(self, action: str) -> bool:
        """Whether the statement is about `action`, whichever way it is written: wildcards, NotAction."""
        wanted = action.lower()
        if self.block.has("NotAction"):
            excluded = (pattern.lower() for pattern in self.block.strings("NotAction"))
            return not some(excluded, lambda pattern: matches(pattern, wanted))
        return some(self.actions(), lambda pattern: matches(pattern, wanted))

    def resources(self) -> Iterator[str]:
        """ARN patterns; nothing if the statement says NotResource."""
        return self.block.strings("Resource")

    def principals(self) -> Iterator[str]:
        """Who the statement names, of whatever kind; nothing if it says NotPrincipal."""
        principal = self.block.get("Principal")
        if isinstance(principal, Block):
            for kind in principal.keys():  # noqa: SIM118  (a Block isn't a mapping)
                yield from principal.strings(kind)
        else:
            yield from self.block.strings("Principal")

    def is_for_everyone(self) -> bool:
        """Whether the principal is everyone: `*`, or `*` for AWS; anonymous requests included."""
        principal = self.block.get("Principal")
        if isinstance(principal, Block):
            return "*" in principal.strings("AWS")
        return "*" in self.block.strings("Principal")

    def conditions(self) -> Iterator[tuple[str, str, list[str]]]:
        """Operator, key and values of each condition, operator and key in lower case."""
        condition = self.block.block("Condition")
        for operator in condition.keys():  # noqa: SIM118  (a Block isn't a mapping)
            block = condition.block(operator)
            for key in block.keys():  # noqa: SIM118
                yield operator.lower(), key.lower(), list(block.strings(key))

    def is_kept_to(self, is_meant: Callable[[str], bool], is_narrow: Callable[[str], bool] = bool) -> bool:
        """Whether a condition wants a key that is meant (in lower case) to be there with certain values.

        A value of wildcards only, or one that `is_narrow` denies, lets too much through.
        """

        def narrows(condition: tuple[str, str, list[str]]) -> bool:
            operator, key, values = condition
            if operator not in DEMANDING or not is_meant(key) or not values:
                return False
            return all(bool(value.strip("*?")) and is_narrow(value) for value in values)

        return some(self.conditions(), narrows)


def statements(document: Block) -> Iterator[Statement]:
    """The statements of a policy document; a single one needs no list."""
    return map(Statement, document.list("Statement"))


def matches(pattern: str, text: str) -> bool:
    """Whether `text` is what `pattern` says, in which `*` stands for anything and `?` for one character."""
    return pattern == text or _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=4_096)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Several stars in a row are one: a pattern of many would take forever on a long text.
    simple = re.sub(r"\*+", "*", pattern)
    return re.compile(re.escape(simple).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)
