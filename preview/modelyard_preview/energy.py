"""What is known of an environment's energy: the carbon of its region's power, by every source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from modelyard.catalog.fact import Fact
from modelyard.catalog.regions import region
from modelyard.environment.spec import AwsEnvironment


@dataclass(frozen=True, slots=True)
class Energy:
    """Carbon intensity of the region. The power that the machines draw isn't known yet."""

    region: str
    place: str
    carbon: tuple[Fact[float], ...]
    """Grams of CO2e a kWh, by source. Sources differ: the spread is the answer."""

    @property
    def spread(self) -> tuple[float, float] | None:
        """Lowest and highest of the sources, in grams of CO2e a kWh; none without a source."""
        values = [fact.value for fact in self.carbon]
        return (min(values), max(values)) if values else None

    def as_json(self) -> dict[str, Any]:
        """The `energy` of schema modelyard.preview/1."""
        spread = self.spread
        return {
            "region": self.region,
            "place": self.place,
            "power": {"unknown": True},
            "gramsCo2ePerKwh": {"lowest": spread[0], "highest": spread[1]} if spread else {"unknown": True},
            "carbonSources": [
                {
                    "gramsCo2ePerKwh": fact.value,
                    "source": fact.source,
                    "asOf": fact.as_of,
                    "note": fact.note,
                }
                for fact in self.carbon
            ],
        }


def describe_energy(environment: AwsEnvironment) -> Energy:
    """What the catalog knows of the power in the environment's region."""
    facts = region(environment.regions.primary)
    return Energy(facts.name, facts.place, facts.carbon)
