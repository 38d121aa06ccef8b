"""The networks' ranges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from modelyard.catalog.instances import instance_type_names
from modelyard.catalog.regions import region_names
from modelyard.environment.aws import needs
from modelyard.environment.aws.sites import Site, sites
from modelyard.environment.checks import addresses as shared
from modelyard.errors import Problem
from modelyard.planning.addresses import (
    LARGEST_PREFIX,
    SMALLEST_PREFIX,
    NetworkTooSmall,
    ZoneNeed,
    plan_subnets,
)
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.aws.spec import AwsEnvironment

BOUNDS = shared.Bounds(LARGEST_PREFIX, SMALLEST_PREFIX, "a VPC")


def range_is_a_private_network(environment: AwsEnvironment) -> Iterator[Problem]:
    """A range is a network (nothing after its length), private, and of a size that a VPC takes."""
    return shared.range_is_a_private_network(environment, BOUNDS)


def ranges_are_apart(environment: AwsEnvironment) -> Iterator[Problem]:
    """The two networks can be joined, as whoever moves between regions will want."""
    return shared.ranges_are_apart(environment, BOUNDS)


def network_holds_the_environment(environment: AwsEnvironment) -> Iterator[Problem]:
    """A range holds every zone, endpoint, file system and node with all its addresses."""
    for site in sites(environment):
        known = all(pool.instance_type in instance_type_names() for pool in site.pools)
        if shared.flaw(site.network.cidr, BOUNDS) is None and site.region in region_names() and known:
            yield from _too_small(environment, site)


def _too_small(environment: AwsEnvironment, site: Site) -> Iterator[Problem]:
    cidr, zone_ids = site.network.cidr, needs.zone_ids(site)
    endpoints = needs.interface_endpoint_count(environment, site)
    wanted = needs.network_needs(environment, site)
    try:
        plan_subnets(cidr, zone_ids, wanted, endpoints, site.egress == "nat")
    except NetworkTooSmall as error:
        yield Problem(
            field=f"{site.network_field}.cidr",
            given=given_text(cidr),
            message=f"zone {error.zone_id} needs {error.needed:,} addresses "
            f"({_sum(wanted, endpoints, error.zone_id)}), and its subnet would have {error.available:,}",
            allowed=f"{error.smallest} or larger"
            if error.smallest
            else "fewer nodes: even a /16 is too small",
            mend=f"set cidr: {error.smallest}"
            if error.smallest
            else "lower max_nodes, or spread the pools over several environments",
        )


def _sum(wanted: Sequence[ZoneNeed], endpoint_count: int, zone_id: str) -> str:
    """The addresses of a zone, one term a pool or file system."""
    parts = [
        f"{need.count:,} {need.unit}{need.name} with {need.addresses_each} each"
        for need in wanted
        if zone_id in need.zone_ids
    ]
    if endpoint_count:
        parts.append(f"{endpoint_count} endpoints")
    return ", ".join(parts) or "none of its own"
