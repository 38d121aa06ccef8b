"""What an environment asks of its networks and of Azure's quotas, and what its stores are copied to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.catalog.azure import jurisdictions, region, region_names, size, vcpu_quota
from modelyard.catalog.azure.quotas import Quota
from modelyard.environment.azure.compute import Spot
from modelyard.environment.azure.sites import Site

if TYPE_CHECKING:
    from modelyard.environment.azure.compute import Pool
    from modelyard.environment.azure.spec import AzureEnvironment

ACCOUNTS = ("datasets", "checkpoints", "logs", "workspace")
"""Storage accounts of a region: for data, for flow logs, and for what the workspace keeps itself."""

IMAGE_BUILD_NODES = 2
"""Most nodes that build images in a region."""


def node_count(site: Site) -> int:
    """Most nodes that a region's network holds at one time: each takes one address."""
    return sum(pool.max_nodes for pool in site.pools) + IMAGE_BUILD_NODES


def endpoint_count() -> int:
    """Private endpoints of a region: blobs of each account, the workspace's files, two vaults, the registry,
    the workspace.
    """
    return len(ACCOUNTS) + 1 + 2 + 1 + 1


def quota_of(pool: Pool) -> Quota:
    """The quota that a pool counts against. Raises UnknownSize."""
    return vcpu_quota(pool.instance_type, "low_priority" if isinstance(pool.capacity, Spot) else "dedicated")


def vcpus_wanted(environment: AzureEnvironment, site: Site) -> dict[str, int]:
    """Most vCPUs of a region's pools, and of what builds images there, by the quota's family. Raises
    UnknownSize.
    """
    counted = [(quota_of(pool).family, pool.instance_type, pool.max_nodes) for pool in site.pools]
    builder = environment.workspace.image_build_instance_type
    counted.append((vcpu_quota(builder, "dedicated").family, builder, IMAGE_BUILD_NODES))
    wanted: dict[str, int] = {}
    for family, name, nodes in counted:
        wanted[family] = wanted.get(family, 0) + nodes * size(name).vcpus
    return wanted


def is_within(region_name: str, residency: str) -> bool:
    """Whether a region is known and lies within the residency, or in any if that is none."""
    known = region_name in region_names()
    return known and (residency not in jurisdictions() or region(region_name).jurisdiction == residency)


def pair_within(region_name: str, residency: str) -> bool:
    """Whether Azure pairs a region with another one of the residency. Raises UnknownRegion."""
    pair = region(region_name).pair
    return pair is not None and is_within(pair, residency)


def redundancy(chosen: str | None, region_name: str) -> str:
    """How Azure copies a store of a region within it: as chosen, else over zones where there are any.

    Raises UnknownRegion.
    """
    return chosen or ("zrs" if region(region_name).availability_zones else "lrs")
