"""The network's range."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Interface, IPv4Network, NetmaskValueError
from typing import TYPE_CHECKING

from modelyard.catalog.instances import instance_type_names
from modelyard.catalog.regions import region_names
from modelyard.environment import needs
from modelyard.errors import Problem
from modelyard.planning.addresses import LARGEST_PREFIX, SMALLEST_PREFIX, NetworkTooSmall, plan_subnets
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.spec import AwsEnvironment

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""Ranges that nobody on the internet has (RFC 1918, section 3)."""

_ALLOWED = "a private IPv4 range between /16 and /28, as 10.32.0.0/16"


def range_is_a_private_network(environment: AwsEnvironment) -> Iterator[Problem]:
    """The range is a network (nothing after its length), private, and of a size that a VPC takes."""
    cidr = environment.network.cidr
    reason = _flaw(cidr)
    if reason is not None:
        message, mend = reason
        yield Problem("network.cidr", given_text(cidr), message, _ALLOWED, mend)


def network_holds_the_environment(environment: AwsEnvironment) -> Iterator[Problem]:
    """The range holds every zone, endpoint and node with all its addresses."""
    network, primary = environment.network, environment.regions.primary
    known = all(pool.instance_type in instance_type_names() for pool in environment.compute)
    if _flaw(network.cidr) is not None or primary not in region_names() or not known:
        return
    zone_ids = needs.zone_ids(environment)
    endpoints = needs.interface_endpoint_count(environment)
    try:
        plan_subnets(
            network.cidr, zone_ids, needs.pool_needs(environment), endpoints, network.egress == "nat"
        )
    except NetworkTooSmall as error:
        yield Problem(
            field="network.cidr",
            given=given_text(network.cidr),
            message=f"zone {error.zone_id} needs {error.needed:,} addresses "
            f"({_sum(environment, error.zone_id)}), and its subnet would have {error.available:,}",
            allowed=f"{error.smallest} or larger"
            if error.smallest
            else "fewer nodes: even a /16 is too small",
            mend=f"set cidr: {error.smallest}"
            if error.smallest
            else "lower max_nodes, or spread the pools over several environments",
        )


def _sum(environment: AwsEnvironment, zone_id: str) -> str:
    """The addresses of a zone, one term a pool."""
    parts = [
        f"{need.max_nodes:,} nodes of {need.name} with {need.addresses_per_node} each"
        for need in needs.pool_needs(environment)
        if zone_id in need.zone_ids
    ]
    if count := needs.interface_endpoint_count(environment):
        parts.append(f"{count} endpoints")
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
