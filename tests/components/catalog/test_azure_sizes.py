from __future__ import annotations

import csv
from pathlib import Path

import pytest

from modelyard.catalog.azure import UnknownSize, feature, offered_regions, region_names, size, size_names
from modelyard.catalog.energy import accelerator_power

ND_H100 = "Standard_ND96isr_H100_v5"
WITH_INFINIBAND = {
    ND_H100: (3200, "Quantum-2"),
    "Standard_ND96isr_H200_v5": (3200, "Quantum-2"),
    "Standard_ND96isr_MI300X_v5": (3200, "Quantum-2"),
    "Standard_ND96amsr_A100_v4": (1600, "HDR"),
    "Standard_ND96asr_v4": (1600, "HDR"),
    "Standard_ND128isr_NDR_GB200_v6": (1600, "NDR"),
    "Standard_ND128isr_GB300_v6": (3200, None),
    "Standard_HB176rs_v4": (400, "NDR"),
}


def test_an_nd_h100_has_eight_whole_accelerators_and_a_link_of_400_gbps_for_each():
    found = size(ND_H100)
    assert (found.kind, found.accelerator_vendor, found.accelerator) == ("gpu", "NVIDIA", "H100")
    assert (found.accelerator_count, found.accelerator_memory_mib, found.accelerator_share) == (8, 81920, 1)
    assert (found.vcpus, found.memory_mib, found.architecture) == (96, 1900 * 1024, "x86_64")
    assert found.infiniband_gbps == 8 * 400
    assert (found.ethernet_gbps, found.local_storage_gib) == (80, 28672)
    assert found.family == "standardNDSH100v5Family"
    assert "learn.microsoft.com" in found.source
    assert found.as_of == "2025-09-02"


@pytest.mark.parametrize("name", WITH_INFINIBAND)
def test_infiniband_is_that_of_all_links_together_and_its_generation_the_pages_word(name: str):
    found = size(name)
    assert (found.infiniband_gbps, found.infiniband_generation) == WITH_INFINIBAND[name]


def test_no_other_size_has_infiniband():
    others = {name for name in size_names() if size(name).infiniband_gbps is not None} - set(WITH_INFINIBAND)
    assert others == {f"Standard_HB176-{cores}rs_v4" for cores in (24, 48, 96, 144)}
    assert all(
        size(name).infiniband_generation is None for name in size_names() if not size(name).infiniband_gbps
    )


def test_machines_of_grace_processors_are_arm():
    assert {name for name in size_names() if size(name).architecture == "arm64"} == {
        "Standard_ND128isr_GB300_v6",
        "Standard_ND128isr_NDR_GB200_v6",
    }


@pytest.mark.parametrize(
    ("name", "share", "memory_mib"),
    [
        ("Standard_NV6ads_A10_v5", 1 / 6, 4096),
        ("Standard_NV12ads_A10_v5", 1 / 3, 8192),
        ("Standard_NV18ads_A10_v5", 1 / 2, 12288),
        ("Standard_NV36ads_A10_v5", 1, 24576),
    ],
)
def test_a_share_of_an_accelerator_comes_with_its_part_of_the_memory(
    name: str, share: float, memory_mib: int
):
    found = size(name)
    assert found.accelerator_share == pytest.approx(share, abs=1e-5)
    assert found.accelerator_memory_mib == memory_mib
    assert found.accelerator_count == 1


def test_a_cpu_size_has_no_accelerator():
    found = size("Standard_D8ds_v6")
    assert (found.kind, found.accelerator, found.accelerator_vendor) == ("cpu", None, None)
    assert (found.accelerator_count, found.accelerator_memory_mib, found.accelerator_share) == (0, 0, 0)
    assert (found.vcpus, found.memory_mib, found.infiniband_gbps) == (8, 32768, None)


@pytest.mark.parametrize("name", size_names())
def test_every_size_is_whole(name: str):
    found = size(name)
    assert found.name == name
    assert found.vcpus > 0
    assert found.memory_mib >= 1024 * found.vcpus
    assert found.ethernet_gbps > 0
    assert found.local_storage_gib > 0
    assert found.premium_disks
    assert (found.kind == "gpu") == (found.accelerator is not None) == (found.accelerator_count > 0)
    assert found.source
    assert found.as_of


def test_sizes_are_sorted_and_of_every_use():
    assert list(size_names()) == sorted(size_names())
    series = ("Standard_ND", "Standard_NC", "Standard_NV", "Standard_D", "Standard_F", "Standard_HB")
    assert all(any(name.startswith(start) for name in size_names()) for start in series)


def test_what_no_source_says_is_unknown_and_not_no():
    assert size("Standard_NC24ads_A100_v4").encryption_at_host is True
    assert size(ND_H100).encryption_at_host is None
    assert feature(ND_H100, "encryption_at_host") is None
    assert size("Standard_ND96asr_v4").low_priority is True
    assert size("Standard_ND128isr_GB300_v6").low_priority is None


def test_a_size_that_azure_machine_learning_refuses_as_low_priority_is_not_sold_so_whatever_lists_price():
    for name in (ND_H100, "Standard_NC40ads_H100_v5"):
        fact = feature(name, "low_priority")
        assert fact is not None
        assert (fact.value, fact.as_of) == (False, "2026-08-26")
        assert "UnsupportedVMSizeForLowPriority" in fact.source
        assert size(name).low_priority is False


def test_a_feature_says_of_which_size_its_source_speaks():
    fact = feature("Standard_NC96ads_A100_v4", "encryption_at_host")
    assert fact is not None
    assert (fact.value, fact.as_of) == (True, "2025-06-03")
    assert fact.note == "said of Standard_NC24ads_A100_v4 in southcentralus"


def test_a_size_is_offered_where_the_price_list_has_a_price_for_it():
    found = offered_regions(ND_H100)
    assert found is not None
    assert {"eastus", "westeurope", "swedencentral", "uksouth"} <= set(found)
    assert not {"northeurope", "germanywestcentral", "francecentral"} & set(found)


def test_where_no_source_knows_that_a_size_is_offered_the_answer_is_unknown():
    assert offered_regions("Standard_ND128isr_GB300_v6") is None


@pytest.mark.parametrize("name", size_names())
def test_offers_are_in_regions_that_the_catalog_knows(name: str):
    found = offered_regions(name) or ()
    assert set(found) <= set(region_names())
    assert list(found) == sorted(found)


def test_a_misspelt_size_is_answered_with_the_one_that_was_meant():
    with pytest.raises(UnknownSize) as raised:
        size("Standard_ND96isr_H100")
    assert raised.value.name == "Standard_ND96isr_H100"
    assert raised.value.nearest[0] == ND_H100
    assert str(raised.value).startswith(
        "'Standard_ND96isr_H100' is no size that the catalog knows; nearest: Standard_ND96isr_H100_v5, "
    )
    assert isinstance(raised.value, LookupError)


def test_a_name_without_its_tier_is_answered_with_the_whole_name():
    with pytest.raises(UnknownSize) as raised:
        size("ND96isr_H100_v5")
    assert raised.value.nearest[0] == ND_H100


def test_an_instance_type_of_another_cloud_has_no_neighbours():
    with pytest.raises(UnknownSize, match=r"^'p5\.48xlarge' is no size that the catalog knows$") as raised:
        size("p5.48xlarge")
    assert raised.value.nearest == ()


@pytest.mark.parametrize("ask", [offered_regions, lambda name: feature(name, "low_priority")])
def test_what_is_asked_of_an_unknown_size_is_refused_like_the_size(ask: object):
    assert callable(ask)
    with pytest.raises(UnknownSize, match="'Standard_ND96isr_H1O0_v5' is no size that the catalog knows"):
        ask("Standard_ND96isr_H1O0_v5")


def test_power_is_that_of_the_board_and_differs_between_boards_of_one_model():
    watts = {
        name: power.board.value
        for name in (ND_H100, "Standard_NC40ads_H100_v5", "Standard_ND96amsr_A100_v4", "Standard_NC4as_T4_v3")
        if (power := accelerator_power(size(name)))
    }
    assert watts == {
        ND_H100: 700,
        "Standard_NC40ads_H100_v5": 400,
        "Standard_ND96amsr_A100_v4": 400,
        "Standard_NC4as_T4_v3": 70,
    }
    pcie = accelerator_power(size("Standard_NC96ads_A100_v4"))
    assert pcie is not None
    assert pcie.board.value == 250
    assert accelerator_power(size("Standard_ND96asr_v4")) is None, "no source for the board of 40 GB"


def test_every_model_is_named_as_in_the_table_of_power_or_has_none(azure_folder: Path):
    with (azure_folder.parent / "accelerators" / "power.csv").open(encoding="utf-8", newline="") as file:
        models = {row["accelerator"] for row in csv.DictReader(file)}
    unpowered = {size(name).accelerator for name in size_names()} - models - {None}
    assert unpowered == {"A10", "GB200", "GB300", "MI300X"}
