"""What can be wrong with the pools that a GpuCluster is given."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modelyard.aws.pool_args import LONGEST_UPDATE_WAIT_HOURS, ONE_ZONE_MODES, PoolArgs, takes_multi_node_jobs
from modelyard.aws.pool_capacity_problems import capacity_problems
from modelyard.aws.pool_fallback_problems import fallback_problems
from modelyard.aws.pool_value_problems import value_problems
from modelyard.catalog.instances import InstanceType, UnknownInstanceType, instance_type
from modelyard.environment.aws.checks.capacity import USAGE_CLASSES
from modelyard.errors import Problem
from modelyard.planning.fabric import takes_multi_node_jobs as has_room_for_the_task
from modelyard.planning.images import batch_image_type


def pool_problems(name: str, pools: Sequence[PoolArgs], subnet_ids: Any) -> Iterator[Problem]:
    """Every problem of every pool; `name` is the component's, `subnet_ids` are its subnets by zone."""
    yield from _names(name, pools)
    for index, pool in enumerate(pools):
        field = f"{name}.pools[{index}]"
        yield from value_problems(field, pool)
        yield from capacity_problems(field, pool)
        yield from _zones(field, pool, subnet_ids)
        yield from _machine(field, pool)
        yield from _update_wait(field, pool)
        yield from fallback_problems(field, pool, pools)


def _names(name: str, pools: Sequence[PoolArgs]) -> Iterator[Problem]:
    if not pools:
        message = "a cluster without pools runs nothing"
        yield Problem(f"{name}.pools", "none", message, "one pool or more", "add a pool")
    for repeated, count in Counter(pool["name"] for pool in pools).items():
        if count > 1:
            yield Problem(
                field=f"{name}.pools",
                given=repeated,
                message=f"{count} pools have this name, and a queue is named after its pool",
                allowed="each name once",
                mend="give each pool a name of its own",
            )


def _update_wait(field: str, pool: PoolArgs) -> Iterator[Problem]:
    hours = pool.get("update_wait_hours", LONGEST_UPDATE_WAIT_HOURS)
    if not 1 <= hours <= LONGEST_UPDATE_WAIT_HOURS:
        yield Problem(
            field=f"{field}.update_wait_hours",
            given=str(hours),
            message="the AWS provider takes no such wait for running jobs",
            allowed=f"1 to {LONGEST_UPDATE_WAIT_HOURS}",
            mend=f"write {LONGEST_UPDATE_WAIT_HOURS}, and let longer jobs end before an update",
        )


def _zones(field: str, pool: PoolArgs, subnet_ids: Any) -> Iterator[Problem]:
    zones = pool["zone_ids"]
    one_zone = takes_multi_node_jobs(pool) or pool["capacity_mode"] in ONE_ZONE_MODES
    if not zones or (one_zone and len(zones) > 1):
        yield Problem(
            field=f"{field}.zone_ids",
            given=", ".join(zones) or "none",
            message="machines run in some zone, and those of a multi-node job or a reservation in one",
            allowed="one zone for multi-node jobs, a reservation or a capacity block, else one or more",
            mend="name one zone",
        )
    if isinstance(subnet_ids, Mapping):  # an output is not known here
        known = sorted(str(zone) for zone in subnet_ids)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        for zone in zones:
            if zone not in known:
                message = "no subnet is given for this zone"
                mend = "name a zone of subnet_ids, or add its subnet there"
                yield Problem(
                    f"{field}.zone_ids", zone, message, ", ".join(known) or "none: there is no subnet", mend
                )


def _machine(field: str, pool: PoolArgs) -> Iterator[Problem]:
    try:
        machine = instance_type(pool["instance_type"])
    except UnknownInstanceType as error:
        yield Problem(
            field=f"{field}.instance_type",
            given=pool["instance_type"],
            message="the catalog doesn't know this instance type",
            allowed=", ".join(error.nearest) or "a type of the catalog",
            mend=f"did you mean {error.nearest[0]}?" if error.nearest else "name a type of the catalog",
        )
        return
    yield from _image(field, pool, machine)
    yield from _usage(field, pool, machine)
    if takes_multi_node_jobs(pool) and not has_room_for_the_task(machine):
        yield Problem(
            field=f"{field}.max_nodes_per_job",
            given=str(pool.get("max_nodes_per_job")),
            message=f"the first network card of {machine.name} has no place for the task of a multi-node job",
            allowed="1",
            mend="write 1, or take another instance type",
        )


def _usage(field: str, pool: PoolArgs, machine: InstanceType) -> Iterator[Problem]:
    mode = pool["capacity_mode"]
    if mode in USAGE_CLASSES and USAGE_CLASSES[mode] not in machine.usage_classes:
        yield Problem(
            field=f"{field}.capacity_mode",
            given=repr(mode),
            message=f"EC2 doesn't sell {machine.name} that way",
            allowed=", ".join(way for way, sold in USAGE_CLASSES.items() if sold in machine.usage_classes),
            mend="choose one of these, or another instance_type",
        )


def _image(field: str, pool: PoolArgs, machine: InstanceType) -> Iterator[Problem]:
    if "image_id" not in pool and batch_image_type(machine) is None:
        yield Problem(
            field=f"{field}.image_id",
            given="nothing",
            message=f"AWS Batch has no image of its own with drivers for {machine.name}",
            allowed="the id of an ECS-optimised image with these drivers, as ami-0123456789abcdef0",
            mend="name the image's id",
        )
