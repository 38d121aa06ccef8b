"""How machines are bought, against what they are to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.catalog.instances import instance_type, instance_type_names, offered_zone_ids
from modelyard.catalog.regions import region_names
from modelyard.environment import needs
from modelyard.environment.capacity import CapacityBlock, Reservation, Spot
from modelyard.errors import Problem
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.spec import AwsEnvironment

USAGE_CLASSES = {
    "on_demand": "on-demand",
    "spot": "spot",
    "reservation": "on-demand",
    "capacity_block": "capacity-block",
}
"""EC2's name for each mode (DescribeInstanceTypes, supportedUsageClasses); reserved ones are on-demand."""


def multi_node_jobs_are_not_on_spot(environment: AwsEnvironment) -> Iterator[Problem]:
    """Batch runs no multi-node jobs on spot (AWS Batch User Guide, "Multi-node parallel jobs", 2026-11)."""
    for place, pool in enumerate(environment.compute):
        if isinstance(pool.capacity, Spot) and pool.max_nodes_per_job > 1:
            yield Problem(
                field=f"compute[{place}].capacity.mode",
                given=given_text(pool.capacity.mode),
                message=f'"spot" can\'t serve pool "{pool.name}": AWS Batch runs multi-node jobs '
                "on on-demand or reserved capacity only",
                allowed=", ".join(_modes_of(pool.instance_type, without="spot")),
                mend="choose one of these, or set max_nodes_per_job: 1",
            )


def types_are_sold_that_way(environment: AwsEnvironment) -> Iterator[Problem]:
    """A pool's type can be bought in the way that the pool says."""
    for place, pool in enumerate(environment.compute):
        if pool.instance_type not in instance_type_names():
            continue
        mode = pool.capacity.mode
        if USAGE_CLASSES[mode] not in instance_type(pool.instance_type).usage_classes:
            yield Problem(
                field=f"compute[{place}].capacity.mode",
                given=given_text(mode),
                message=f'EC2 doesn\'t sell {pool.instance_type} as "{mode}"',
                allowed=", ".join(_modes_of(pool.instance_type)),
                mend="choose one of these, or another instance_type",
            )


def blocks_keep_no_idle_nodes(environment: AwsEnvironment) -> Iterator[Problem]:
    """A pool in a capacity block has min_nodes 0: Batch would ask for nodes outside of the block's window."""
    for place, pool in enumerate(environment.compute):
        if isinstance(pool.capacity, CapacityBlock) and pool.min_nodes > 0:
            yield Problem(
                field=f"compute[{place}].min_nodes",
                given=str(pool.min_nodes),
                message=f'pool "{pool.name}" would ask for nodes outside the window of its capacity block',
                allowed="0",
                mend="remove min_nodes: the block is paid for as a whole anyway",
            )


def reserved_capacity_names_its_zone(environment: AwsEnvironment) -> Iterator[Problem]:
    """A reservation lies in one zone: a pool that could run in another would wait there for ever."""
    primary = environment.regions.primary
    if primary not in region_names():
        return
    for place, pool in enumerate(environment.compute):
        offered = offered_zone_ids(pool.instance_type, primary)
        zone_ids = [zone_id for zone_id in needs.zone_ids(environment) if zone_id in offered]
        reserved = isinstance(pool.capacity, Reservation | CapacityBlock)
        if reserved and pool.zone_id is None and len(zone_ids) > 1:
            yield Problem(
                field=f"compute[{place}].zone_id",
                given="nothing",
                message=f'the reservation of pool "{pool.name}" holds machines in one zone only, '
                f"and {len(zone_ids)} of the environment's offer {pool.instance_type}",
                allowed=", ".join(zone_ids),
                mend="set zone_id to the reservation's zone "
                "(`aws ec2 describe-capacity-reservations` shows its AvailabilityZoneId)",
            )


def reservations_hold_one_type(environment: AwsEnvironment) -> Iterator[Problem]:
    """A reservation holds machines of one type in one zone, so pools that share one agree on both."""
    first: dict[str, int] = {}
    for place, pool in enumerate(environment.compute):
        if not isinstance(pool.capacity, Reservation | CapacityBlock):
            continue
        other = environment.compute[first.setdefault(pool.capacity.reservation_id, place)]
        if (other.instance_type, other.zone_id, other.capacity.mode) != (
            pool.instance_type,
            pool.zone_id,
            pool.capacity.mode,
        ):
            yield Problem(
                field=f"compute[{place}].capacity.reservation_id",
                given=given_text(pool.capacity.reservation_id),
                message=f'pool "{other.name}" has this reservation with another type, zone or mode: '
                "a reservation holds machines of one type in one zone",
                allowed="a reservation of this pool's own, or one with the same type, zone and mode",
                mend=f'name another reservation, or make the pool like "{other.name}"',
            )


def _modes_of(instance: str, without: str | None = None) -> list[str]:
    """The modes that a type can be bought in; all of them for a type that the catalog doesn't know."""
    known = instance in instance_type_names()
    return [
        mode
        for mode, usage in USAGE_CLASSES.items()
        if mode != without and (not known or usage in instance_type(instance).usage_classes)
    ]
