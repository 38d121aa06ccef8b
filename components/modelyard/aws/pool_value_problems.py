"""What can be wrong with the plain values of a pool. What is known later only is taken as it is."""

import re
from collections.abc import Iterator
from typing import Final

from modelyard.aws.pool_args import PoolArgs
from modelyard.errors import Problem

NAME_PATTERN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38}[A-Za-z0-9])?")
"""Fits every name that is made of it, with the environment's and the component's in front: those of queues
and compute environments take letters, digits, dashes and underscores (AWS Batch API Reference,
CreateJobQueue, 2026-11)."""

IDS: Final = {
    "reservation_id": ("cr", "the id of a capacity reservation, as cr-0123456789abcdef0"),
    "image_id": ("ami", "the id of a machine image, as ami-0123456789abcdef0"),
}
"""Arguments that are ids of EC2's, with what these begin with."""

BOUNDS: Final = {
    "max_nodes": (1, 10_000),
    "min_nodes": (0, 10_000),
    "max_nodes_per_job": (1, 1_000),
    "max_price_percent": (1, 100),
    "root_volume_gib": (30, 16_384),
    "idle_shutdown_minutes": (1, 1_440),
}
"""Arguments that are numbers, with the least and the most: as those of an environment's pools. A root volume
is no smaller than the ECS-optimised image's (30 GiB), and a gp3 volume no larger than 16 TiB; Batch's bid
percentage is 1 to 100 (AWS Batch API Reference, ComputeResource, 2026-11)."""


def value_problems(field: str, pool: PoolArgs) -> Iterator[Problem]:
    """Every problem of a pool's plain values; `field` is where the pool stands."""
    if not NAME_PATTERN.fullmatch(pool["name"]):
        yield Problem(
            field=f"{field}.name",
            given=repr(pool["name"]),
            message="names of AWS are made of it",
            allowed="1 to 40 letters, digits, dashes and underscores, a letter or digit first and last",
            mend="give the pool such a name",
        )
    yield from _ids(field, pool)
    yield from _numbers(field, pool)
    yield from _sizes(field, pool)


def _ids(field: str, pool: PoolArgs) -> Iterator[Problem]:
    for name, (start, allowed) in IDS.items():
        value = pool.get(name)
        if isinstance(value, str) and not re.fullmatch(rf"{start}-[0-9a-f]{{8,17}}", value):
            yield Problem(f"{field}.{name}", repr(value), "this is no such id", allowed, "write the id")


def _numbers(field: str, pool: PoolArgs) -> Iterator[Problem]:
    for name, (least, most) in BOUNDS.items():
        value = pool.get(name)
        if isinstance(value, int) and not least <= value <= most:
            size = "small" if value < least else "large"
            allowed = f"a whole number from {least:,} to {most:,}"
            yield Problem(
                f"{field}.{name}", str(value), f"{value} is too {size}", allowed, "choose one of these"
            )


def _sizes(field: str, pool: PoolArgs) -> Iterator[Problem]:
    most = pool["max_nodes"]
    if not isinstance(most, int) or most < 1:
        return
    for name in ("min_nodes", "max_nodes_per_job"):
        value = pool.get(name)
        if isinstance(value, int) and most < value <= BOUNDS[name][1]:
            yield Problem(
                field=f"{field}.{name}",
                given=str(value),
                message=f"the pool has no more nodes than its max_nodes, {most}",
                allowed=f"{most} at most",
                mend="lower it, or raise max_nodes",
            )
