"""Runs any Pulumi program in Python in this process, without the CLI, and gives its graph."""

from __future__ import annotations

from modelyard_preview.engine.asked import Outcome, Unanswered
from modelyard_preview.engine.data_sources import Call, DataSources, RefusedCallError
from modelyard_preview.engine.errors import (
    DuplicateResourceError,
    OfflineConnectionError,
    OfflineInvokeError,
    ProgramError,
    SecretConfigError,
    UnsupportedError,
)
from modelyard_preview.engine.host import Message, Program
from modelyard_preview.engine.realizer import Realized, Realizer, Registration, ResourceOptions
from modelyard_preview.engine.run import RunResult, run_program

__all__ = [
    "Call",
    "DataSources",
    "DuplicateResourceError",
    "Message",
    "OfflineConnectionError",
    "OfflineInvokeError",
    "Outcome",
    "Program",
    "ProgramError",
    "Realized",
    "Realizer",
    "RefusedCallError",
    "Registration",
    "ResourceOptions",
    "RunResult",
    "SecretConfigError",
    "Unanswered",
    "UnsupportedError",
    "run_program",
]
