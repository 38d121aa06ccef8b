"""What a cluster is told of an environment's pools."""

from __future__ import annotations

from modelyard.aws.pool_args import PoolArgs
from modelyard.environment.aws.capacity import CapacityBlock, OpenReservation, Reservation, Spot
from modelyard.environment.aws.compute import Pool
from modelyard.environment.aws.needs import pool_zones
from modelyard.environment.aws.sites import Site
from modelyard.environment.aws.spec import AwsEnvironment


def pool_args(environment: AwsEnvironment, site: Site, pool: Pool) -> PoolArgs:
    """The arguments of one pool in one region."""
    args: PoolArgs = {
        "name": pool.name,
        "instance_type": pool.instance_type,
        "min_nodes": pool.min_nodes,
        "max_nodes": pool.max_nodes,
        "max_nodes_per_job": pool.max_nodes_per_job,
        "capacity_mode": pool.capacity.mode,
        "zone_ids": list(pool_zones(site, pool)),
        "fallback": list(pool.fallback),
        "root_volume_gib": pool.root_volume_gib,
        "update_wait_hours": pool.update_wait_hours,
        "externally_scaled": externally_scaled(environment, pool),
    }
    if (image_id := pool.image_ids.get(site.region)) is not None:
        args["image_id"] = image_id
    if pool.idle_shutdown_minutes is not None:
        args["idle_shutdown_minutes"] = pool.idle_shutdown_minutes
    _add_capacity(args, pool)
    return args


def externally_scaled(environment: AwsEnvironment, pool: Pool) -> bool:
    """Whether working hours, the budget or idleness close the pool's queue or let its nodes go."""
    budget = environment.budget
    closed_by_budget = budget is not None and budget.close_queues_at_percent is not None
    return environment.working_hours is not None or closed_by_budget or pool.idle_shutdown_minutes is not None


def _add_capacity(args: PoolArgs, pool: Pool) -> None:
    capacity = pool.capacity
    if isinstance(capacity, Spot):
        args["max_price_percent"] = capacity.max_price_percent
    if (
        isinstance(capacity, OpenReservation | Reservation | CapacityBlock)
        and capacity.reservation_id is not None
    ):
        args["reservation_id"] = capacity.reservation_id
    if isinstance(capacity, Reservation) and capacity.resource_group_arn is not None:
        args["reservation_group_arn"] = capacity.resource_group_arn
    if isinstance(capacity, CapacityBlock):
        args["starts_at"], args["ends_at"] = capacity.starts_at, capacity.ends_at
