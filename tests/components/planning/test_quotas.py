"""What pools may take of EC2's quotas at a time."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.catalog import instance_type
from modelyard.planning.quotas import MARKETS, PoolMachines, quota_needs, without_quota

TYPES = (
    "p5.48xlarge",
    "p4d.24xlarge",
    "g5.xlarge",
    "c7i.4xlarge",
    "m5.large",
    "trn1.32xlarge",
    "inf2.xlarge",
)
POOLS = st.lists(
    st.builds(
        PoolMachines,
        name=st.text("abc", min_size=1, max_size=3),
        instance_type=st.sampled_from(TYPES),
        nodes=st.integers(1, 1000),
        mode=st.sampled_from(sorted(MARKETS)),
    ),
    max_size=12,
)


def needs(*pools: PoolMachines) -> dict[str, int]:
    return {need.quota.code: need.vcpus for need in quota_needs(pools)}


@given(POOLS)
def test_every_pool_but_blocks_counts_once_and_wholly(pools):
    found = quota_needs(pools)
    counted = [pool for need in found for pool in need.pools]
    assert Counter(counted) == Counter(pool for pool in pools if pool.mode != "capacity_block")
    assert sum(need.vcpus for need in found) == sum(
        pool.nodes * instance_type(pool.instance_type).vcpus for pool in counted
    )
    assert all(need.quota.market == MARKETS[pool.mode] for need in found for pool in need.pools)
    assert without_quota(pools) == ()


@given(POOLS, st.integers(1, 50))
def test_a_larger_pool_never_needs_less(pools, more):
    grown = [
        PoolMachines(it.name, it.instance_type, it.nodes + more, it.mode, it.reservation) for it in pools
    ]
    before, after = needs(*pools), needs(*grown)
    assert before.keys() == after.keys()
    assert all(after[code] > before[code] for code in before)


def test_on_demand_and_spot_have_quotas_of_their_own():
    assert needs(
        PoolMachines("a", "p5.48xlarge", 2, "on_demand"),
        PoolMachines("b", "p4d.24xlarge", 1, "spot"),
        PoolMachines("c", "p4d.24xlarge", 1, "on_demand"),
    ) == {"L-417A185B": 2 * 192 + 96, "L-7212CCBC": 96}


@pytest.mark.parametrize("mode", ["reservation", "open_reservation"])
def test_reserved_machines_count_against_the_on_demand_quota(mode):
    assert needs(PoolMachines("a", "p5.48xlarge", 4, mode)) == {"L-417A185B": 768}


def test_a_reservation_that_pools_share_counts_once():
    pools = [
        PoolMachines(name, "p5.48xlarge", nodes, "reservation", "cr-1")
        for name, nodes in (("a", 4), ("b", 2))
    ]
    assert needs(*pools) == {"L-417A185B": 768}
    assert needs(*pools, PoolMachines("c", "p5.48xlarge", 1, "reservation", "cr-2")) == {"L-417A185B": 960}


def test_a_capacity_block_counts_against_none():
    assert needs(PoolMachines("a", "p5.48xlarge", 8, "capacity_block")) == {}


def test_a_pool_without_a_known_quota_is_told():
    hpc = PoolMachines("a", "hpc7a.96xlarge", 1, "spot")
    assert without_quota([hpc]) == (hpc,)
    assert needs(hpc) == {}
