"""Statements of a policy document in AWS's policy language."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.reading.block import Block


class Statement:
    """One statement. Names of elements are exact, as AWS demands; what is inside them may be one or many."""

    def __init__(self, block: Block) -> None:
        self.block = block

    @property
    def denies(self) -> bool:
        """Whether the effect is Deny."""
        return self.block.text("Effect") == "Deny"

    def actions(self) -> Iterator[str]:
        """Actions in lower case; nothing if the statement says NotAction."""
        return (action.lower() for action in self.block.strings("Action"))

    def resources(self) -> Iterator[str]:
        """ARN patterns; nothing if the statement says NotResource."""
        return self.block.strings("Resource")

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


def statements(document: Block) -> Iterator[Statement]:
    """The statements of a policy document; a single one needs no list."""
    return map(Statement, document.list("Statement"))
