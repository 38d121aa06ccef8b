"""Power and carbon of environments on Azure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from modelyard.catalog.azure import azure_pue, offered_regions, region
from modelyard.environment.azure.spec import AzureEnvironment
from modelyard_preview.azure.energy import describe_energy
from modelyard_preview.environment import Preview

With = Callable[..., AzureEnvironment]
HOURS = 730


def test_a_pools_power_is_boards_times_hours_times_the_data_centers_share(prod: Preview):
    primary, recovery = prod.energy.sites
    h100, cpu = primary.pools
    assert h100.power is not None
    assert h100.kwh is not None
    kilowatts = 16 * 8 * h100.power.board.value / 1_000
    assert h100.kwh.maximum == pytest.approx(kilowatts * HOURS * h100.pue)
    assert h100.kwh.expected == pytest.approx(0.8 * h100.kwh.maximum)
    assert h100.kwh.idle == 0
    assert cpu.kwh is not None
    assert cpu.kwh.maximum == 0
    assert recovery.recovery
    assert (recovery.kwh.idle, recovery.kwh.expected) == (0, 0)
    assert recovery.kwh.maximum > 0


def test_each_region_is_counted_with_its_own_share(environment_with: With, prod: Preview):
    for site in prod.energy.sites:
        assert {pool.pue for pool in site.pools} == {azure_pue(site.carbon.region).value}
    assert isinstance(prod.environment, AzureEnvironment)
    assert prod.energy.pue == azure_pue(prod.environment.regions.primary)


def test_carbon_is_energy_by_the_lowest_and_by_the_highest_source(prod: Preview):
    primary = prod.energy.sites[0]
    assert primary.kilograms is not None
    assert primary.carbon.spread is not None
    for kilograms, grams in zip(primary.kilograms, primary.carbon.spread, strict=True):
        assert kilograms.expected == pytest.approx(primary.kwh.expected * grams / 1_000)


def test_other_regions_of_the_residency_sell_every_pools_size(prod: Preview, environment_with: With):
    found = {each.region for each in prod.energy.alternatives}
    assert prod.environment.regions.primary in found
    for name in found:
        assert region(name).jurisdiction == "us"
        for pool in prod.environment.compute:
            assert name in (offered_regions(pool.instance_type) or ())
    anywhere = environment_with("azure-prod", lambda fields: fields.update(residency="unrestricted"))
    assert found < {each.region for each in describe_energy(anywhere).alternatives}


def test_an_accelerator_that_nobody_has_measured_is_unknown_and_named(environment_with: With):
    def change(fields: dict[str, Any]) -> None:
        fields["compute"][1].update(instance_type="Standard_NV6ads_A10_v5")

    (site,) = describe_energy(environment_with("azure-dev", change)).sites
    assert site.unknown_pools == ("gpu",)
    assert site.kwh.maximum == 0
