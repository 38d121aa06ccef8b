"""Tags that every resource carries: who answers for it, who pays, what may be kept in it."""

from __future__ import annotations

BACKUP_TAG = "modelyard:backup"
"""Tag of everything that is backed up; its value is the environment's name, so that one environment's backup
plan selects nothing of another's.
"""


def required_tags(
    environment: str,
    owner: str,
    cost_center: str,
    data_classification: str,
    stage: str | None = None,
    residency: str | None = None,
) -> dict[str, str]:
    """The tags of an environment, as every one of its resources carries them. What says no stage is held to
    what production is: policies spare an environment only by it. By the residency they hold its data and all
    copies to the regions of that jurisdiction.
    """
    return {
        "environment": environment,
        **({} if stage is None else {"stage": stage}),
        "owner": owner,
        "cost-center": cost_center,
        "data-classification": data_classification,
        **({} if residency is None else {"residency": residency}),
        "managed-by": "modelyard",
    }
