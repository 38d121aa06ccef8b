"""Energy in a few lines."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from modelyard_preview.energy import Energy
from modelyard_preview.report.names import count


def energy(facts: Energy) -> Iterator[Text]:
    """The carbon of the region's power, with the spread of its sources."""
    spread = facts.spread
    place = f"power in {facts.place}"
    if spread is None:
        yield Text(f"  {place}: no source for its carbon")
    else:
        sources = count(len(facts.carbon), "source")
        yield Text(f"  {place}: {spread[0]:g} to {spread[1]:g} g CO2e/kWh ({sources})")
    yield Text("  what the machines draw isn't known yet, so neither is their carbon", style="dim")
