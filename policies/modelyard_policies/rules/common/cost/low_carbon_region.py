"""Accelerators run where power is made with little carbon.

A node with eight GPUs draws ten kilowatts: where it runs decides over tons of CO2e a month. Judged are
machines with accelerators, by what a kilowatt-hour emits in their region. Sources differ: a region fails if
all of them are above the limit, and can't be judged if only one is. The limit of 400 grams lies below the
average of the world (about 480 grams: Our World in Data, 2023).

Regions where the power is bought from renewable sources, or that a contract names, go into the option
regions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.accelerated import COMPUTE, READS, has_accelerators
from modelyard_policies.azure import compute as azure
from modelyard_policies.azure import locations
from modelyard_policies.carbon import intensities
from modelyard_policies.errors import Unread
from modelyard_policies.graph import canonical
from modelyard_policies.options import Options, number, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, matches
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class LowCarbonRegions(Options):
    """Where accelerators may run."""

    rule: ClassVar[str] = "low-carbon-region"
    grams_co2e_per_kwh: float = option(
        number(0), 400, "Most grams of CO2e that a kilowatt-hour may emit where accelerators run"
    )
    regions: tuple[str, ...] = option(
        words(), (), "Regions that are allowed whatever they emit, with * for anything"
    )


RULE = Rule(
    id="low-carbon-region",
    code="CE5",
    title="Accelerators run in regions with little carbon in their power",
    severity=Severity.LOW,
    resources=COMPUTE,
    reads=(*READS, *locations.READS),
    options=LowCarbonRegions,
    why="The same training emits twenty times as much in some regions as in others.",
    mend=(
        "Run the pool in another region within the residency, or add the region to the option regions with "
        "who allowed it."
    ),
    maps_to={"azure_policy": ["e56962a6-4747-49cd-b67b-bf8b01975c4c"]},
    snippet="""\
aws.ec2.LaunchTemplate("nodes", name="nodes", instance_type="p5.48xlarge", region="eu-north-1")
aws.autoscaling.Group(
    "nodes",
    launch_template={"name": "nodes"},
    min_size=0,
    max_size=4,
    availability_zones=["eu-north-1a"],
    region="eu-north-1",
)
""",
)


@RULE.applies
def may_run_accelerators(compute: Resource, graph: GraphView) -> bool:
    """Other machines are too small to matter."""
    return has_accelerators(compute, graph)


@RULE.check
def power_has_little_carbon(compute: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the region by the sources' bounds."""
    options = graph.options(LowCarbonRegions)
    on_azure = canonical(compute.type) in azure.COMPUTE
    region = locations.location_of(compute, graph) if on_azure else compute.region
    if any(matches(pattern.lower(), region) for pattern in options.regions):
        return
    key = "location" if on_azure else "region"
    found, limit = intensities().get(region), options.grams_co2e_per_kwh
    if found is None:
        raise Unread(compute.urn, key, f"what a kilowatt-hour emits in {region or 'its region'} isn't known")
    shown = f"{found.least:.0f} to {found.most:.0f} grams of CO2e a kilowatt-hour"
    if found.least > limit:
        yield compute.failure(key, f"is {region}: {shown}, at most {limit:g} are allowed")
    elif found.most > limit:
        raise Unread(compute.urn, key, f"sources for {region} lie on both sides of {limit:g}: {shown}")
