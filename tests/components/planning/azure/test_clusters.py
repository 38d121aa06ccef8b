"""Names and limits of Azure Machine Learning's clusters, and what a customer's key brings with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.catalog.azure.sizes import UnknownSize, size, size_names
from modelyard.planning.azure.clusters import (
    COMPUTE_NAME,
    CUSTOMER_KEY_COST,
    CUSTOMER_KEY_RESOURCES,
    POOL_NAME,
    compute_name,
    idle_duration,
    node_limit,
)
from modelyard_policies.azure.durations import days

POOLS = st.from_regex(POOL_NAME, fullmatch=True)
SIZES = st.sampled_from(size_names())
PLANS = st.tuples(POOLS, SIZES, st.booleans(), st.integers(1, 999))


def name(plan):
    pool, size, low_priority, generation = plan
    return compute_name(pool, size, low_priority=low_priority, generation=generation)


@given(PLANS)
def test_a_name_is_one_that_azure_takes_and_begins_with_its_pool(plan):
    made = name(plan)
    assert COMPUTE_NAME.fullmatch(made)
    start, _, digest = made.rpartition("-")
    assert plan[0].startswith(start)
    assert len(digest) == 4


@given(PLANS)
def test_a_name_is_the_same_each_time_however_the_size_is_spelled(plan):
    pool, size, low_priority, generation = plan
    assert name(plan) == name(plan) == name((pool, size.upper(), low_priority, generation))


def test_what_cannot_be_changed_in_place_changes_the_name():
    plans = [
        ("gpu", size, low, generation)
        for size in size_names()
        for low in (True, False)
        for generation in (1, 2)
    ]
    assert len({name(plan) for plan in plans}) == len(plans)


def test_pools_whose_names_begin_alike_have_computes_of_their_own():
    pools = [f"training-on-many-{end}" for end in "abc"]
    computes = {compute_name(pool, "Standard_F4s_v2") for pool in pools}
    assert {compute.rpartition("-")[0] for compute in computes} == {"training-on"}
    assert len(computes) == 3


@pytest.mark.parametrize(
    ("size_name", "per_job", "default", "raisable_to"),
    [
        ("Standard_ND96isr_H100_v5", 2, 100, None),
        ("Standard_ND96isr_H100_v5", 1, 100, 65_000),
        ("Standard_NC96ads_A100_v4", 2, 300, 4_000),
        ("Standard_NC96ads_A100_v4", 1, 100, 65_000),
    ],
)
def test_a_pool_is_as_large_as_microsoft_lets_it_be(size_name, per_job, default, raisable_to):
    limit = node_limit(size_name, per_job)
    assert (limit.default, limit.raisable_to) == (default, raisable_to)
    assert "how-to-manage-quotas" in limit.source


def test_a_size_with_infiniband_never_has_more_than_one_placement_group():
    assert {node_limit(name, 2).default for name in size_names() if size(name).infiniband_gbps} == {100}
    with pytest.raises(UnknownSize):
        node_limit("Standard_ND96", 2)


@pytest.mark.parametrize(
    ("minutes", "duration"),
    [
        (0, "PT0S"),
        (5, "PT5M"),
        (60, "PT1H"),
        (90, "PT1H30M"),
        (1440, "P1D"),
        (1441, "P1DT1M"),
        (3000, "P2DT2H"),
    ],
)
def test_a_duration_is_written_as_azure_answers(minutes, duration):
    assert idle_duration(minutes) == duration


@given(st.integers(1, 100_000))
def test_a_duration_says_its_minutes(minutes):
    assert days(idle_duration(minutes)) * 24 * 60 == pytest.approx(minutes)


def test_what_a_customers_key_brings_with_it_is_named_with_its_cost_source_and_date():
    assert [made.service for made in CUSTOMER_KEY_RESOURCES] == [
        "Azure Cosmos DB",
        "Azure AI Search",
        "Azure Storage",
        "Azure Virtual Network",
    ]
    assert all(made.source and made.as_of and made.holds for made in CUSTOMER_KEY_RESOURCES)
    assert (CUSTOMER_KEY_COST.value, CUSTOMER_KEY_COST.unit) == (700, "EUR/month")
    assert CUSTOMER_KEY_COST.source == "Azure/Bio-Compliancy#23"
    assert CUSTOMER_KEY_COST.as_of == "2023-12-11"
