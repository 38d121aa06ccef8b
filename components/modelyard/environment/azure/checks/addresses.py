"""The networks' ranges, and what nodes may reach."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from modelyard.environment.azure import needs
from modelyard.environment.azure.sites import sites
from modelyard.environment.checks import addresses as shared
from modelyard.errors import Problem
from modelyard.planning.addresses import NetworkTooSmall
from modelyard.planning.azure.network import UNUSABLE
from modelyard.planning.azure.network_subnets import plan_network_subnets
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment


BOUNDS = shared.Bounds(16, 24, "a network of ours", tuple(map(IPv4Network, UNUSABLE)))
"""A /24 is the least that holds the firewall's /26, the endpoints and a few nodes; a /16 is what a VPC takes
at most, and both clouds' networks shall be able to be joined.
"""


def range_is_a_private_network(environment: AzureEnvironment) -> Iterator[Problem]:
    """A range is a network (nothing after its length), private, and neither too large nor too small."""
    return shared.range_is_a_private_network(environment, BOUNDS)


def range_is_nobody_elses(environment: AzureEnvironment) -> Iterator[Problem]:
    """A range holds no address that means something else on every node."""
    for site in sites(environment):
        cidr = site.network.cidr
        if shared.flaw(cidr, BOUNDS) is not None:
            continue
        for unusable, what in UNUSABLE.items():
            if IPv4Network(cidr).overlaps(IPv4Network(unusable)):
                yield Problem(
                    field=f"{site.network_field}.cidr",
                    given=given_text(cidr),
                    message=f"{unusable} is in use within it: {what}",
                    allowed=f"{BOUNDS.allowed}, apart from {unusable}",
                    mend="choose another range",
                )


def ranges_are_apart(environment: AzureEnvironment) -> Iterator[Problem]:
    """The two networks can be joined, as whoever moves between regions will want."""
    return shared.ranges_are_apart(environment, BOUNDS)


def network_holds_the_environment(environment: AzureEnvironment) -> Iterator[Problem]:
    """A range holds every node, every private endpoint and the firewall."""
    for site in sites(environment):
        cidr = site.network.cidr
        if shared.flaw(cidr, BOUNDS) is not None:
            continue
        nodes, endpoints = needs.node_count(site), needs.endpoint_count()
        try:
            plan_network_subnets(cidr, nodes, endpoints, site.egress == "firewall")
        except NetworkTooSmall as error:
            smallest = error.smallest or "/0"
            fits = int(smallest.rpartition("/")[2]) >= BOUNDS.largest_prefix
            yield Problem(
                field=f"{site.network_field}.cidr",
                given=given_text(cidr),
                message=f"subnet {error.share} needs {error.needed:,} addresses, and would have "
                f"{error.available:,} without those that Azure keeps",
                allowed=f"{smallest} or larger" if fits else "fewer nodes: even a /16 is too small",
                mend=f"set cidr: {smallest}"
                if fits
                else "lower max_nodes, or spread the pools over several environments",
            )


def allow_list_has_a_firewall(environment: AzureEnvironment) -> Iterator[Problem]:
    """What nodes may reach is held by a firewall, or not at all."""
    network = environment.network
    if network.egress == "firewall":
        return
    if network.allowed_domains:
        yield Problem(
            field="network.allowed_domains",
            given=", ".join(network.allowed_domains),
            message="with egress: nat the whole internet can be reached, and no list is held to",
            allowed="nothing, while egress is nat",
            mend="set egress: firewall, or remove allowed_domains",
        )
    if network.firewall_tier != "standard":
        yield Problem(
            field="network.firewall_tier",
            given=given_text(network.firewall_tier),
            message="with egress: nat there is no firewall",
            allowed="nothing, while egress is nat",
            mend="set egress: firewall, or remove firewall_tier",
        )


def hosts_are_named_once(environment: AzureEnvironment) -> Iterator[Problem]:
    """No host is allowed twice."""
    domains = environment.network.allowed_domains
    for place, domain in enumerate(domains):
        if domain in domains[:place]:
            yield Problem(
                field=f"network.allowed_domains[{place}]",
                given=given_text(domain),
                message=f"{domain} is named already",
                allowed="each host once",
                mend="remove one of the two",
            )
