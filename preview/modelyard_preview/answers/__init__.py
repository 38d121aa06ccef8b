"""Answers of data sources where no cloud is asked: from the user's file, from the catalog, or computed.

What can't be answered is named, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from modelyard_preview.engine import Call

if TYPE_CHECKING:
    from modelyard_preview.answers.file import AnswersFile


class OfflineAnswers:
    """Who knows answers without a cloud: the user's file first, then the functions of this package."""

    def __init__(self, given: AnswersFile | None = None) -> None:
        self.assumed: dict[str, str] = {}
        """What has to be known of answers that were given, by token."""
        self._given = given
        self._used: set[tuple[str, int]] = set()

    @property
    def stacks(self) -> Mapping[str, Mapping[str, Any]]:
        """Outputs of other stacks."""
        return self._given.stacks if self._given else {}

    def answer(self, call: Call) -> Mapping[str, Any] | None:
        """The result of a call; None if it can't be known.

        Raises:
            RefusedCallError: the provider would refuse the arguments.
        """
        found = self._from_file(call)
        if found is not None:
            return found
        from modelyard_preview.answers.registry import ASSUMING, COMPUTED

        computed = COMPUTED.get(call.token)
        answer = computed(call) if computed else None
        if answer is not None and call.token in ASSUMING:
            self.assumed[call.token] = ASSUMING[call.token]
        return answer

    def how_to_answer(self, token: str, fields: Mapping[str, Any]) -> str:
        """What to write into an answers file, and how to give it."""
        first = sorted(fields, key=lambda name: name != "id")[:3]
        names = ", ".join(f"{name}: ..." for name in first) or "..."
        more = ", ..." if len(fields) > 3 else ""
        entry = f'"{token}": [{{result: {{{names}{more}}}}}]'
        return (
            "answer it in a file that `--answers` names: "
            f"`{{schema: modelyard.answers/1, data_sources: {{{entry}}}}}`"
        )

    def unused(self, stacks_used: set[str]) -> Iterator[str]:
        """The answers of the file that no call asked for."""
        if self._given is None:
            return
        for token, entries in self._given.data_sources.items():
            for place in range(len(entries)):
                if (token, place) not in self._used:
                    yield f"data_sources.{token}[{place}]"
        for name in self._given.stacks:
            if name not in stacks_used:
                yield f"stacks.{name}"

    def _from_file(self, call: Call) -> Mapping[str, Any] | None:
        entries = self._given.data_sources.get(call.token) if self._given else None
        if not entries:
            return None
        from modelyard_preview.answers.file import find, result_of

        place = find(entries, call)
        if place is None:
            return None
        self._used.add((call.token, place))
        return result_of(entries[place], call)
