"""Customer-managed keys."""

from pydantic import Field

from modelyard.environment.base import Spec


class Encryption(Spec):
    """How the environment's customer-managed keys live. What is deleted can be brought back for 90 days."""

    rotation_days: int = Field(default=365, ge=28, le=2_560)
    """Days between automatic rotations. It is taken when a key is made, not later."""

    expiry_days: int | None = Field(default=None, ge=56, le=7_300)
    """Days after which a version of a key expires, at least 28 more than rotation_days. Unset: twice
    rotation_days."""

    hsm: bool = True
    """Whether keys never leave hardware security modules. `false` is the weaker choice, and cheaper."""
