"""What both sides of the watch have in common, for the node that keeps it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from modelyard_node.ends import Ending

Decide = Callable[[Mapping[int, Any]], Any]
"""Makes of what each rank brought, by its rank, what all of them get. May raise EndedError."""


class Report(NamedTuple):
    """How a rank ended."""

    ending: Ending
    tail: list[str]
    """The last lines of its output."""


class Watch(Protocol):
    """One node's side of it."""

    def bring(self, name: str, mine: Any) -> None:
        """Come to a meeting."""
        ...

    def outcome(self, name: str, decide: Decide, of: int | None = None) -> tuple[bool, Any]:
        """Whether the meeting is over, of all ranks or of so many, and what came of it."""
        ...

    def tell_stop(self, ending: Ending, grace_seconds: float) -> None:
        """Tell the others that everything is to end."""
        ...

    def tell_failure(self, ending: Ending, at: float) -> None:
        """Tell that this node's program failed at that time (`time.monotonic()`)."""
        ...

    def tell_end(self, report: Report) -> None:
        """Tell how this node ended."""
        ...

    def over(self) -> bool:
        """Whether nobody has anything to tell any more."""
        ...

    def tick(self) -> None:
        """Say that this node is there, and see whether others are."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...
