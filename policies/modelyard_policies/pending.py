"""What a pull request would change in how it is judged: shown, and in force only once it is merged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modelyard_policies.configuration.configuration import Configuration
from modelyard_policies.suppressions.entry import Suppression


class Change(StrEnum):
    """How an entry changes."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Pending:
    """One entry that would change."""

    change: Change
    rule: str
    """Id of the rule; `all` or `unknown-verdicts` for what the configuration says of those."""
    before: str
    after: str
    suppression: Suppression | None = None
    """The entry as it would be, or was if it is removed; None for an entry of the configuration."""

    @property
    def kind(self) -> str:
        """Which of the two files it is in."""
        return "suppression" if self.suppression else "configuration"

    @property
    def said(self) -> tuple[str, ...]:
        """What it says: once if it is added or removed, else as it was and as it would be."""
        return tuple(text for text in (self.before, self.after) if text)

    def as_json(self) -> dict[str, Any]:
        """The change as reports hold it."""
        return {
            "kind": self.kind,
            "change": self.change.value,
            "rule": self.rule,
            "resource": self.suppression.resource if self.suppression else None,
            "property": (self.suppression.path or None) if self.suppression else None,
            "before": self.before or None,
            "after": self.after or None,
        }


def pending_suppressions(base: Sequence[Suppression], head: Sequence[Suppression]) -> Iterator[Pending]:
    """Entries of `head` that `base` has otherwise or not at all, and those that `head` lacks."""
    before = {entry.scope: entry for entry in base}
    after = {entry.scope: entry for entry in head}
    for scope in dict.fromkeys((*before, *after)):
        old, new = before.get(scope), after.get(scope)
        texts = _said(old), _said(new)
        if texts[0] != texts[1]:
            yield Pending(_change(old, new), scope[0], *texts, suppression=new or old)


def pending_configuration(base: Configuration, head: Configuration) -> Iterator[Pending]:
    """Rules of which `head` says something else than `base`."""
    for name in dict.fromkeys((*base.entries, *head.entries)):
        old, new = base.entries.get(name), head.entries.get(name)
        texts = str(old or ""), str(new or "")
        if texts[0] != texts[1]:
            yield Pending(_change(old, new), name, *texts)


def _change(old: object | None, new: object | None) -> Change:
    if old is None:
        return Change.ADDED
    return Change.REMOVED if new is None else Change.CHANGED


def _said(entry: Suppression | None) -> str:
    return "" if entry is None else f"until {entry.expires}, {entry.owner}: {entry.reason}"
