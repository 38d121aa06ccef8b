"""Whom a security rule means."""

import pytest

from modelyard_policies.azure.security_rules import world


@pytest.mark.parametrize(
    ("prefix", "versions"),
    [
        ("*", {4, 6}),
        ("Internet", {4, 6}),
        (" any ", {4, 6}),
        ("<nw>/0", {4, 6}),
        ("/0", {4, 6}),
        ("0.0.0.0/0", {4}),
        ("10.0.0.0/0", {4}),
        ("::/0", {6}),
        ("10.0.0.0/8", set()),
        ("VirtualNetwork", set()),
        ("AzureLoadBalancer", set()),
        ("", set()),
    ],
)
def test_what_means_the_whole_internet(prefix, versions):
    assert world(prefix) == versions
