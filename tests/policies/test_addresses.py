"""Ranges of addresses that are the internet."""

import pytest

from modelyard_policies.addresses import internet


@pytest.mark.parametrize(
    ("cidr", "versions", "wholly"),
    [
        ("0.0.0.0/0", {4}, {4}),
        (" ::/0 ", {6}, {6}),
        ("10.1.2.3/0", {4}, {4}),
        ("0.0.0.0/0.0.0.0", {4}, {4}),
        ("0.0.0.0/1", {4}, set()),
        ("128.0.0.0/1", {4}, set()),
        ("0.0.0.0/2", set(), set()),
        ("203.0.113.1", set(), set()),
        ("2000::/3", {6}, {6}),
        ("3000::/4", {6}, set()),
        ("2001::/16", set(), set()),
        ("8000::/1", set(), set()),
        ("fc00::/7", set(), set()),
        ("Internet", set(), set()),
        ("", set(), set()),
    ],
)
def test_the_internet_is_all_addresses_or_half_of_them(cidr, versions, wholly):
    assert (internet(cidr), internet(cidr, wholly=True)) == (versions, wholly)
