from __future__ import annotations

import pytest

from modelyard.catalog.azure import (
    UnknownSize,
    cluster_node_limit,
    limit,
    limit_names,
    size,
    size_names,
    vcpu_quota,
    vcpu_quotas,
)

ND_H100 = "Standard_ND96isr_H100_v5"


def test_a_new_subscription_has_no_vcpus_of_any_family_with_accelerators():
    for name in size_names():
        quota = vcpu_quota(name, "dedicated")
        assert quota.family == size(name).family
        assert quota.must_be_requested == (size(name).kind == "gpu"), name


def test_a_cpu_family_starts_with_what_the_offer_says():
    quota = vcpu_quota("Standard_D8ds_v5", "dedicated")
    assert quota.family == "standardDDSv5Family"
    assert (quota.default_vcpus_from, quota.default_vcpus_to) == (24, 300)
    assert quota.note == "by the subscription's offer"


def test_what_no_source_says_of_a_family_is_unknown_and_not_zero():
    quota = vcpu_quota("Standard_HB176rs_v4", "dedicated")
    assert (quota.default_vcpus_from, quota.default_vcpus_to) == (None, None)
    assert not quota.must_be_requested


@pytest.mark.parametrize("name", [ND_H100, "Standard_D8ds_v5"])
def test_low_priority_nodes_of_all_families_count_against_one_quota(name: str):
    quota = vcpu_quota(name, "low_priority")
    assert quota.family == "TotalLowPriorityCores"
    assert (quota.default_vcpus_from, quota.default_vcpus_to) == (100, 3000)


def test_the_quota_of_an_unknown_size_is_refused():
    with pytest.raises(UnknownSize, match="'Standard_ND96' is no size that the catalog knows"):
        vcpu_quota("Standard_ND96", "dedicated")


def test_families_are_those_of_the_sizes_and_each_says_where_it_is_from():
    dedicated = [quota.family for quota in vcpu_quotas() if quota.market == "dedicated"]
    assert len(set(dedicated)) == len(dedicated)
    assert set(dedicated) == {size(name).family for name in size_names()}
    spot = [quota.family for quota in vcpu_quotas() if quota.market == "low_priority"]
    assert spot == ["TotalLowPriorityCores"]
    for quota in vcpu_quotas():
        assert "how-to-manage-quotas" in quota.source
        assert quota.as_of == "2026-01-27"
        assert quota.name_source


def test_a_cluster_of_a_size_with_infiniband_has_a_hundred_nodes_at_most():
    found = cluster_node_limit(ND_H100, communicating=True)
    assert (found.name, found.default, found.raisable_to, found.unit) == (
        "cluster_nodes_rdma",
        100,
        None,
        "nodes",
    )
    assert "how-to-manage-quotas" in found.source


def test_a_cluster_whose_nodes_talk_over_ethernet_may_have_more():
    found = cluster_node_limit("Standard_NC24ads_A100_v4", communicating=True)
    assert (found.default, found.raisable_to) == (300, 4000)


@pytest.mark.parametrize("name", [ND_H100, "Standard_D8ds_v5"])
def test_a_cluster_whose_nodes_do_not_talk_has_a_hundred_until_that_is_raised(name: str):
    found = cluster_node_limit(name, communicating=False)
    assert (found.default, found.raisable_to) == (100, 65000)


def test_the_node_limit_of_an_unknown_size_is_refused():
    with pytest.raises(UnknownSize, match="'Standard_ND96' is no size that the catalog knows"):
        cluster_node_limit("Standard_ND96", communicating=True)


def test_limits_of_a_region_and_of_a_placement_group():
    assert (limit("computes_per_region").default, limit("computes_per_region").raisable_to) == (500, 2500)
    assert (limit("placement_group_vms").default, limit("placement_group_vms").raisable_to) == (100, 300)
    assert limit("placement_group_vms").as_of == "2026-09-25"
    assert (limit("job_days").default, limit("job_days_low_priority").default) == (21, 7)


@pytest.mark.parametrize("name", limit_names())
def test_every_limit_is_whole(name: str):
    found = limit(name)
    assert found.name == name
    assert found.unit
    assert found.default > 0
    assert found.raisable_to is None or found.raisable_to > found.default
    assert "learn.microsoft.com" in found.source
    assert found.as_of.startswith("2026-")


def test_a_limit_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(ValueError, match=r"^'nodes' is no limit; there are cluster_nodes, .*workspaces_per"):
        limit("nodes")
