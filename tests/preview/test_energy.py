"""What an environment's accelerators draw, the carbon of that, and where else they could stand."""

from __future__ import annotations

from typing import Any

import pytest
from previewing import dev_fields

from modelyard.catalog.energy import accelerator_power, aws_pue
from modelyard.catalog.fact import Fact
from modelyard.catalog.instances import instance_type, instance_type_names
from modelyard.environment import AwsEnvironment, parse_environment
from modelyard.environment.aws.operations import WorkingHours
from modelyard_preview.aws.energy import describe_energy
from modelyard_preview.cost.model import Amounts
from modelyard_preview.cost.nodes import average_nodes
from modelyard_preview.energy import Carbon, PoolEnergy, SiteEnergy
from modelyard_preview.report.facts import energy as energy_lines

PUE = 1.14
WORKING = WorkingHours(opens="08:00", closes="18:00", time_zone="Europe/Berlin")
"""Fifty hours of the 168 of a week."""


@pytest.fixture(scope="module")
def dev() -> AwsEnvironment:
    return parse_environment(dev_fields())


def with_pool(dev: AwsEnvironment, hours: WorkingHours | None = None, **changes: Any) -> AwsEnvironment:
    """The environment with one pool of GPU machines; a copy isn't checked again."""
    pool = dev.compute[1].model_copy(update=changes)
    return dev.model_copy(update={"compute": [pool], "working_hours": hours})


def nodes(environment: AwsEnvironment) -> tuple[float, float, float]:
    found = average_nodes(environment, environment.compute[0])
    return found.idle, found.expected, found.maximum


def test_a_pools_power_is_boards_times_hours_times_the_data_centers_share(dev: AwsEnvironment) -> None:
    # One A10G of 150 watts a node, 4 nodes at most, 30 % expected.
    (cpu, gpu) = describe_energy(dev).primary.pools
    assert gpu.kwh is not None
    assert gpu.kwh.maximum == pytest.approx(4 * 150 / 1_000 * 730 * PUE)
    assert gpu.kwh.expected == pytest.approx(gpu.kwh.maximum * 0.3)
    assert gpu.kwh.idle == 0
    assert cpu.kwh == Amounts.always(0.0), "machines without accelerators draw nothing that is counted here"


def test_kept_nodes_without_a_job_draw_what_a_source_says_of_idle_boards(dev: AwsEnvironment) -> None:
    (a10g,) = describe_energy(with_pool(dev, min_nodes=2)).primary.pools
    assert a10g.kwh is not None
    assert a10g.kwh.idle == pytest.approx(2 * 18 / 1_000 * 730 * PUE)
    (h100,) = describe_energy(with_pool(dev, min_nodes=2, instance_type="p5.48xlarge")).primary.pools
    assert h100.kwh is not None
    assert h100.kwh.idle == pytest.approx(2 * 8 * 700 / 1_000 * 730 * PUE), "as at full load: no source"


def test_carbon_is_energy_by_the_lowest_and_by_the_highest_source(dev: AwsEnvironment) -> None:
    site = describe_energy(dev).primary
    spread, kilograms = site.carbon.spread, site.kilograms
    assert spread is not None
    assert kilograms is not None
    for grams, found in zip(spread, kilograms, strict=True):
        assert found.maximum == pytest.approx(site.kwh.maximum * grams / 1_000)
    assert spread[0] < spread[1]


def test_every_source_of_a_regions_carbon_is_kept(dev: AwsEnvironment) -> None:
    document = describe_energy(dev).as_json()
    values = [source["gramsCo2ePerKwh"] for source in document["carbonSources"]]
    assert len(values) >= 2
    assert document["gramsCo2ePerKwh"] == {"lowest": min(values), "highest": max(values)}
    assert all(source["source"] and source["asOf"] for source in document["carbonSources"])
    assert document["pue"]["value"] == PUE
    assert document["power"]["covers"].startswith("accelerators")
    assert document["recoveryRegion"] is None


def test_what_nobody_says_is_unknown_and_named(dev: AwsEnvironment) -> None:
    energy = describe_energy(with_pool(dev, instance_type="p4d.24xlarge"))
    document = energy.as_json()
    assert document["pools"][0]["kwhPerMonth"] == {"unknown": True}
    assert document["pools"][0]["boardWatts"] == {"unknown": True}
    assert document["power"]["complete"] is False
    text = "\n".join(str(line) for line in energy_lines(energy))
    assert "not in these figures, since nobody says what it draws: gpu" in text


def test_carbon_without_a_source_is_unknown() -> None:
    site = SiteEnergy(Carbon("moon-1", "Moon", ()), ())
    document = site.as_json()
    assert document["gramsCo2ePerKwh"] == {"unknown": True}
    assert document["kgCo2ePerMonth"] == {"unknown": True}
    assert site.kilograms is None


def test_the_recovery_region_draws_nothing_before_it_is_needed(dev: AwsEnvironment) -> None:
    fields = dev_fields()
    fields["regions"]["recovery"] = "eu-west-1"
    fields["recovery"] = {"network": {"cidr": "10.64.0.0/20"}}
    energy = describe_energy(parse_environment(fields))
    document = energy.as_json()["recoveryRegion"]
    assert (document["region"], document["recovery"]) == ("eu-west-1", True)
    power = document["power"]["kwhPerMonth"]
    assert (power["idle"], power["expected"]) == (0, 0)
    assert power["maximum"] == pytest.approx(energy.primary.kwh.maximum, abs=0.1)
    assert len(document["carbonSources"]) >= 2
    text = [str(line) for line in energy_lines(energy)]
    assert "  power in Ireland (eu-west-1, recovery)" in text
    assert max(map(len, text)) <= 80


def test_other_regions_of_the_residency_that_offer_every_type_stand_by_carbon(dev: AwsEnvironment) -> None:
    found = describe_energy(dev).alternatives
    names = [carbon.region for carbon in found]
    assert names[0] == "eu-north-1"
    assert {"eu-central-1", "eu-west-1"} <= set(names)
    assert not {"us-east-1", "eu-west-2"} & set(names), "the United Kingdom is outside of the residency"
    middles = [sum(carbon.spread) / 2 for carbon in found if carbon.spread]
    assert middles == sorted(middles)
    unknown = [carbon.spread is None for carbon in found]
    assert unknown == sorted(unknown), "those without a source come last"
    rare = describe_energy(with_pool(dev, instance_type="p5.48xlarge")).alternatives
    assert len(rare) < len(found)
    everywhere = dev.model_copy(update={"residency": "unrestricted"})
    assert len(describe_energy(everywhere).alternatives) > len(found)


def test_the_choice_is_shown_with_where_it_is_now(dev: AwsEnvironment) -> None:
    text = [str(line).strip() for line in energy_lines(describe_energy(dev))]
    assert "eu-north-1: 9 to 41" in text
    assert "eu-central-1: 311 to 381, where it is" in text


def test_a_pool_is_used_as_expected_while_the_environment_is_open(dev: AwsEnvironment) -> None:
    assert nodes(with_pool(dev)) == (0, pytest.approx(1.2), 4)
    assert nodes(with_pool(dev, WORKING)) == (0, pytest.approx(1.2 * 50 / 168), 4)
    assert nodes(with_pool(dev, WORKING, min_nodes=2)) == (
        pytest.approx(2 * 50 / 168),
        pytest.approx(2 * 50 / 168),
        4,
    )


def test_kept_nodes_that_are_let_go_cost_no_more_than_their_idle_minutes_after_each_opening(
    dev: AwsEnvironment,
) -> None:
    assert nodes(with_pool(dev, min_nodes=2))[0] == 2
    assert nodes(with_pool(dev, min_nodes=2, idle_shutdown_minutes=60))[0] == 0
    found = nodes(with_pool(dev, WORKING, min_nodes=2, idle_shutdown_minutes=60))
    assert found[0] == pytest.approx(2 * 5 / 168)
    longer = nodes(with_pool(dev, WORKING, min_nodes=2, idle_shutdown_minutes=1_440))
    assert longer[0] == pytest.approx(2 * 50 / 168), "it closes before that"


def test_boards_of_one_model_are_told_apart_by_their_memory() -> None:
    power = accelerator_power(instance_type("p4de.24xlarge"))
    assert power is not None
    assert (power.board.value, power.board.unit) == (400, "W")
    assert accelerator_power(instance_type("p4d.24xlarge")) is None
    assert accelerator_power(instance_type("c7i.4xlarge")) is None


def test_a_share_of_a_board_draws_its_share() -> None:
    power = accelerator_power(instance_type("g6f.large"))
    assert power is not None
    assert power.board.value == 72 / 8


def test_every_power_has_a_source_and_what_was_inferred_says_so() -> None:
    found = {
        instance_type(name).accelerator: accelerator_power(instance_type(name))
        for name in instance_type_names()
    }
    known = {model: power for model, power in found.items() if power is not None}
    assert {"T4", "V100", "A10G", "L4", "L40S", "H100", "H200", "B200"} <= known.keys()
    for power in known.values():
        assert power.board.source
        assert power.board.as_of
        assert power.idle is None or 0 < power.idle.value < power.board.value
    assert known["H200"].board.note.startswith("inferred from")


def test_the_newest_pue_is_taken() -> None:
    fact = aws_pue()
    assert (fact.value, fact.as_of) == (PUE, "2025-12-31")
    assert "2025" in fact.source


def test_an_accelerator_without_an_idle_figure_counts_as_busy() -> None:
    pool = PoolEnergy("p", "X", 1, None, Amounts.always(1.0), 1.0)
    assert pool.kwh is None
    assert SiteEnergy(Carbon("r", "R", (Fact(1.0, "", "s", "d"),)), (pool,)).kwh == Amounts.always(0.0)
