"""Customer-managed keys."""

from pydantic import Field

from modelyard.environment.base import Spec


class Encryption(Spec):
    """How the environment's customer-managed keys live."""

    rotation_days: int = Field(default=365, ge=90, le=2_560)
    """Days between automatic rotations (KMS takes 90 to 2,560)."""

    deletion_window_days: int = Field(default=30, ge=7, le=30)
    """Days between asking for a key's deletion and its end (KMS takes 7 to 30)."""
