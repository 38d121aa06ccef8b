from __future__ import annotations

import pytest

import modelyard.catalog
from modelyard.catalog.azure import UnknownRegion, azure_pue, jurisdictions, region, region_names


def test_west_europe_lies_in_the_european_union_with_zones_and_is_paired_with_ireland():
    found = region("westeurope")
    assert (found.display_name, found.place, found.jurisdiction) == ("West Europe", "Netherlands", "eu")
    assert (found.geography, found.area) == ("Europe", "emea")
    assert (found.pair, found.availability_zones, found.restricted) == ("northeurope", True, False)
    assert "regions-list" in found.source
    assert found.as_of.startswith("2025-09-23")


def test_a_european_region_recovers_inside_the_union_with_its_pair_first():
    candidates = region("westeurope").recovery_candidates
    assert candidates[0] == "northeurope"
    assert {"swedencentral", "germanywestcentral", "francecentral"} <= set(candidates)
    assert not {"uksouth", "switzerlandnorth", "norwayeast"} & set(candidates)


def test_regions_that_want_a_request_come_last_unless_they_are_the_pair():
    candidates = region("germanywestcentral").recovery_candidates
    assert candidates[0] == "germanynorth"
    assert candidates[-2:] == ("francesouth", "swedensouth")
    assert region("germanynorth").restricted


def test_a_pair_of_another_jurisdiction_is_no_candidate():
    brazil = region("brazilsouth")
    assert brazil.pair == "southcentralus"
    assert region("southcentralus").pair == "northcentralus", "pairs need not be mutual"
    assert brazil.recovery_candidates == ("brazilsoutheast",)


def test_a_region_without_pair_has_none_and_still_has_candidates():
    poland = region("polandcentral")
    assert poland.pair is None
    assert poland.recovery_candidates[0] == "austriaeast"


def test_a_region_alone_in_its_jurisdiction_has_no_candidate():
    assert region("eastasia").recovery_candidates == ()
    assert region("eastasia").pair == "southeastasia"
    assert region("qatarcentral").recovery_candidates == ()


@pytest.mark.parametrize("name", region_names())
def test_every_region_is_whole_and_candidates_share_its_jurisdiction(name: str):
    here = region(name)
    assert here.name == name == here.display_name.lower().replace(" ", "")
    assert here.place
    assert here.geography
    assert here.source
    assert here.pair is None or here.pair in region_names()
    assert name not in here.recovery_candidates
    assert len(set(here.recovery_candidates)) == len(here.recovery_candidates)
    for other in here.recovery_candidates:
        assert region(other).jurisdiction == here.jurisdiction
        assert name in region(other).recovery_candidates
    for fact in here.carbon:
        assert fact.value > 0
        assert fact.unit == "gCO2e/kWh"
        assert fact.source
        assert fact.as_of


def test_both_sources_of_carbon_are_kept_where_they_differ():
    carbon = region("swedencentral").carbon
    assert [fact.value for fact in carbon] == [5.67, 40.695]
    assert len({fact.source for fact in carbon}) == 2


def test_a_region_that_no_source_of_carbon_covers_has_none():
    assert region("qatarcentral").carbon == ()


def test_regions_of_one_country_have_one_average_of_it():
    for other in ("germanywestcentral", "germanynorth"):
        assert [fact.value for fact in region(other).carbon] == [380.95]


def test_jurisdictions_are_named_as_those_of_aws():
    assert set(jurisdictions()) == {region(name).jurisdiction for name in region_names()}
    assert list(jurisdictions()) == sorted(jurisdictions())
    only_azures = set(jurisdictions()) - set(modelyard.catalog.jurisdictions())
    assert only_azures == {"cl", "mx", "no", "nz", "qa"}
    assert {"us", "eu", "uk", "ch", "ca", "jp", "in", "au", "sg", "br", "kr", "ae"} <= set(jurisdictions())


@pytest.mark.parametrize(("asked", "meant"), [("westeurop", "westeurope"), ("West Europe", "westeurope")])
def test_a_misspelt_region_is_answered_with_the_one_that_was_meant(asked: str, meant: str):
    with pytest.raises(UnknownRegion, match=f"'{asked}' is no region that the catalog knows") as raised:
        region(asked)
    assert raised.value.nearest[0] == meant


def test_a_region_of_another_cloud_is_none_of_azures():
    with pytest.raises(UnknownRegion, match="'eu-central-1' is no region that the catalog knows"):
        region("eu-central-1")


def test_efficiency_is_that_of_the_newest_year_everywhere_and_of_a_regions_part_of_the_world():
    everywhere = azure_pue()
    assert (everywhere.value, everywhere.unit) == (1.17, "")
    assert "June 2025" in everywhere.note
    assert "microsoft" in everywhere.source.lower()
    assert azure_pue("westeurope").value == 1.16
    assert azure_pue("eastus").value == 1.16
    assert azure_pue("southeastasia").value == 1.28


@pytest.mark.parametrize("name", region_names())
def test_every_regions_part_of_the_world_has_an_efficiency(name: str):
    assert 1 < azure_pue(name).value < 1.5


def test_the_efficiency_of_an_unknown_region_is_refused():
    with pytest.raises(UnknownRegion, match="'mars' is no region"):
        azure_pue("mars")
