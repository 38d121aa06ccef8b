"""How strictly a rule is enforced."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """What follows from a failure, in the words of Pulumi's own configuration."""

    MANDATORY = "mandatory"
    """The answer is no."""
    ADVISORY = "advisory"
    """It is shown."""
    DISABLED = "disabled"
    """The rule isn't asked."""
