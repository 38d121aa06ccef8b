"""What can fail, and what happens then: a sentence each, in the order in which a reader wants them."""

from __future__ import annotations

from modelyard_launcher.risks.capacity import capacity_risks
from modelyard_launcher.risks.failures import failure_risks
from modelyard_launcher.risks.limits import limit_risks
from modelyard_launcher.risks.reach import reach_risks
from modelyard_launcher.risks.situation import Situation

__all__ = ["Situation", "job_risks"]


def job_risks(situation: Situation) -> list[str]:
    """Everything that can fail, as far as job, target and catalog tell."""
    parts = (failure_risks, capacity_risks, limit_risks, reach_risks)
    return [risk for part in parts for risk in part(situation)]
