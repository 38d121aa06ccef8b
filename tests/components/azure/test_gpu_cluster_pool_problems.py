"""Pools that a GpuCluster on Azure refuses, before anything is registered."""

import pytest
from azure_clusters import CLUSTER, CPU, H100
from hypothesis import given, settings
from hypothesis import strategies as st
from previewing import preview

from modelyard.azure.gpu_cluster import GpuCluster
from modelyard.errors import InputError

UNPRICED = {**H100, "size": "Standard_ND128isr_GB300_v6"}
"""No source says where it is sold, so nothing is refused."""
OTHER = "/subscriptions/ffffffff-1111-2222-3333-444455556666/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv"


def problems(**changes):
    with pytest.raises(InputError) as caught:
        preview(lambda: GpuCluster("gpu", {**CLUSTER, **changes}) and None)
    return caught.value.problems


def only(**changes):
    (problem,) = problems(**changes)
    assert problem.field.startswith("gpu.")
    assert problem.allowed
    assert problem.mend
    return problem.field.removeprefix("gpu."), problem.given, problem.message, problem.allowed


def of_pool(**changes):
    return only(pools=[{**H100, **changes}])


def test_a_cluster_has_pools_with_a_name_each():
    assert only(pools=[])[:3] == ("pools", "none", "a cluster without pools runs nothing")
    assert only(pools=[CPU, CPU])[:3] == (
        "pools",
        "cpu",
        "2 pools have this name, and a compute is named after its pool",
    )


def test_pools_whose_computes_would_be_one_at_azure_are_refused():
    pool = {**CPU, "size": "Standard_D4ds_v5"}
    pools = [{**pool, "name": name} for name in ("training-on-52", "training-on-53", "training-on-324")]
    assert only(pools=pools)[:3] == (
        "pools[2].name",
        "'training-on-324'",
        "its compute would be called training-on-c4d8 at Azure, as that of 'training-on-52' is",
    )


@pytest.mark.parametrize(
    ("change", "field", "given_", "message"),
    [
        (
            {"name": "H100"},
            "name",
            "'H100'",
            "the name of the pool's compute begins with it, and Azure would refuse that",
        ),
        (
            {"name": "8xh100"},
            "name",
            "'8xh100'",
            "the name of the pool's compute begins with it, and Azure would refuse that",
        ),
        ({"name": "image-build"}, "name", "'image-build'", "the pool that builds images is called so"),
        ({"generation": 0}, "generation", "0", "generations are counted from 1"),
        ({"max_nodes": 0, "max_nodes_per_job": 1}, "max_nodes", "0", "no job ever starts here"),
        ({"min_nodes": 5}, "min_nodes", "5", "nodes that stay up are among the pool's"),
        ({"min_nodes": -1}, "min_nodes", "-1", "nodes that stay up are among the pool's"),
        ({"idle_minutes": 0}, "idle_minutes", "0", "nodes would go while jobs still start on them"),
        (
            {"max_nodes_per_job": 5},
            "max_nodes_per_job",
            "5",
            "a job has one node or more, all of them the pool's",
        ),
        (
            {"max_nodes_per_job": 0},
            "max_nodes_per_job",
            "0",
            "a job has one node or more, all of them the pool's",
        ),
    ],
)
def test_a_pool_that_cannot_be_is_refused(change, field, given_, message):
    assert of_pool(**change)[:3] == (f"pools[0].{field}", given_, message)


def test_a_size_is_one_of_the_catalogs_and_the_nearest_is_named():
    (problem,) = problems(pools=[{**H100, "size": "Standard_ND96isr_H100"}])
    assert (problem.field, problem.given) == ("gpu.pools[0].size", "'Standard_ND96isr_H100'")
    assert problem.message == "the catalog doesn't know this size"
    assert problem.mend == "did you mean Standard_ND96isr_H100_v5?"
    (problem,) = problems(pools=[{**H100, "size": "p5.48xlarge"}])
    assert (problem.allowed, problem.mend) == ("a size of the catalog", "name a size of the catalog")


def test_a_size_is_one_that_azure_sells_in_the_region():
    found = of_pool(size="Standard_ND96isr_H200_v5")
    assert found[:3] == (
        "pools[0].size",
        "'Standard_ND96isr_H200_v5'",
        "Azure has no price for this size in westeurope, so it isn't offered there",
    )
    assert found[3].startswith("there are machines of this size in australiaeast, ")
    preview(lambda: GpuCluster("gpu", {**CLUSTER, "pools": [UNPRICED]}) and None)
    spaced = only(location="West Europe", pools=[{**H100, "size": "Standard_ND96isr_H200_v5"}])
    assert spaced[2] == found[2]
    preview(lambda: GpuCluster("gpu", {**CLUSTER, "location": "West Europe"}) and None)


def test_spare_capacity_is_taken_where_somebody_says_that_it_is_sold():
    assert of_pool(size="Standard_ND128isr_GB300_v6", low_priority=True) == (
        "pools[0].low_priority",
        "True",
        "no source says that Azure sells spare capacity of Standard_ND128isr_GB300_v6",
        "False",
    )
    assert of_pool(low_priority=True)[2] == (
        "Azure Machine Learning refuses low-priority nodes of Standard_ND96isr_H100_v5"
    )


@pytest.mark.parametrize(
    ("size", "per_job", "most", "message", "allowed"),
    [
        (
            "Standard_ND96isr_H100_v5",
            2,
            101,
            "a cluster whose nodes talk to each other by InfiniBand is no larger",
            "1 to 100",
        ),
        (
            "Standard_NC96ads_A100_v4",
            2,
            4_001,
            "a cluster whose nodes talk to each other is no larger",
            "1 to 4000, 300 before Microsoft raises it",
        ),
        (
            "Standard_ND96isr_H100_v5",
            1,
            65_001,
            "Azure Machine Learning has no larger cluster",
            "1 to 65000, 100 before Microsoft raises it",
        ),
    ],
)
def test_a_pool_is_no_larger_than_azure_makes_one(size, per_job, most, message, allowed):
    pool = {"name": "gpu", "size": size, "max_nodes_per_job": per_job}
    assert only(pools=[{**pool, "max_nodes": most}]) == ("pools[0].max_nodes", str(most), message, allowed)
    preview(lambda: GpuCluster("gpu", {**CLUSTER, "pools": [{**pool, "max_nodes": most - 1}]}) and None)


def test_a_pool_by_infiniband_is_mended_by_several_or_by_jobs_of_one_node():
    (problem,) = problems(pools=[{**H100, "max_nodes": 101}])
    assert problem.mend == "spread the nodes over several pools, or write max_nodes_per_job: 1"
    (problem,) = problems(pools=[{**CPU, "max_nodes": 70_000}])
    assert problem.mend == "spread the nodes over several pools"


@settings(max_examples=60)
@given(
    st.fixed_dictionaries(
        {
            "max_nodes": st.integers(-2, 200),
            "max_nodes_per_job": st.integers(-2, 200),
            "min_nodes": st.integers(-2, 200),
        }
    )
)
def test_a_pool_is_taken_exactly_if_its_numbers_can_be(numbers):
    most, per_job, least = numbers["max_nodes"], numbers["max_nodes_per_job"], numbers["min_nodes"]
    can_be = most >= 1 and 1 <= per_job <= most and 0 <= least <= most and (per_job == 1 or most <= 100)
    pool = {**H100, **numbers}
    if can_be:
        preview(lambda: GpuCluster("gpu", {**CLUSTER, "pools": [pool]}) and None)
    else:
        assert problems(pools=[pool])
