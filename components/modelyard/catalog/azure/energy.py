"""What Azure's data centers draw beyond their machines. What accelerators draw is in catalog.energy."""

from __future__ import annotations

from modelyard.catalog.azure.regions import region
from modelyard.catalog.fact import Fact
from modelyard.catalog.tables import rows, sources


def azure_pue(name: str | None = None) -> Fact[float]:
    """Power usage effectiveness: energy drawn in all for each unit that machines draw; the newest year.

    Microsoft states it for all its data centers together and for the Americas, for Europe, the Middle East
    and Africa, and for Asia Pacific: with a region's name, that of its part of the world. Raises
    UnknownRegion if the catalog doesn't know the region.
    """
    area = region(name).area if name else "global"
    row = max((row for row in rows("azure/pue") if row["area"] == area), key=lambda row: row["year"])
    source = sources("azure")[row["source"]]
    return Fact(float(row["pue"]), "", source.source, source.as_of, row["note"])
