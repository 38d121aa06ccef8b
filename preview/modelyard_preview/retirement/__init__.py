"""How to leave an environment: what is in the way, in which order it goes, and what stays until when."""

from modelyard_preview.retirement.facts import BucketFacts, Facts, VaultFacts
from modelyard_preview.retirement.holds import Hold
from modelyard_preview.retirement.plan import Retirement, Step, plan_retirement
from modelyard_preview.retirement.remains import Remainder

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
