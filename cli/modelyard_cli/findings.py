"""What `modelyard doctor` finds: one thing that was looked for, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked for."""

    name: str
    found: bool
    detail: str
    """What was found, or what is missing."""
    needed_for: str
    mend: str
    required: bool = True
    """Whether modelyard's own work stops without it."""
    check: str = "machine"
    """Who looked: `machine`, or a check of the account."""
    field: str = ""
    """Field of the environment that asks for it; empty for what none does."""

    @property
    def missing(self) -> bool:
        """Whether work stops for want of it."""
        return self.required and not self.found

    def as_dict(self) -> dict[str, str | bool]:
        """The JSON form."""
        return {
            "check": self.check,
            "name": self.name,
            "found": self.found,
            "required": self.required,
            "detail": self.detail,
            "neededFor": self.needed_for,
            "mend": "" if self.found else self.mend,
            "field": self.field,
        }
