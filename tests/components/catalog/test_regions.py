from __future__ import annotations

from collections.abc import Callable

import pytest

from modelyard.catalog import UnknownRegion, jurisdictions, region, region_names


def test_frankfurt_lies_in_the_european_union_with_three_zones():
    frankfurt = region("eu-central-1")
    assert (frankfurt.place, frankfurt.jurisdiction, frankfurt.partition) == (
        "Frankfurt, Germany",
        "eu",
        "aws",
    )
    assert frankfurt.zone_ids == ("euc1-az1", "euc1-az2", "euc1-az3")
    assert not frankfurt.opt_in


def test_a_european_region_recovers_inside_the_union_and_not_in_london_or_zurich():
    candidates = region("eu-central-1").recovery_candidates
    assert candidates == ("eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3")
    assert region("eu-west-2").jurisdiction == "uk"
    assert region("eu-central-2").jurisdiction == "ch"


def test_a_region_alone_in_its_jurisdiction_has_no_candidate():
    assert region("eu-west-2").recovery_candidates == ()


@pytest.mark.parametrize("name", region_names())
def test_candidates_share_the_jurisdiction_and_are_other_regions(name: str):
    here = region(name)
    assert name not in here.recovery_candidates
    for other in here.recovery_candidates:
        assert region(other).jurisdiction == here.jurisdiction
        assert name in region(other).recovery_candidates


@pytest.mark.parametrize("name", region_names())
def test_every_region_is_whole(name: str):
    here = region(name)
    assert here.name == name
    assert here.place
    assert here.source
    assert here.as_of
    assert len(here.zone_ids) >= 2
    assert len(set(here.zone_ids)) == len(here.zone_ids)
    for fact in here.carbon:
        assert fact.value > 0
        assert fact.unit == "gCO2e/kWh"
        assert fact.source
        assert fact.as_of


def test_both_sources_of_carbon_are_kept_where_they_differ():
    stockholm = region("eu-north-1").carbon
    assert [fact.value for fact in stockholm] == [8.8, 40.695]
    assert len({fact.source for fact in stockholm}) == 2


def test_a_region_that_no_source_of_carbon_covers_has_none():
    assert region("me-south-1").carbon == ()


def test_regions_launched_after_march_2019_need_opting_in():
    assert region("eu-south-1").opt_in
    assert region("ap-east-1").opt_in
    assert not region("eu-north-1").opt_in


def test_zones_and_regions_name_the_same_regions(table: Callable[[str], list[dict[str, str]]]):
    assert [row["region"] for row in table("zones")] == list(region_names()) == sorted(region_names())


def test_jurisdictions_are_those_of_the_regions():
    assert set(jurisdictions()) == {region(name).jurisdiction for name in region_names()}
    assert list(jurisdictions()) == sorted(jurisdictions())
    assert {"us", "eu", "uk", "ca", "jp", "in", "au", "sg", "br", "kr"} <= set(jurisdictions())


def test_a_misspelt_region_is_answered_with_the_one_that_was_meant():
    with pytest.raises(
        UnknownRegion, match="no region that the catalog knows; nearest: eu-central-1"
    ) as raised:
        region("eu-cental-1")
    assert raised.value.name == "eu-cental-1"
    assert raised.value.nearest[0] == "eu-central-1"
    assert isinstance(raised.value, LookupError)
