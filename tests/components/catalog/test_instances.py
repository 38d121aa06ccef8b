from __future__ import annotations

import pytest

from modelyard.catalog import (
    UnknownInstanceType,
    instance_type,
    instance_type_names,
    offered_zone_ids,
    region,
    region_names,
)


def test_a_p5_has_eight_h100_and_32_efa_interfaces_on_as_many_cards():
    p5 = instance_type("p5.48xlarge")
    assert (p5.kind, p5.family) == ("gpu", "p5")
    assert (p5.accelerator_vendor, p5.accelerator, p5.accelerator_count) == ("NVIDIA", "H100", 8)
    assert p5.accelerator_memory_mib == 80 * 1024
    assert (p5.vcpus, p5.memory_mib, p5.architecture) == (192, 2 * 1024 * 1024, "x86_64")
    assert (len(p5.network_cards), p5.efa_interfaces, p5.network_gbps) == (32, 32, 3200)
    assert p5.usage_classes == ("capacity-block", "on-demand", "spot")


def test_card_0_of_a_p6_b300_takes_no_efa_and_its_other_sixteen_do():
    b300 = instance_type("p6-b300.48xlarge")
    assert [card.index for card in b300.network_cards] == list(range(17))
    assert b300.network_cards[0].interface_types == ("interface",)
    assert [card.takes_efa for card in b300.network_cards] == [False] + [True] * 16
    assert b300.efa_interfaces == 16


def test_a_g5_xlarge_has_no_efa():
    small = instance_type("g5.xlarge")
    assert (small.accelerator, small.accelerator_count) == ("A10G", 1)
    assert small.efa_interfaces == 0
    assert not any(card.takes_efa for card in small.network_cards)


def test_a_cpu_type_has_no_accelerator():
    cpu = instance_type("c7g.xlarge")
    assert (cpu.kind, cpu.accelerator, cpu.accelerator_vendor) == ("cpu", None, None)
    assert (cpu.accelerator_count, cpu.accelerator_memory_mib, cpu.accelerator_share) == (0, 0, 0)
    assert (cpu.vcpus, cpu.memory_mib, cpu.architecture) == (4, 8192, "arm64")


def test_trainium_and_inferentia_are_kinds_of_their_own():
    assert instance_type("trn1.32xlarge").kind == "trainium"
    assert instance_type("inf2.48xlarge").kind == "inferentia"


def test_the_doubtful_memory_of_trn2_is_marked_beside_the_fact():
    assert "doubtful" in instance_type("trn2.48xlarge").note
    assert instance_type("trn1.32xlarge").note == ""


def test_a_share_of_a_gpu_counts_as_one_accelerator_with_the_shares_memory():
    eighth = instance_type("g6f.large")
    assert (eighth.accelerator_count, eighth.accelerator_share) == (1, 0.125)
    assert eighth.accelerator_memory_mib < instance_type("g6.xlarge").accelerator_memory_mib / 7


def test_a_rate_that_is_only_a_burst_is_not_taken_for_the_networks_rate():
    # Documented as "Up to 10 Gigabit", with a baseline of 2.5.
    assert instance_type("g5.xlarge").network_gbps == 2.5


@pytest.mark.parametrize("name", instance_type_names())
def test_every_type_is_whole(name: str):
    facts = instance_type(name)
    assert facts.name == name
    assert facts.source
    assert facts.as_of
    assert min(facts.vcpus, facts.memory_mib, facts.ipv4_per_interface) > 0
    assert [card.index for card in facts.network_cards] == list(range(len(facts.network_cards)))
    assert facts.efa_interfaces == sum(card.takes_efa for card in facts.network_cards)
    assert set(facts.usage_classes) <= {"on-demand", "spot", "capacity-block"}
    assert (facts.kind == "cpu") == (facts.accelerator is None) == (facts.accelerator_count == 0)


def test_names_are_sorted_and_hold_the_accelerated_and_the_cpu_types():
    names = instance_type_names()
    assert list(names) == sorted(set(names))
    kinds = [instance_type(name).kind for name in names]
    assert len(kinds) - kinds.count("cpu") == 78
    assert {"c6i.2xlarge", "c7i.4xlarge", "m5.xlarge", "hpc7a.96xlarge"} <= set(names)


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("p5.48xlrge", "p5.48xlarge"),
        ("g5.2xlarg", "g5.2xlarge"),
        ("c6i.2xl", "c6i.2xlarge"),
        ("g6e48xlarge", "g6e.48xlarge"),
    ],
)
def test_a_misspelt_type_is_answered_with_the_one_that_was_meant(typo: str, meant: str):
    with pytest.raises(UnknownInstanceType, match=meant) as raised:
        instance_type(typo)
    assert raised.value.name == typo
    assert raised.value.nearest[0] == meant
    assert 1 <= len(raised.value.nearest) <= 5
    assert set(raised.value.nearest) <= set(instance_type_names())


def test_a_size_that_a_family_lacks_is_answered_with_that_family_first():
    with pytest.raises(UnknownInstanceType) as raised:
        instance_type("p5.24xlarge")
    assert set(raised.value.nearest[:2]) == {"p5.48xlarge", "p5.4xlarge"}


def test_a_family_alone_is_answered_with_its_sizes():
    with pytest.raises(UnknownInstanceType) as raised:
        instance_type("p5")
    assert set(raised.value.nearest) == {"p5.48xlarge", "p5.4xlarge"}


def test_a_name_like_none_is_answered_without_a_guess():
    with pytest.raises(UnknownInstanceType) as raised:
        instance_type("Standard_ND96isr_H100_v5")
    assert raised.value.nearest == ()
    assert str(raised.value) == "'Standard_ND96isr_H100_v5' is no instance type that the catalog knows"


def test_unknown_names_are_lookup_errors():
    assert issubclass(UnknownInstanceType, LookupError)


def test_a_type_is_offered_in_zones_by_their_account_independent_ids():
    assert offered_zone_ids("g5.xlarge", "eu-central-1") == ("euc1-az1", "euc1-az2", "euc1-az3")
    assert offered_zone_ids("g5.xlarge", "us-east-1") == (
        "use1-az1",
        "use1-az2",
        "use1-az4",
        "use1-az5",
        "use1-az6",
    )


def test_a_type_that_a_region_lacks_is_offered_in_no_zone():
    assert offered_zone_ids("p6-b300.48xlarge", "eu-central-1") == ()


@pytest.mark.parametrize(("name", "where"), [("g5.xlarge", "mars-1"), ("g5.nano", "eu-central-1")])
def test_an_unknown_name_is_offered_nowhere(name: str, where: str):
    assert offered_zone_ids(name, where) == ()


@pytest.mark.parametrize("where", region_names())
def test_offered_zones_are_zones_of_the_region(where: str):
    zones = region(where).zone_ids
    offered = {zone for name in instance_type_names() for zone in offered_zone_ids(name, where)}
    assert offered == set(zones), "every zone offers something, and nothing is offered outside them"
    for name in instance_type_names():
        found = offered_zone_ids(name, where)
        assert list(found) == [zone for zone in zones if zone in found]


def test_every_type_is_offered_somewhere():
    nowhere = {
        name
        for name in instance_type_names()
        if not any(offered_zone_ids(name, where) for where in region_names())
    }
    assert nowhere == set()
