"""What jobs notice of a change, in one form for every cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["none", "at_once", "waits", "ends"]
"""How much of it jobs notice: nothing; a setting that holds from now on; new machines once they have ended or
their time is up; their end.
"""

Touched = Mapping[str, tuple[str, tuple[str, ...]]]
"""Kind of change and changed properties, by URN."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What jobs notice of a change."""

    urn: str
    subject: str
    """What it concerns, as `pool h100 in us-east-2`."""
    severity: Severity
    message: str

    def as_json(self) -> dict[str, str]:
        """The effect as `changes.jobs` holds it."""
        return {
            "urn": self.urn,
            "subject": self.subject,
            "severity": self.severity,
            "message": self.message,
        }
