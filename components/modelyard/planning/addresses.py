"""Subnets: one private subnet a zone, in equal blocks, so that a change of pools never moves a subnet.

The range is cut into 2^k equal blocks, one a zone and at least one in reserve (the public subnet of a NAT
gateway is the first /28 of the reserve). Two zones can become three without moving anything.
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

    def __init__(self, smallest: str | None, zone_id: str, needed: int, available: int) -> None:
        self.smallest = smallest
        """The smallest range at this place that fits; None when not even a /16 does."""
        self.zone_id = zone_id
        """The zone that needs most."""
        self.needed = needed
        """Addresses that it needs, without those that AWS keeps."""
        self.available = available
        """Addresses that its subnet would have, without those that AWS keeps."""
        super().__init__(f"zone {zone_id} needs {needed} addresses, its subnet has {available}")


def zone_need(zone_id: str, needs: Sequence[ZoneNeed], endpoint_count: int) -> int:
    """Addresses that a zone needs at most: one an interface endpoint, and all of what may be in it."""
    return endpoint_count + sum(need.addresses for need in needs if zone_id in need.zone_ids)


def plan_subnets(
    cidr: str, zone_ids: Sequence[str], needs: Sequence[ZoneNeed], endpoint_count: int, public: bool
) -> NetworkPlan:
    """Plan the subnets of a network.

    Raises NetworkTooSmall, which names the smallest range that fits, and ValueError for an impossible range.
    """
    network = IPv4Network(cidr)
    bits = len(zone_ids).bit_length()  # 2^bits > zones: one block is always left in reserve
    needed, zone_id = max((zone_need(zone, needs, endpoint_count), zone) for zone in zone_ids)
    block_prefix = network.prefixlen + bits
    available = _usable(block_prefix)
    if block_prefix > SMALLEST_PREFIX or available < needed:
        raise NetworkTooSmall(_smallest(network, bits, needed), zone_id, needed, max(available, 0))
    blocks = list(network.subnets(prefixlen_diff=bits))
    private = tuple(SubnetPlan(zone, str(block)) for zone, block in zip(zone_ids, blocks, strict=False))
    reserve = next(blocks[len(zone_ids)].subnets(new_prefix=SMALLEST_PREFIX))
    return NetworkPlan(cidr, private, SubnetPlan(zone_ids[0], str(reserve)) if public else None)


def _usable(prefix: int) -> int:
    return 2 ** (32 - prefix) - RESERVED_PER_SUBNET if prefix <= SMALLEST_PREFIX else 0


def _smallest(network: IPv4Network, bits: int, needed: int) -> str | None:
    for prefix in range(SMALLEST_PREFIX - bits, LARGEST_PREFIX - 1, -1):
        if _usable(prefix + bits) >= needed:
            return str(IPv4Network((network.network_address, prefix), strict=False))
    return None
