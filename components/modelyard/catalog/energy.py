"""What accelerators draw, and what a data center draws beyond its machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from modelyard.catalog.fact import Fact
from modelyard.catalog.tables import rows, sources

WATTS = "W"


class Accelerated(Protocol):
    """What an instance type of AWS and a size of Azure both say about their accelerators."""

    @property
    def accelerator(self) -> str | None:
        """The model without its vendor."""
        ...

    @property
    def accelerator_memory_mib(self) -> int:
        """The memory of each, or of the share."""
        ...

    @property
    def accelerator_share(self) -> float:
        """1 for a whole one."""
        ...


@dataclass(frozen=True, slots=True)
class Power:
    """What one accelerator draws; of a share of one, the share's part."""

    board: Fact[float]
    """At full load: the power that its board is rated for."""
    idle: Fact[float] | None
    """With nothing to do; None if no source says so."""


def accelerator_power(instance: Accelerated) -> Power | None:
    """What each accelerator of a machine draws; None if the catalog has no source for it.

    An accelerator is told by its model and its memory: boards of one model differ.
    """
    for row in rows("accelerators/power"):
        whole_mib = float(row["memory_mib"]) * instance.accelerator_share
        if row["accelerator"] == instance.accelerator and _same(whole_mib, instance.accelerator_memory_mib):
            idle = row["idle_watts"]
            return Power(
                _watts(row, row["board_watts"], instance.accelerator_share),
                _watts(row, idle, instance.accelerator_share) if idle else None,
            )
    return None


def aws_pue() -> Fact[float]:
    """Power usage effectiveness of AWS: energy drawn in all for each unit that machines draw; the newest
    year.
    """
    row = max(rows("aws/pue"), key=lambda row: row["year"])
    source = sources("aws")[row["source"]]
    return Fact(float(row["pue"]), "", source.source, source.as_of, row["note"])


def _watts(row: dict[str, str], watts: str, share: float) -> Fact[float]:
    source = sources("accelerators")[row["source"]]
    return Fact(float(watts) * share, WATTS, source.source, source.as_of, row["note"])


def _same(one: float, other: float) -> bool:
    # A share's memory is rounded to whole MiB.
    return abs(one - other) <= 1
