from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.planning.addresses import NetworkTooSmall
from modelyard.planning.azure.network_subnets import (
    ADDRESSES_PER_ENDPOINT,
    AZURE_LIMITS,
    ENDPOINTS,
    FIREWALL,
    NODES,
    plan_network_subnets,
)


@st.composite
def networks(draw):
    prefix = draw(st.integers(8, 32))
    cidr = str(IPv4Network((draw(st.integers(0, 2**32 - 1)), prefix), strict=False))
    return cidr, draw(st.integers(0, 100_000)), draw(st.integers(0, 40)), draw(st.booleans())


@given(networks())
def test_subnets_never_overlap_and_hold_what_they_must(case):
    cidr, nodes, endpoints, firewall = case
    try:
        subnets = plan_network_subnets(*case)
    except NetworkTooSmall:
        return
    assert list(subnets) == [NODES, ENDPOINTS, *([FIREWALL] if firewall else [])]
    ranges = list(subnets.values())
    assert all(part.subnet_of(IPv4Network(cidr)) for part in ranges)
    assert not any(one.overlaps(other) for place, one in enumerate(ranges) for other in ranges[:place])
    assert all(part.prefixlen <= 29 for part in ranges)
    assert subnets[NODES].num_addresses - 5 >= nodes
    assert subnets[ENDPOINTS].num_addresses - 5 >= endpoints * ADDRESSES_PER_ENDPOINT
    assert not firewall or subnets[FIREWALL].prefixlen == 26


@given(networks())
def test_the_smallest_range_that_is_named_fits_and_none_smaller_does(case):
    cidr, *needs = case
    try:
        plan_network_subnets(cidr, *needs)
    except NetworkTooSmall as error:
        if error.smallest is None:
            with pytest.raises(NetworkTooSmall):
                plan_network_subnets("10.0.0.0/8", *needs)
            return
        plan_network_subnets(error.smallest, *needs)
        smaller = next(IPv4Network(error.smallest).subnets())
        with pytest.raises(NetworkTooSmall):
            plan_network_subnets(str(smaller), *needs)


@given(st.integers(8, 24), st.integers(0, 100), st.integers(0, 8))
def test_neither_more_nodes_nor_endpoints_nor_a_firewall_move_a_subnet(prefix, nodes, endpoints):
    cidr = str(IPv4Network((10 << 24, prefix)))
    few = plan_network_subnets(cidr, 1, 0, firewall=False)
    many = plan_network_subnets(cidr, nodes, endpoints, firewall=True)
    assert {name: many[name] for name in few} == few


def test_the_quarters_are_where_they_are_said_to_be():
    subnets = plan_network_subnets("10.8.0.0/20", 100, 10, firewall=True)
    assert {name: str(part) for name, part in subnets.items()} == {
        "nodes": "10.8.0.0/21",
        "endpoints": "10.8.8.0/22",
        "AzureFirewallSubnet": "10.8.12.0/26",
    }


@pytest.mark.parametrize(
    ("case", "message", "smallest"),
    [
        (
            ("10.8.0.0/24", 200, 1, False),
            "share nodes needs 200 addresses, its subnet has 123",
            "10.8.0.0/23",
        ),
        (
            ("10.8.0.0/24", 1, 20, False),
            "share endpoints needs 80 addresses, its subnet has 59",
            "10.8.0.0/23",
        ),
        (
            ("10.8.0.0/25", 1, 1, True),
            "share AzureFirewallSubnet needs 59 addresses, its subnet has 27",
            "10.8.0.0/24",
        ),
        (("10.8.0.0/32", 1, 0, False), "share nodes needs 1 addresses, its subnet has 0", "10.8.0.0/27"),
        (
            ("10.0.0.0/9", 10**7, 0, False),
            "share nodes needs 10000000 addresses, its subnet has 4194299",
            None,
        ),
    ],
)
def test_the_subnet_that_lacks_most_is_named_with_its_numbers(case, message, smallest):
    with pytest.raises(NetworkTooSmall) as caught:
        plan_network_subnets(*case)
    assert (str(caught.value), caught.value.smallest) == (message, smallest)


@pytest.mark.parametrize("cidr", ["", "10.8.0.1/16", "10.8.0.0/33", "fd00::/64", "ten"])
def test_what_is_no_range_is_an_error(cidr):
    with pytest.raises(ValueError):  # noqa: PT011 (ipaddress's own words)
        plan_network_subnets(cidr, 1, 1, firewall=False)


def test_no_subnet_is_smaller_than_azure_takes():
    assert (AZURE_LIMITS.usable(29), AZURE_LIMITS.usable(30)) == (3, 0)
