"""What can go wrong in the pack itself.

PolicyError
├── UnknownRuleError      a name that no rule has
├── OptionError           a rule's option that isn't right
├── SettingsError         a file of suppressions, of configuration or of a base that can't be used
└── RuleDefinitionError   a rule that its author has to mend
Unread                    a rule came upon a value that isn't known: the engine's own signal
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """One thing wrong with a file, and how to mend it."""

    file: str
    line: int | None
    """Counted from 1; None for the file as a whole."""
    field: str
    """Path of the field, as `suppressions[1].expires`; empty for the file as a whole."""
    given: str
    message: str
    allowed: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        head = f"{place}: {self.field}" if self.field else place
        rows = (
            head,
            f"  {self.message}",
            f"  given: {self.given}",
            f"  allowed here: {self.allowed}",
            f"  mend: {self.mend}",
        )
        return "\n".join(rows)


class SettingsError(PolicyError):
    """A file that can't be used, with every problem that was found in it."""

    def __init__(self, problems: Iterable[SettingsProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class RuleDefinitionError(PolicyError):
    """A rule's own description is incomplete or clashes with another's."""


class Unread(Exception):  # noqa: N818  (a signal, not an error)
    """A value that a rule read isn't known before the deployment, or is a secret."""

    def __init__(self, urn: str, path: str, why: str) -> None:
        super().__init__(f"{path or urn}: {why}")
        self.urn = urn
        """The resource that has the value; empty for the one that is judged."""
        self.path = path
        self.why = why


def nearest(given: str, known: Iterable[str]) -> str:
    """`; did you mean …?` for the names closest to `given`, or nothing if none is close."""
    lowered = {name.lower(): name for name in known}
    found = difflib.get_close_matches(given.lower(), lowered, n=2, cutoff=0.75)
    return f"; did you mean {' or '.join(repr(lowered[name]) for name in found)}?" if found else ""
