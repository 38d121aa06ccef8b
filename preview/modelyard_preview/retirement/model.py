"""A retirement as plain data: what is to be done, what is held until when, and what remains."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

SCHEMA = "modelyard.retirement/1"


@dataclass(frozen=True, slots=True)
class Hold:
    """Something that stays until a time."""

    urn: str
    subject: str
    """What it is, as `bucket prod-checkpoints-…`."""
    reason: str
    until: datetime
    asked: bool
    """Whether the account was asked; otherwise it is the latest that it can be, if nothing is added."""

    def as_json(self) -> dict[str, Any]:
        """The hold as `holds` has it."""
        return {
            "urn": self.urn,
            "subject": self.subject,
            "reason": self.reason,
            "until": self.until.isoformat(timespec="minutes"),
            "asked": self.asked,
        }


@dataclass(frozen=True, slots=True)
class Remainder:
    """Something that the last `pulumi destroy` leaves."""

    subject: str
    reason: str
    until: str
    """A moment, or what ends it."""

    def as_json(self) -> dict[str, Any]:
        """The remainder as `remains` has it."""
        return {"subject": self.subject, "reason": self.reason, "until": self.until}


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do, once what stands before it is done."""

    title: str
    why: str
    commands: tuple[str, ...]
    not_before: datetime | None = None
    """When it can be done at the earliest; none for at once."""

    def as_json(self) -> dict[str, Any]:
        """The step as `steps` has it."""
        return {
            "title": self.title,
            "why": self.why,
            "commands": list(self.commands),
            "notBefore": self.not_before.isoformat(timespec="minutes") if self.not_before else None,
        }


@dataclass(frozen=True, slots=True)
class Retirement:
    """The whole way out."""

    environment: str
    asked: bool
    """Whether the account was asked what it holds; otherwise dates are the latest that they can be."""
    steps: tuple[Step, ...]
    holds: tuple[Hold, ...]
    remains: tuple[Remainder, ...]
    place: str = "account"
    """What the cloud calls what holds it."""

    def as_json(self) -> dict[str, Any]:
        """The document of schema modelyard.retirement/1."""
        return {
            "schema": SCHEMA,
            "environment": self.environment,
            "asked": self.asked,
            "steps": [step.as_json() for step in self.steps],
            "holds": [hold.as_json() for hold in self.holds],
            "remains": [remainder.as_json() for remainder in self.remains],
        }
