"""What modelyard raises: one tree of errors, each made for the person who has to mend it.

ModelyardError
├── InputError         bad input: every problem with file, line, field, given, allowed, mend (exit code 2)
└── SurroundingsError  no credentials, no tool, a cloud that can't be reached (exit code 3)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input, and how to mend it."""

    field: str
    """Path of the field, as `compute[1].capacity.mode`; empty for the document itself."""
    given: str
    """What was given, as text that may be shown (never a secret)."""
    message: str
    """Why it can't be."""
    allowed: str
    """What is allowed in its place."""
    mend: str
    """What to do about it."""
    file: str | None = None
    line: int | None = None
    """Line in the file, counted from 1."""

    def at(self, file: str | None, line: int | None) -> Problem:
        """The same problem, pointing at a place in a file."""
        return replace(self, file=file, line=line)

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        head = ": ".join(part for part in (place, self.field) if part)
        rows = [head] if head else []
        rows += [
            f"  {self.message}",
            f"  given: {self.given}",
            f"  allowed here: {self.allowed}",
            f"  mend: {self.mend}",
        ]
        return "\n".join(rows)

    def as_dict(self) -> dict[str, str | int | None]:
        """The JSON form: file, line, field, given, message, allowed, mend."""
        return asdict(self)


class ModelyardError(Exception):
    """Base of all that modelyard raises on purpose."""

    exit_code = 1


class InputError(ModelyardError):
    """Input that can't be used; carries every problem that was found, not only the first."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SurroundingsError(ModelyardError):
    """The machine, the network or the account is at fault, not the input."""

    exit_code = 3

    def __init__(self, message: str, mend: str) -> None:
        self.message = message
        self.mend = mend
        super().__init__(f"{message}\n  mend: {mend}")
