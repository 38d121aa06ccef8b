from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.planning.addresses import (
    RESERVED_PER_SUBNET,
    NetworkTooSmall,
    ZoneNeed,
    plan_subnets,
    zone_need,
)

ZONES = ("euc1-az1", "euc1-az2", "euc1-az3", "euc1-az4")


@st.composite
def networks(draw):
    zone_ids = ZONES[: draw(st.integers(1, 4))]
    prefix = draw(st.integers(16, 28))
    cidr = str(IPv4Network((draw(st.integers(10 << 24, (11 << 24) - 1)), prefix), strict=False))
    needs = [
        ZoneNeed(
            f"pool-{index}",
            draw(st.integers(1, 1250)),
            draw(st.integers(1, 3)),
            tuple(draw(st.sets(st.sampled_from(zone_ids), min_size=1))),
        )
        for index in range(draw(st.integers(0, 4)))
    ]
    return cidr, zone_ids, needs, draw(st.integers(0, 12)), draw(st.booleans())


@given(networks())
def test_subnets_never_overlap_and_hold_what_their_zone_needs(case):
    cidr, zone_ids, needs, endpoints, public = case
    try:
        plan = plan_subnets(cidr, zone_ids, needs, endpoints, public)
    except NetworkTooSmall:
        return
    subnets = [*plan.private, *([plan.public] if plan.public else [])]
    ranges = [IPv4Network(subnet.cidr) for subnet in subnets]
    assert all(part.subnet_of(IPv4Network(cidr)) for part in ranges)
    assert not any(one.overlaps(other) for i, one in enumerate(ranges) for other in ranges[:i])
    assert [subnet.zone_id for subnet in plan.private] == list(zone_ids)
    assert (plan.public is not None) == public
    for subnet, part in zip(plan.private, ranges, strict=False):
        assert part.num_addresses - RESERVED_PER_SUBNET >= zone_need(subnet.zone_id, needs, endpoints)


@given(networks())
def test_the_smallest_range_that_is_named_fits_and_none_smaller_does(case):
    cidr, zone_ids, needs, endpoints, public = case
    try:
        plan_subnets(cidr, zone_ids, needs, endpoints, public)
    except NetworkTooSmall as error:
        if error.smallest is None:
            with pytest.raises(NetworkTooSmall):
                plan_subnets("10.0.0.0/16", zone_ids, needs, endpoints, public)
            return
        plan_subnets(error.smallest, zone_ids, needs, endpoints, public)
        smaller = next(IPv4Network(error.smallest).subnets())
        with pytest.raises(NetworkTooSmall):
            plan_subnets(str(smaller), zone_ids, needs, endpoints, public)


def test_a_third_zone_moves_no_subnet():
    two = plan_subnets("10.0.0.0/20", ZONES[:2], (), 10, public=False)
    three = plan_subnets("10.0.0.0/20", ZONES[:3], (), 10, public=False)
    assert three.private[:2] == two.private


def test_more_nodes_move_no_subnet():
    few = plan_subnets("10.0.0.0/18", ZONES[:2], [ZoneNeed("a", 1, 1, ZONES[:2])], 10, public=True)
    many = plan_subnets("10.0.0.0/18", ZONES[:2], [ZoneNeed("a", 1250, 2, ZONES[:2])], 10, public=True)
    assert few == many


def test_the_zone_that_needs_most_is_named_with_its_numbers():
    needs = [ZoneNeed("a", 100, 2, ("euc1-az2",))]
    with pytest.raises(NetworkTooSmall) as caught:
        plan_subnets("10.0.0.0/24", ZONES[:2], needs, 10, public=False)
    assert (caught.value.zone_id, caught.value.needed, caught.value.available) == ("euc1-az2", 210, 59)
    assert caught.value.smallest == "10.0.0.0/22"
