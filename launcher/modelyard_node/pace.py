"""How often a node looks, and how long it waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Pace(NamedTuple):
    """Seconds. Each can be set by MODELYARD_ and its name in capitals, for tests."""

    heartbeat_seconds: float = 15
    """Between two words of the main node."""
    metrics_seconds: float = 30
    """Between two uploads of metrics."""
    silence_seconds: float = 20
    """A node of which nothing is heard for so long is lost."""
    arrival_seconds: float = 1_800
    """How long nodes may take to come after the main node: their image may have to be fetched."""
    patience_seconds: float = 180
    """How long the store may be away where nothing goes on without it."""
    preflight_seconds: float = 900
    """What all rounds of the preflight's all-reduces may take."""
    round_seconds: float = 180
    """What one of them may: processes start, connections are made, and a node that hangs is waited for."""
    probe_seconds: float = 60
    """What one look of the preflight at something may take."""


def read_pace(environ: Mapping[str, str]) -> Pace:
    """The pace. Raises ValueError for what is no number."""
    names = {name: f"MODELYARD_{name.upper()}" for name in Pace._fields}
    return Pace(
        **{name: float(environ[variable]) for name, variable in names.items() if environ.get(variable)}
    )
