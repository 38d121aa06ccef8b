"""The networks' ranges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import AddressValueError, IPv4Address, IPv4Interface, IPv4Network, NetmaskValueError
from typing import TYPE_CHECKING

from modelyard.catalog.instances import instance_type_names
from modelyard.catalog.regions import region_names
from modelyard.environment import needs
from modelyard.environment.sites import Site, recovery_site, sites
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
    from modelyard.environment.spec import AwsEnvironment

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""Ranges that nobody on the internet has (RFC 1918, section 3)."""

_ALLOWED = "a private IPv4 range between /16 and /28, as 10.32.0.0/16"


def range_is_a_private_network(environment: AwsEnvironment) -> Iterator[Problem]:
    """A range is a network (nothing after its length), private, and of a size that a VPC takes."""
    for site in sites(environment):
        cidr = site.network.cidr
        reason = _flaw(cidr)
        if reason is not None:
            message, mend = reason
            yield Problem(f"{site.network_field}.cidr", given_text(cidr), message, _ALLOWED, mend)


def ranges_are_apart(environment: AwsEnvironment) -> Iterator[Problem]:
    """The two networks can be joined, as whoever moves between regions will want."""
    here, there = environment.network.cidr, recovery_site(environment)
    if there is None or _flaw(here) is not None or _flaw(there.network.cidr) is not None:
        return
    if IPv4Network(here).overlaps(IPv4Network(there.network.cidr)):
        yield Problem(
            field=f"{there.network_field}.cidr",
            given=given_text(there.network.cidr),
            message=f"it overlaps with the primary network, {here}: the two could never be joined",
            allowed=f"{_ALLOWED}, apart from {here}",
            mend=f"set cidr: {_beside(IPv4Network(here))}",
        )


def network_holds_the_environment(environment: AwsEnvironment) -> Iterator[Problem]:
    """A range holds every zone, endpoint, file system and node with all its addresses."""
    for site in sites(environment):
        known = all(pool.instance_type in instance_type_names() for pool in site.pools)
        if _flaw(site.network.cidr) is None and site.region in region_names() and known:
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


def _flaw(cidr: str) -> tuple[str, str] | None:
    """What is wrong with a range by itself, and how to mend it."""
    try:
        interface = IPv4Interface(cidr)
    except (AddressValueError, NetmaskValueError) as error:
        return f"{cidr} is no IPv4 range: {error}", "write four numbers up to 255 and a length up to 28"
    network = interface.network
    if not LARGEST_PREFIX <= network.prefixlen <= SMALLEST_PREFIX:
        size = "larger" if network.prefixlen < LARGEST_PREFIX else "smaller"
        return f"{cidr} is {size} than a VPC can be", f"set cidr: {_of_size(interface.ip, network.prefixlen)}"
    if not any(network.subnet_of(private) for private in PRIVATE):
        return f"{cidr} belongs to the internet", f"take a range of {', '.join(map(str, PRIVATE))}"
    if interface.ip != network.network_address:
        return f"{cidr} is an address in a network, not a network", f"set cidr: {network}"
    return None


def _of_size(address: IPv4Address, prefix: int) -> IPv4Network:
    """The network around an address, of the nearest length that a VPC takes."""
    return IPv4Network((address, min(max(prefix, LARGEST_PREFIX), SMALLEST_PREFIX)), strict=False)


def _beside(network: IPv4Network) -> IPv4Network:
    """The range of the same size next to a network, within the same private range."""
    home = next(private for private in PRIVATE if network.subnet_of(private))
    after = int(network.network_address) + network.num_addresses
    if after > int(home.broadcast_address):
        after = int(network.network_address) - network.num_addresses
    return IPv4Network((after, network.prefixlen))
