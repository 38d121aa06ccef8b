"""Energy in a few lines."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from modelyard_preview.cost.model import Amounts
from modelyard_preview.energy import Carbon, Energy, SiteEnergy, unknown_pools
from modelyard_preview.report.names import amount, count

REGIONS_SHOWN = 4


def energy(facts: Energy) -> Iterator[Text]:
    """What the accelerators draw, and its carbon with the spread of the sources: here, and where else."""
    for site in facts.sites:
        yield from _site(site)
    yield Text(
        f"  accelerators at full load with a PUE of {facts.pue.value:g}; hosts aren't counted", style="dim"
    )
    missing = unknown_pools(facts.sites)
    if missing:
        yield Text(f"  not in these figures, since nobody says what it draws: {', '.join(missing)}")
    yield from _choice(facts)


def _site(site: SiteEnergy) -> Iterator[Text]:
    region = f"{site.carbon.region}, recovery" if site.recovery else site.carbon.region
    yield Text(f"  power in {site.carbon.place} ({region})")
    spread = site.carbon.spread
    if spread is None:
        yield Text("    no source for its carbon")
    else:
        sources = count(len(site.carbon.sources), "source")
        yield Text(f"    {_grams(spread)} g CO2e/kWh ({sources})")
    yield Text(f"    kWh a month: {_cases(site.kwh)}")
    kilograms = site.kilograms
    if kilograms is not None and site.kwh.maximum:
        yield Text(f"    kg CO2e, lowest source: {_cases(kilograms[0])}")
        yield Text(f"    kg CO2e, highest source: {_cases(kilograms[1])}")


def _cases(amounts: Amounts) -> str:
    idle, expected, maximum = (amount(value) for value in (amounts.idle, amounts.expected, amounts.maximum))
    return f"idle {idle}, expected {expected}, maximum {maximum}"


def _choice(facts: Energy) -> Iterator[Text]:
    """The regions that could be chosen instead, the cleanest first."""
    others = [carbon for carbon in facts.alternatives if carbon.spread is not None]
    if len(others) < 2:
        return
    yield Text("  regions of the residency that offer every pool's type, g CO2e/kWh:")
    for carbon in others[:REGIONS_SHOWN]:
        yield Text(f"    {_choice_line(carbon, facts)}")


def _choice_line(carbon: Carbon, facts: Energy) -> str:
    here = ", where it is" if carbon.region == facts.primary.carbon.region else ""
    return f"{carbon.region}: {_grams(carbon.spread or (0.0, 0.0))}{here}"


def _grams(spread: tuple[float, float]) -> str:
    return f"{spread[0]:.0f} to {spread[1]:.0f}"
