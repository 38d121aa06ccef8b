"""One suppression, and what it covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from modelyard_policies.suppressions.patterns import matches

URN_START = "urn:"
"""How a pattern begins that is held against the whole URN."""

Scope = tuple[str, str, str]
"""Rule, pattern of resources, pattern of properties."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """Who answers for which findings, why, and until when."""

    rule: str
    """Id of the rule."""
    resource: str
    """Pattern of the URN, if it starts with `urn:`, else of the resource's name in the program."""
    path: str
    """Pattern of the property's path; empty for any."""
    reason: str
    owner: str
    expires: date
    """The last day on which it holds."""
    file: str
    line: int

    def covers(self, rule: str, urn: str, path: str) -> bool:
        """Whether it is for findings of that rule, on that resource and property."""
        if rule != self.rule:
            return False
        subject = urn if self.resource.startswith(URN_START) else name_of(urn)
        return matches(self.resource, subject) and (not self.path or matches(self.path, path))

    def has_expired(self, today: date) -> bool:
        """Whether it holds no more on that day."""
        return today > self.expires

    @property
    def scope(self) -> Scope:
        """What it is for, which no other entry of a file is for."""
        return self.rule, self.resource, self.path

    def as_json(self) -> dict[str, Any]:
        """The entry as reports hold it."""
        return {
            "rule": self.rule,
            "resource": self.resource,
            "property": self.path or None,
            "reason": self.reason,
            "owner": self.owner,
            "expires": self.expires.isoformat(),
            "file": self.file,
            "line": self.line,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The entry that `as_json` wrote. Raises KeyError, TypeError or ValueError."""
        texts = {name: data[name] for name in ("rule", "resource", "reason", "owner", "file")}
        path, line = data.get("property") or "", data["line"]
        if not all(isinstance(text, str) for text in (*texts.values(), path)) or not isinstance(line, int):
            raise TypeError("a suppression's fields are text, and its line a number")
        return cls(**texts, path=path, expires=date.fromisoformat(data["expires"]), line=line)


def name_of(urn: str) -> str:
    """The resource's name in the program: all that follows the third `::`."""
    return urn.split("::", 3)[-1]
