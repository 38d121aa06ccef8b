"""The networks' ranges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Interface, IPv4Network, NetmaskValueError
from typing import TYPE_CHECKING

from modelyard.environment.sites import recovery_site, sites
from modelyard.errors import Problem
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.sites import Sited

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""Ranges that nobody on the internet has (RFC 1918, section 3)."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a network can be on a cloud."""

    largest_prefix: int
    smallest_prefix: int
    network: str
    """What a network is called there, as "a VPC"."""
    unusable: tuple[IPv4Network, ...] = ()
    """Ranges that are in use on every machine."""

    @property
    def allowed(self) -> str:
        """What a range has to be, for a message."""
        sizes = f"/{self.largest_prefix} and /{self.smallest_prefix}"
        return f"a private IPv4 range between {sizes}, as 10.32.0.0/16"


def range_is_a_private_network(environment: Sited, bounds: Bounds) -> Iterator[Problem]:
    """A range is a network (nothing after its length), private, and of a size that the cloud takes."""
    for site in sites(environment):
        cidr = site.network.cidr
        reason = flaw(cidr, bounds)
        if reason is not None:
            message, mend = reason
            yield Problem(f"{site.network_field}.cidr", given_text(cidr), message, bounds.allowed, mend)


def ranges_are_apart(environment: Sited, bounds: Bounds) -> Iterator[Problem]:
    """The two networks can be joined, as whoever moves between regions will want."""
    here, there = environment.network.cidr, recovery_site(environment)
    if there is None or flaw(here, bounds) is not None or flaw(there.network.cidr, bounds) is not None:
        return
    if IPv4Network(here).overlaps(IPv4Network(there.network.cidr)):
        yield Problem(
            field=f"{there.network_field}.cidr",
            given=given_text(there.network.cidr),
            message=f"it overlaps with the primary network, {here}: the two could never be joined",
            allowed=f"{bounds.allowed}, apart from {here}",
            mend=f"set cidr: {_beside(IPv4Network(here), bounds.unusable)}",
        )


def flaw(cidr: str, bounds: Bounds) -> tuple[str, str] | None:
    """What is wrong with a range by itself, and how to mend it."""
    try:
        interface = IPv4Interface(cidr)
    except (AddressValueError, NetmaskValueError) as error:
        mend = f"write four numbers up to 255 and a length up to {bounds.smallest_prefix}"
        return f"{cidr} is no IPv4 range: {error}", mend
    network = interface.network
    if not bounds.largest_prefix <= network.prefixlen <= bounds.smallest_prefix:
        size = "larger" if network.prefixlen < bounds.largest_prefix else "smaller"
        return f"{cidr} is {size} than {bounds.network} can be", f"set cidr: {_of_size(interface, bounds)}"
    if not any(network.subnet_of(private) for private in PRIVATE):
        what = "belongs to the internet" if network.is_global else "is for other things than private networks"
        return f"{cidr} {what}", f"take a range of {', '.join(map(str, PRIVATE))}"
    if interface.ip != network.network_address:
        return f"{cidr} is an address in a network, not a network", f"set cidr: {network}"
    return None


def _of_size(interface: IPv4Interface, bounds: Bounds) -> IPv4Network:
    """The network around an address, of the nearest length that the cloud takes."""
    prefix = min(max(interface.network.prefixlen, bounds.largest_prefix), bounds.smallest_prefix)
    return IPv4Network((IPv4Address(int(interface.ip)), prefix), strict=False)


def _beside(network: IPv4Network, unusable: tuple[IPv4Network, ...]) -> IPv4Network:
    """A range of the same size beside a network: the nearest in the same private range, the next ones first,
    else the first of another.
    """
    home = next(private for private in PRIVATE if network.subnet_of(private))
    size, first, last = network.num_addresses, int(home.network_address), int(home.broadcast_address)
    here, elsewhere = int(network.network_address), int(next(each for each in PRIVATE if each != home)[0])
    starts = (*range(here + size, last, size), *range(here - size, first - 1, -size), elsewhere)
    ranges = (IPv4Network((start, network.prefixlen)) for start in starts)
    return next(each for each in ranges if not any(each.overlaps(other) for other in unusable))
