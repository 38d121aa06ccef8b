"""What can go wrong in the pack itself.

PolicyError
├── UnknownRuleError      a name that no rule has
├── OptionError           a rule's option that isn't right
└── RuleDefinitionError   a rule that its author has to mend
Unread                    a rule came upon a value that isn't known: the engine's own signal
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class PolicyError(Exception):
    """Something given to the policies is wrong; the message says what and how to mend it."""


class UnknownRuleError(PolicyError):
    """A rule was named that doesn't exist."""

    def __init__(self, given: str, known: Iterable[str]) -> None:
        names = sorted(known)
        super().__init__(f"there is no rule {given!r}{nearest(given, names)}")
        self.given = given
        self.known = names


class OptionError(PolicyError):
    """An option of a rule has an unknown name or a wrong value."""


class RuleDefinitionError(PolicyError):
    """A rule's own description is incomplete or clashes with another's."""


class Unread(Exception):  # noqa: N818  (a signal, not an error)
    """A value that a rule read isn't known before the deployment, or is a secret."""

    def __init__(self, urn: str, path: str, why: str) -> None:
        super().__init__(f"{path or urn}: {why}")
        self.urn = urn
        self.path = path
        self.why = why


def nearest(given: str, known: Iterable[str]) -> str:
    """`; did you mean …?` for the names closest to `given`, or nothing if none is close."""
    lowered = {name.lower(): name for name in known}
    found = difflib.get_close_matches(given.lower(), lowered, n=2, cutoff=0.75)
    return f"; did you mean {' or '.join(repr(lowered[name]) for name in found)}?" if found else ""
