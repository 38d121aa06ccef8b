"""What can be wrong with the pools that a GpuCluster is given."""

from collections.abc import Iterator, Sequence

from modelyard.aws.pool import PoolArgs
from modelyard.catalog.instances import UnknownInstanceType, instance_type
from modelyard.errors import Problem
from modelyard.planning.images import batch_image_type

CAPACITY_MODES = ("on_demand", "spot", "reservation", "capacity_block")
RESERVED = ("reservation", "capacity_block")


def pool_problems(name: str, pools: Sequence[PoolArgs]) -> Iterator[Problem]:
    """Every problem of every pool; `name` is the component's."""
    for index, pool in enumerate(pools):
        field = f"{name}.pools[{index}]"
        yield from _capacity(field, pool)
        yield from _machine(field, pool)


def _capacity(field: str, pool: PoolArgs) -> Iterator[Problem]:
    mode = pool["capacity_mode"]
    if mode not in CAPACITY_MODES:
        yield Problem(
            field=f"{field}.capacity_mode",
            given=repr(mode),
            message="capacity is bought in one of four ways",
            allowed=", ".join(CAPACITY_MODES),
            mend="name one of these",
        )
    if mode in RESERVED and "reservation_id" not in pool:
        yield Problem(
            field=f"{field}.reservation_id",
            given="nothing",
            message=f"capacity_mode {mode} needs the reservation that it uses",
            allowed="the id of a capacity reservation, as cr-0123456789abcdef0",
            mend="name the reservation's id: capacity is never bought by `up`",
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
    if "image_id" not in pool and batch_image_type(machine) is None:
        yield Problem(
            field=f"{field}.image_id",
            given="nothing",
            message=f"AWS Batch has no image of its own with drivers for {machine.name}",
            allowed="the id of an ECS-optimised image with these drivers, as ami-0123456789abcdef0",
            mend="name the image's id",
        )
