"""What an environment asks of its networks: zones, addresses, interface endpoints."""

from __future__ import annotations

from modelyard.catalog.instances import instance_type, offered_zone_ids
from modelyard.catalog.regions import region
from modelyard.environment.aws.compute import Pool
from modelyard.environment.aws.file_systems import ElasticFileSystem, LustreFileSystem
from modelyard.environment.aws.sites import Site
from modelyard.environment.aws.spec import AwsEnvironment
from modelyard.planning.addresses import ZoneNeed
from modelyard.planning.endpoints import INTERFACE_SERVICES
from modelyard.planning.fabric import addresses_per_node
from modelyard.planning.secrets import in_region, in_service
from modelyard.planning.zones import network_zone_ids, pool_zone_ids

LUSTRE_GIB_PER_SERVER = 1_200
"""Least storage behind one server of FSx for Lustre; each server has an interface, and so has the one for
metadata. AWS publishes no number of interfaces: the most that its sizes allow are counted (Amazon FSx for
Lustre User Guide, "Deployment and storage class options", 2026-11)."""


def zone_ids(site: Site) -> tuple[str, ...]:
    """The zones of a region in which the environment has subnets. Raises UnknownRegion."""
    network = site.network
    return network_zone_ids(region(site.region).zone_ids, network.zone_count, network.zone_ids)


def pool_zones(site: Site, pool: Pool) -> tuple[str, ...]:
    """The zones in which a pool's nodes may run; empty if none of the region's own offers its type.

    Raises UnknownRegion.
    """
    offered = offered_zone_ids(pool.instance_type, site.region)
    return pool_zone_ids(offered, zone_ids(site), pool.zone_id, pool.max_nodes_per_job > 1)


def lustre_zone(site: Site, lustre: LustreFileSystem) -> str:
    """The zone of a file system that has one: as it says, else where the first multi-node pool is.

    Raises UnknownRegion.
    """
    if lustre.zone_id is not None:
        return lustre.zone_id
    gangs = [pool for pool in site.pools if pool.max_nodes_per_job > 1]
    homes = [zone for pool in gangs for zone in pool_zones(site, pool)]
    return (*homes, *zone_ids(site))[0]


def network_needs(environment: AwsEnvironment, site: Site) -> tuple[ZoneNeed, ...]:
    """What takes addresses of a region's network. Raises UnknownRegion and UnknownInstanceType."""
    return (*pool_needs(site), *_file_system_needs(environment, site))


def pool_needs(site: Site) -> tuple[ZoneNeed, ...]:
    """What each pool takes of the network. Raises UnknownRegion and UnknownInstanceType."""
    return tuple(
        ZoneNeed(
            name=pool.name,
            count=pool.max_nodes,
            addresses_each=addresses_per_node(instance_type(pool.instance_type), pool.max_nodes_per_job > 1),
            zone_ids=pool_zones(site, pool),
            unit="nodes of ",
        )
        for pool in site.pools
    )


def has_cpu_pool(site: Site) -> bool:
    """Whether a region has machines for work without accelerators. Raises UnknownInstanceType."""
    return any(instance_type(pool.instance_type).kind == "cpu" for pool in site.pools)


def interface_services(environment: AwsEnvironment, site: Site) -> tuple[str, ...]:
    """Services that get an interface endpoint in a region: with one NAT gateway there are none.

    Besides those that every node calls, what an environment asks of its jobs: Secrets Manager where they are
    given secrets, EC2 where a supervisor of jobs may end nodes. Raises UnknownInstanceType.
    """
    if site.egress != "endpoints":
        return ()
    secrets = in_service(in_region(environment.jobs.secrets, site.region), "secretsmanager")
    return (
        *INTERFACE_SERVICES,
        *(["secretsmanager"] if secrets else []),
        *(["ec2"] if environment.jobs.end_bad_nodes and has_cpu_pool(site) else []),
    )


def interface_endpoint_count(environment: AwsEnvironment, site: Site) -> int:
    """Interface endpoints in each zone. Raises UnknownInstanceType."""
    return len(interface_services(environment, site))


def _file_system_needs(environment: AwsEnvironment, site: Site) -> tuple[ZoneNeed, ...]:
    if site.recovery:  # they come back from backups, when the cluster there is at zero no more
        return ()
    needs: list[ZoneNeed] = []
    for file_system in environment.storage.file_systems:
        if isinstance(file_system, ElasticFileSystem):
            needs.append(ZoneNeed(file_system.name, 1, 1, zone_ids(site), "mount target of "))
        else:
            servers = 1 + -(-file_system.size_gib // LUSTRE_GIB_PER_SERVER)
            zone = lustre_zone(site, file_system)
            needs.append(ZoneNeed(file_system.name, servers, 1, (zone,), "servers of "))
    return tuple(needs)
