"""Findings beside those of a base: which are new, which are fixed, which were there before."""

from __future__ import annotations

from modelyard_policies.comparison.compare import Comparison, compare
from modelyard_policies.comparison.keys import fingerprints

__all__ = ["Comparison", "compare", "fingerprints"]
