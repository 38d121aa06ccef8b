"""Subnets: each has a fixed share of a network's range, so that a change of pools never moves one.

A share is the range halved a few times over. On AWS every zone gets one private subnet, in equal blocks: the
range is cut into 2^k of them, one a zone and at least one in reserve (the public subnet of a NAT gateway is
the first /28 of the reserve). Two zones can become three without moving anything. The shares of a network on
Azure are in planning/azure/network_subnets.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

RESERVED_PER_SUBNET = 5
"""Addresses that AWS keeps of every subnet (Amazon VPC User Guide, "Subnet CIDR blocks", 2026-11)."""

LARGEST_PREFIX = 16
"""The largest network that a VPC takes is a /16 (Amazon VPC User Guide, "VPC CIDR blocks", 2026-11)."""

SMALLEST_PREFIX = 28
"""The smallest network and subnet is a /28 (same page)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a cloud demands of networks and subnets."""

    reserved: int
    """Addresses that it keeps of every subnet."""
    largest_prefix: int
    """Length of the prefix of the largest network."""
    smallest_prefix: int
    """Length of the prefix of the smallest subnet."""

    def usable(self, prefix: int) -> int:
        """Addresses of a subnet that are left to use; none where it is too small to be one."""
        return 2 ** (32 - prefix) - self.reserved if prefix <= self.smallest_prefix else 0


AWS_LIMITS = Limits(RESERVED_PER_SUBNET, LARGEST_PREFIX, SMALLEST_PREFIX)


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a range, and the subnet in it."""

    name: str
    needed: int
    """Addresses that the subnet must have, without those that the cloud keeps."""
    halvings: int
    """How often the range is halved for it: 1 for a half, 2 for a quarter."""
    prefix: int | None = None
    """Length of the subnet's prefix, which is the first such block of the share; None: the whole share."""


@dataclass(frozen=True, slots=True)
class ZoneNeed:
    """What takes addresses of a network: the nodes of a pool, the servers of a file system."""

    name: str
    count: int
    addresses_each: int
    zone_ids: tuple[str, ...]
    """Zones in which it may be: each must hold all, since capacity decides where nodes land."""
    unit: str = ""
    """What stands between the count and the name in a message, as "nodes of "."""

    @property
    def addresses(self) -> int:
        """All that it takes of a zone."""
        return self.count * self.addresses_each


@dataclass(frozen=True, slots=True)
class SubnetPlan:
    """One subnet."""

    zone_id: str
    cidr: str


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """The subnets of a network."""

    cidr: str
    private: tuple[SubnetPlan, ...]
    public: SubnetPlan | None
    """Subnet of the NAT gateway, if there is one."""


class NetworkTooSmall(ValueError):  # noqa: N818 (it reads as what it says)
    """The range can't hold what the environment may need."""

    def __init__(self, smallest: str | None, worst: Share, available: int, kind: str) -> None:
        self.smallest = smallest
        """The smallest range at this place that fits; None when not even the cloud's largest does."""
        self.share = worst.name
        """The zone or subnet that lacks most."""
        self.needed = worst.needed
        """Addresses that it needs, without those that the cloud keeps."""
        self.available = available
        """Addresses that its subnet would have, without those that the cloud keeps."""
        super().__init__(f"{kind} {self.share} needs {self.needed} addresses, its subnet has {available}")

    @property
    def zone_id(self) -> str:
        """The zone that needs most, where subnets are of zones."""
        return self.share


def lay_out(cidr: str, shares: Sequence[Share], limits: Limits, kind: str) -> dict[str, IPv4Network]:
    """The subnet of each share, by its name, one share after another; smaller shares come later.

    What follows the last one is left in reserve. `kind` is what a share is called in a message.

    Raises NetworkTooSmall, which names the smallest range that fits, and ValueError for an impossible range.
    """
    network = IPv4Network(cidr)
    lacking = [share for share in shares if not _fits(network.prefixlen, share, limits)]
    if lacking:
        available = {share: limits.usable(_prefix(network.prefixlen, share)) for share in lacking}
        worst = max(lacking, key=lambda share: (share.needed - available[share], share.name))
        raise NetworkTooSmall(_smallest(network, shares, limits), worst, available[worst], kind)
    subnets: dict[str, IPv4Network] = {}
    start = int(network.network_address)
    for share in shares:
        prefix = network.prefixlen + share.halvings
        subnets[share.name] = IPv4Network((start, share.prefix or prefix))
        start += 2 ** (32 - prefix)
    return subnets


def zone_need(zone_id: str, needs: Sequence[ZoneNeed], endpoint_count: int) -> int:
    """Addresses that a zone needs at most: one an interface endpoint, and all of what may be in it."""
    return endpoint_count + sum(need.addresses for need in needs if zone_id in need.zone_ids)


def plan_subnets(
    cidr: str, zone_ids: Sequence[str], needs: Sequence[ZoneNeed], endpoint_count: int, public: bool
) -> NetworkPlan:
    """Plan the subnets of a network on AWS.

    Raises NetworkTooSmall, which names the smallest range that fits, and ValueError for an impossible range.
    """
    bits = len(zone_ids).bit_length()  # 2^bits > zones: one block is always left in reserve
    shares = [Share(zone, zone_need(zone, needs, endpoint_count), bits) for zone in zone_ids]
    subnets = lay_out(cidr, shares, AWS_LIMITS, "zone")
    private = tuple(SubnetPlan(zone, str(subnets[zone])) for zone in zone_ids)
    reserve = IPv4Network((subnets[zone_ids[-1]].broadcast_address + 1, SMALLEST_PREFIX))
    return NetworkPlan(cidr, private, SubnetPlan(zone_ids[0], str(reserve)) if public else None)


def _prefix(network_prefix: int, share: Share) -> int:
    """Length of the prefix of a share's subnet, or of the share where that is smaller."""
    return max(network_prefix + share.halvings, share.prefix or 0)


def _fits(network_prefix: int, share: Share, limits: Limits) -> bool:
    prefix = _prefix(network_prefix, share)
    longest = share.prefix or limits.smallest_prefix
    return prefix <= longest and limits.usable(prefix) >= share.needed


def _smallest(network: IPv4Network, shares: Sequence[Share], limits: Limits) -> str | None:
    for prefix in range(limits.smallest_prefix, limits.largest_prefix - 1, -1):
        if all(_fits(prefix, share, limits) for share in shares):
            return str(IPv4Network((network.network_address, prefix), strict=False))
    return None
