"""Submits training containers to what was provisioned, and sees them through.

    job YAML ────────┐
                     ├──> Plan (modelyard.plan/1) ──> backend ──> RunRecord (modelyard.run/1)
    target, or YAML ─┘

A plan can be printed; the record lies in the checkpoint store, with the logs and metrics of every rank.

Nothing here imports pulumi; boto3 is imported when a store on S3 is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelyard_launcher.api import Launcher, Run
    from modelyard_launcher.job import Job

__all__ = ["Job", "Launcher", "Run"]


def __getattr__(name: str) -> object:
    """The library's names, imported when they are first used: help needs none of them."""
    if name in ("Launcher", "Run"):
        from modelyard_launcher import api

        return getattr(api, name)
    if name == "Job":
        from modelyard_launcher.job import Job

        return Job
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
