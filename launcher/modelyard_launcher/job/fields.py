"""What the fields of a job have in common: its parts, names and values of variables, times, lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from modelyard.validation.values import shortened, visible
from modelyard_launcher.durations import DURATION_PATTERN, duration_seconds

SHORTEST_TIMEOUT_SECONDS = 60
"""AWS Batch takes no shorter timeout (User Guide, "Job timeouts", 2026-11)."""

LONGEST_TIMEOUT_SECONDS = 28 * 86_400
"""As long as a pool's longest job may be (672 hours)."""

LONGEST_VALUE = 4_096
"""Characters of a variable's value."""

MOST_VARIABLES = 100
"""Variables that a job may set, and secrets that it may have."""

RESERVED_VARIABLES = (
    "NODE_RANK",
    "NUM_NODES",
    "GPUS_PER_NODE",
    "MASTER_ADDR",
    "MASTER_PORT",
    "RANK",
    "LOCAL_RANK",
    "WORLD_SIZE",
)
"""What every rank finds in its environment, set by the launcher (with all that starts with MODELYARD_)."""

_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")

INSTANT_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"

T = TypeVar("T")


class JobPart(BaseModel):
    """A part of a job: it can't be changed, and takes nothing that it doesn't know."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        validate_default=True,
        regex_engine="python-re",
        defer_build=True,
    )


def not_taken(name: str) -> str:
    """A variable's name that is the job's to set. Raises ValueError for others."""
    if name.startswith("MODELYARD_") or name in RESERVED_VARIABLES:
        raise ValueError(f"{name} is set by the launcher on every rank")
    if name.startswith("AWS_BATCH_"):
        raise ValueError(f"{name} begins with AWS_BATCH_, which AWS Batch keeps for itself")
    if name in _CREDENTIALS:
        raise ValueError(f"{name} is a credential; a job gets its access from its role, never from its file")
    return name


def without_nul(text: str) -> str:
    """Text that a process can be given. Raises ValueError for other."""
    if "\0" in text:
        raise ValueError("it holds a NUL character, which no process can be given")
    return text


def distinct(values: Sequence[T]) -> Sequence[T]:
    """A list in which each value stands once. Raises ValueError for others."""
    seen: set[tuple[type, T]] = set()  # 1, 1.0 and true are equal to Python
    for value in values:
        if (type(value), value) in seen:
            raise ValueError(f"{shortened(visible(str(value)))} stands in it twice")
        seen.add((type(value), value))
    return values


def instant(text: str) -> datetime:
    """A moment in UTC, written as 2026-12-01T11:30:00Z. Raises ValueError for anything else."""
    if not re.fullmatch(INSTANT_PATTERN, text):
        raise ValueError(f"{text!r} is no moment in UTC, as 2026-12-01T11:30:00Z")
    try:
        return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(f"there is no moment {text}: check its month, day and time") from None


def _real(text: str) -> str:
    instant(text)
    return text


def _within_bounds(timeout: str) -> str:
    seconds = duration_seconds(timeout)
    if not SHORTEST_TIMEOUT_SECONDS <= seconds <= LONGEST_TIMEOUT_SECONDS:
        raise ValueError(f"a timeout is between 60s and 28d; {timeout} is {seconds:,} seconds")
    return timeout


VariableName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$",
        json_schema_extra={
            "allowed": "a name of letters, digits and underscores, no digit first, "
            "that neither the launcher nor AWS sets",
            "mend": "choose another name, or remove it",
        },
    ),
    AfterValidator(not_taken),
]

VariableValue = Annotated[str, Field(max_length=LONGEST_VALUE), AfterValidator(without_nul)]

Timeout = Annotated[
    str,
    Field(
        pattern=DURATION_PATTERN,
        examples=["30m"],
        json_schema_extra={
            "allowed": "a whole number and one of s, m, h, d; 60s to 28d",
            "mend": "write a number and a unit, as 90s, 30m, 2h, 1d",
        },
    ),
    AfterValidator(_within_bounds),
]

Instant = Annotated[
    str,
    Field(
        pattern=INSTANT_PATTERN,
        examples=["2026-12-01T11:30:00Z"],
        json_schema_extra={
            "allowed": "a moment in UTC, as 2026-12-01T11:30:00Z",
            "mend": "write date and time to the second with T between and Z behind: 2026-12-01T11:30:00Z",
        },
    ),
    AfterValidator(_real),
]
