"""What an environment asks of its network: zones, addresses, interface endpoints."""

from __future__ import annotations

from modelyard.catalog.instances import instance_type, offered_zone_ids
from modelyard.catalog.regions import region
from modelyard.environment.compute import Pool
from modelyard.environment.spec import AwsEnvironment
from modelyard.planning.addresses import PoolNeed
from modelyard.planning.endpoints import INTERFACE_SERVICES
from modelyard.planning.fabric import addresses_per_node
from modelyard.planning.zones import network_zone_ids, pool_zone_ids


def zone_ids(environment: AwsEnvironment) -> tuple[str, ...]:
    """The zones in which the environment has subnets. Raises UnknownRegion."""
    network = environment.network
    return network_zone_ids(
        region(environment.regions.primary).zone_ids, network.zone_count, network.zone_ids
    )


def pool_zones(environment: AwsEnvironment, pool: Pool) -> tuple[str, ...]:
    """The zones in which a pool's nodes may run; empty if none of the environment's offers its type.

    Raises UnknownRegion.
    """
    offered = offered_zone_ids(pool.instance_type, environment.regions.primary)
    return pool_zone_ids(offered, zone_ids(environment), pool.zone_id, pool.max_nodes_per_job > 1)


def pool_needs(environment: AwsEnvironment) -> tuple[PoolNeed, ...]:
    """What each pool takes of the network. Raises UnknownRegion and UnknownInstanceType."""
    return tuple(
        PoolNeed(
            name=pool.name,
            max_nodes=pool.max_nodes,
            addresses_per_node=addresses_per_node(
                instance_type(pool.instance_type), pool.max_nodes_per_job > 1
            ),
            zone_ids=pool_zones(environment, pool),
        )
        for pool in environment.compute
    )


def interface_endpoint_count(environment: AwsEnvironment) -> int:
    """Interface endpoints in each zone: with one NAT gateway there are none."""
    return len(INTERFACE_SERVICES) if environment.network.egress == "endpoints" else 0
