"""Which data source the program asks for, in which form, and from which line.

The request that reaches the monitor says neither the form nor the line, so both are kept in a context
variable that the SDK carries along.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from modelyard_preview.engine.errors import Place


class Outcome(StrEnum):
    """What became of a call."""

    ANSWERED = "answered"
    NO_ANSWER = "no answer"
    """Nobody gave its answer, and it can't be computed."""
    ARGUMENTS = "unknown arguments"
    """Its arguments are known only once something is deployed."""


@dataclass(slots=True)
class Asked:
    """One call of a data source."""

    token: str
    place: Place | None
    plain: bool
    """Whether the program waits for the answer, as in `get_region()`: it can't be unknown then."""
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Names of the result in the provider's camelCase, with their types; empty where they aren't declared."""
    outcome: Outcome = Outcome.ARGUMENTS
    """The SDK asks nobody where it sees an unknown argument itself."""


ASKED: ContextVar[Asked | None] = ContextVar("asked", default=None)
"""The call that is being made."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A data source that stayed unknown."""

    token: str
    outcome: Outcome
    source: str | None
    """Line of the program, as `__main__.py:12`."""


def unanswered(calls: list[Asked]) -> tuple[Unanswered, ...]:
    """Those of the calls that stayed unknown."""
    return tuple(
        Unanswered(call.token, call.outcome, f"{call.place[0]}:{call.place[1]}" if call.place else None)
        for call in calls
        if call.outcome is not Outcome.ANSWERED
    )
