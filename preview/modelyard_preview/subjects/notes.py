"""What has to be known of a subject to read its findings: what stayed unknown, and what was left aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    """What a program said through `pulumi.log`."""

    severity: str
    """`info`, `warning` or `error`."""
    text: str


@dataclass(frozen=True, slots=True)
class DataSourceNote:
    """One data source, and what became of its calls."""

    token: str
    reason: str
    """`no answer`, `unknown arguments`, or what has to be known of its answer."""
    sources: tuple[str, ...]
    """Lines of the program that call it."""

    def as_json(self) -> dict[str, Any]:
        """The note as `notes` holds it."""
        return {"token": self.token, "reason": self.reason, "sources": list(self.sources)}


@dataclass(frozen=True, slots=True)
class Notes:
    """All that has to be known."""

    unanswered: tuple[DataSourceNote, ...] = ()
    """Data sources that stayed unknown because nobody gave their answers."""
    waiting: tuple[DataSourceNote, ...] = ()
    """Data sources that stayed unknown because their arguments are known only once something is deployed."""
    assumed: tuple[DataSourceNote, ...] = ()
    """Data sources that were answered with a reservation."""
    stacks: tuple[str, ...] = ()
    """Other stacks whose outputs are unknown."""
    connections: tuple[str, ...] = ()
    """Connections that were refused and that the program went on without."""
    unused_answers: tuple[str, ...] = ()
    """Answers of the user's file that nothing asked for."""
    messages: tuple[Said, ...] = ()
    """What the program said through `pulumi.log`."""
    remarks: tuple[str, ...] = ()
    """Whatever else, each a sentence."""

    def as_json(self) -> dict[str, Any]:
        """The notes as the documents hold them."""
        return {
            "unanswered": [note.as_json() for note in self.unanswered],
            "waiting": [note.as_json() for note in self.waiting],
            "assumed": [note.as_json() for note in self.assumed],
            "stacks": list(self.stacks),
            "connections": list(self.connections),
            "unusedAnswers": list(self.unused_answers),
            "messages": [{"severity": each.severity, "text": each.text} for each in self.messages],
            "remarks": list(self.remarks),
        }
