"""How machines are bought, against what they are to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from modelyard.catalog.instances import instance_type, instance_type_names, offered_zone_ids
from modelyard.catalog.regions import region_names
from modelyard.environment.aws import needs
from modelyard.environment.aws.capacity import CapacityBlock, Reservation, Spot
from modelyard.environment.aws.sites import Site, named_pools, recovery_site, reserved, sites
from modelyard.errors import Problem
from modelyard.validation.values import given_text, listed

if TYPE_CHECKING:
    from modelyard.environment.aws.compute import Pool
    from modelyard.environment.aws.spec import AwsEnvironment

USAGE_CLASSES = {
    "on_demand": "on-demand",
    "spot": "spot",
    "open_reservation": "on-demand",
    "reservation": "on-demand",
    "capacity_block": "capacity-block",
}
"""EC2's name for each mode (DescribeInstanceTypes, supportedUsageClasses); reserved ones are on-demand."""


def multi_node_jobs_are_not_on_spot(environment: AwsEnvironment) -> Iterator[Problem]:
    """Batch runs no multi-node jobs on spot (AWS Batch User Guide, "Multi-node parallel jobs", 2026-11)."""
    for field, pool in named_pools(environment):
        if isinstance(pool.capacity, Spot) and pool.max_nodes_per_job > 1:
            yield Problem(
                field=f"{field}.capacity.mode",
                given=given_text(pool.capacity.mode),
                message=f'"spot" can\'t serve pool "{pool.name}": AWS Batch runs multi-node jobs '
                "on on-demand or reserved capacity only",
                allowed=", ".join(_modes_of(pool.instance_type, without="spot")),
                mend="choose one of these, or set max_nodes_per_job: 1",
            )


def types_are_sold_that_way(environment: AwsEnvironment) -> Iterator[Problem]:
    """A pool's type can be bought in the way that the pool says."""
    for field, pool in named_pools(environment):
        if pool.instance_type not in instance_type_names():
            continue
        mode = pool.capacity.mode
        if USAGE_CLASSES[mode] not in instance_type(pool.instance_type).usage_classes:
            yield Problem(
                field=f"{field}.capacity.mode",
                given=given_text(mode),
                message=f'EC2 doesn\'t sell {pool.instance_type} as "{mode}"',
                allowed=", ".join(_modes_of(pool.instance_type)),
                mend="choose one of these, or another instance_type",
            )


def blocks_keep_no_idle_nodes(environment: AwsEnvironment) -> Iterator[Problem]:
    """A pool in a capacity block has min_nodes 0: Batch would ask for nodes outside of the block's window."""
    for field, pool in named_pools(environment):
        if isinstance(pool.capacity, CapacityBlock) and pool.min_nodes > 0:
            yield Problem(
                field=f"{field}.min_nodes",
                given=str(pool.min_nodes),
                message=f'pool "{pool.name}" would ask for nodes outside the window of its capacity block',
                allowed="0",
                mend="remove min_nodes: the block is paid for as a whole anyway",
            )


def blocks_are_used_whole(environment: AwsEnvironment) -> Iterator[Problem]:
    """A pool has as many nodes as its capacity block: fewer are paid for in vain, more never come."""
    for field, pool in named_pools(environment):
        if isinstance(pool.capacity, CapacityBlock) and pool.max_nodes != pool.capacity.node_count:
            yield Problem(
                field=f"{field}.max_nodes",
                given=str(pool.max_nodes),
                message=f'the capacity block of pool "{pool.name}" holds {pool.capacity.node_count} nodes',
                allowed=str(pool.capacity.node_count),
                mend=f"set max_nodes: {pool.capacity.node_count}, or node_count to what was bought",
            )


def block_windows_are_windows(environment: AwsEnvironment) -> Iterator[Problem]:
    """A capacity block starts before it ends, and neither moment is off the calendar."""
    for field, pool in named_pools(environment):
        if not isinstance(pool.capacity, CapacityBlock):
            continue
        moments = {"starts_at": pool.capacity.starts_at, "ends_at": pool.capacity.ends_at}
        off = [name for name, moment in moments.items() if _moment(moment) is None]
        for name in off:
            yield Problem(
                field=f"{field}.capacity.{name}",
                given=given_text(moments[name]),
                message="the calendar has no such moment",
                allowed='a moment in UTC, as "2026-12-01T11:30:00Z"',
                mend="write it as `aws ec2 describe-capacity-reservations` shows it",
            )
        if not off and pool.capacity.starts_at >= pool.capacity.ends_at:
            yield Problem(
                field=f"{field}.capacity.ends_at",
                given=given_text(pool.capacity.ends_at),
                message=f"the block would end before it starts, at {pool.capacity.starts_at}",
                allowed="a moment after starts_at",
                mend="write both as `aws ec2 describe-capacity-reservations` shows them",
            )


def reservations_are_named_one_way(environment: AwsEnvironment) -> Iterator[Problem]:
    """A targeted reservation is named by its id or by its group."""
    for field, pool in named_pools(environment):
        if not isinstance(pool.capacity, Reservation):
            continue
        named = [
            name
            for name in ("reservation_id", "resource_group_arn")
            if getattr(pool.capacity, name) is not None
        ]
        if len(named) != 1:
            yield Problem(
                field=f"{field}.capacity",
                given=" and ".join(named) or "neither",
                message=f'the reservation of pool "{pool.name}" is named by its id, or by the resource group '
                "that it is in",
                allowed="one of reservation_id, resource_group_arn",
                mend="remove one of the two" if named else "add reservation_id",
            )


def reserved_capacity_is_named_for_its_region(environment: AwsEnvironment) -> Iterator[Problem]:
    """A reservation lies in one region: the recovery region can't inherit a pool that uses it."""
    recovery = recovery_site(environment)
    if recovery is None or not recovery.pools_are_inherited:
        return
    pools = [pool for pool in recovery.pools if reserved(pool)]
    if pools:
        first = pools[0]
        yield Problem(
            field="recovery.compute",
            given="nothing",
            message=f"the reserved capacity of {listed([pool.name for pool in pools], 'and')} lies in "
            f"{environment.regions.primary}: {recovery.region} can't have the same pools",
            allowed="the pools of the recovery region, each with how its machines are bought there",
            mend=f"name them, as {{name: {first.name}, instance_type: {first.instance_type}, "
            f"max_nodes: {first.max_nodes}, capacity: {{mode: on_demand}}}}",
        )


def reserved_capacity_names_its_zone(environment: AwsEnvironment) -> Iterator[Problem]:
    """A reservation lies in one zone: a pool that could run in another would wait there for ever."""
    for site in _sites_with_own_pools(environment):
        for place, pool in enumerate(site.pools):
            offered = offered_zone_ids(pool.instance_type, site.region)
            zone_ids = [zone_id for zone_id in needs.zone_ids(site) if zone_id in offered]
            if reserved(pool) and pool.zone_id is None and len(zone_ids) > 1:
                yield Problem(
                    field=site.pool_field(place, "zone_id"),
                    given="nothing",
                    message=f'the reservation of pool "{pool.name}" holds machines in one zone only, '
                    f"and {len(zone_ids)} of the environment's offer {pool.instance_type}",
                    allowed=", ".join(zone_ids),
                    mend="set zone_id to the reservation's zone "
                    "(`aws ec2 describe-capacity-reservations` shows its AvailabilityZoneId)",
                )


def reservations_hold_one_type(environment: AwsEnvironment) -> Iterator[Problem]:
    """A reservation holds machines of one type in one zone, so pools that share one agree on both."""
    first: dict[str, Pool] = {}
    for field, pool in named_pools(environment):
        reservation_id = getattr(pool.capacity, "reservation_id", None)
        if reservation_id is None:
            continue
        other = first.setdefault(reservation_id, pool)
        if _what_it_holds(other) != _what_it_holds(pool):
            yield Problem(
                field=f"{field}.capacity.reservation_id",
                given=given_text(reservation_id),
                message=f'pool "{other.name}" has this reservation with another type, zone or mode: '
                "a reservation holds machines of one type in one zone",
                allowed="a reservation of this pool's own, or one with the same type, zone and mode",
                mend=f'name another reservation, or make the pool like "{other.name}"',
            )


def _what_it_holds(pool: Pool) -> tuple[str, str | None, str]:
    return (pool.instance_type, pool.zone_id, pool.capacity.mode)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _sites_with_own_pools(environment: AwsEnvironment) -> Iterator[Site]:
    return (
        site for site in sites(environment) if not site.pools_are_inherited and site.region in region_names()
    )


def _modes_of(instance: str, without: str | None = None) -> list[str]:
    """The modes that a type can be bought in; all of them for a type that the catalog doesn't know."""
    known = instance in instance_type_names()
    return [
        mode
        for mode, usage in USAGE_CLASSES.items()
        if mode != without and (not known or usage in instance_type(instance).usage_classes)
    ]
