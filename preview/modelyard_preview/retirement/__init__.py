"""How to leave an environment: what is in the way, in which order it goes, and what stays until when."""

from modelyard_preview.retirement.facts import BucketFacts, Facts, VaultFacts
from modelyard_preview.retirement.model import Hold, Remainder, Retirement, Step
from modelyard_preview.retirement.plan import plan_retirement

__all__ = [
    "BucketFacts",
    "Facts",
    "Hold",
    "Remainder",
    "Retirement",
    "Step",
    "VaultFacts",
    "plan_retirement",
]
