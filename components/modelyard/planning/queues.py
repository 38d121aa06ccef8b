"""Job queues: when they give a job up."""

from __future__ import annotations

STUCK_AFTER_SECONDS = 3_600
"""Seconds at the head of the queue after which a job that can never start goes (Batch: 600 to 86,400)."""

NEVER_STARTS = (
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
)
"""Why a job can never start, in Batch's words (AWS Batch User Guide, "Job queue blocking", 2026-11). Want of
capacity is not among them: it passes."""
