"""One limit of AWS Batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from modelyard_launcher.backends import limit

Calls = tuple[Literal["define", "submit"], ...]
"""The calls whose requests a limit bounds: RegisterJobDefinition, SubmitJob."""

DEFINE: Calls = ("define",)
SUBMIT: Calls = ("submit",)
BOTH: Calls = ("define", "submit")


@dataclass(frozen=True, slots=True)
class Limit(limit.Limit):
    """One limit of Batch."""

    calls: Calls = field(kw_only=True)
