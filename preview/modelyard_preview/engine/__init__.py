"""Runs any Pulumi program in Python in this process, without the CLI, and gives its graph."""

from __future__ import annotations

from modelyard_preview.engine.errors import (
    DuplicateResourceError,
    OfflineInvokeError,
    ProgramError,
    UnsupportedError,
)
from modelyard_preview.engine.host import Message, Program
from modelyard_preview.engine.realizer import Realized, Realizer, Registration, ResourceOptions
from modelyard_preview.engine.run import RunResult, run_program

__all__ = [
    "DuplicateResourceError",
    "Message",
    "OfflineInvokeError",
    "Program",
    "ProgramError",
    "Realized",
    "Realizer",
    "Registration",
    "ResourceOptions",
    "RunResult",
    "UnsupportedError",
    "run_program",
]
