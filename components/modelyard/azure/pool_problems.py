"""What can be wrong with the pools that a GpuCluster is given."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from modelyard.azure.pool import pool_compute_name
from modelyard.azure.pool_args import PoolArgs
from modelyard.catalog.azure.regions import region_names
from modelyard.catalog.azure.sizes import Size, offered_regions, size
from modelyard.catalog.azure.unknown import UnknownSize
from modelyard.errors import Problem
from modelyard.planning.azure.clusters import IMAGE_BUILD, POOL_NAME, node_limit


def pool_problems(name: str, pools: Sequence[PoolArgs], location: Any) -> Iterator[Problem]:
    """Every problem of every pool; `name` is the component's, `location` its region. What is an output is not
    judged.
    """
    if not pools:
        message = "a cluster without pools runs nothing"
        yield Problem(f"{name}.pools", "none", message, "one pool or more", "add a pool")
    for repeated, count in Counter(pool["name"] for pool in pools).items():
        if count > 1:
            yield Problem(
                field=f"{name}.pools",
                given=repeated,
                message=f"{count} pools have this name, and a compute is named after its pool",
                allowed="each name once",
                mend="give each pool a name of its own",
            )
    yield from _same_computes(name, pools)
    for index, pool in enumerate(pools):
        field = f"{name}.pools[{index}]"
        yield from _name(field, pool)
        yield from scale_problems(field, pool)
        yield from _per_job(field, pool)
        yield from _machine(field, pool, location)


def _same_computes(name: str, pools: Sequence[PoolArgs]) -> Iterator[Problem]:
    """Pools whose computes would be one at Azure, since four characters of a digest tell them apart."""
    taken: dict[str, str] = {}
    for index, pool in enumerate(pools):
        compute = pool_compute_name(pool)
        other = taken.setdefault(compute, pool["name"])
        if other != pool["name"]:
            yield Problem(
                field=f"{name}.pools[{index}].name",
                given=repr(pool["name"]),
                message=f"its compute would be called {compute} at Azure, as that of {other!r} is",
                allowed="a name that differs from every other within its first 11 characters",
                mend="give one of the two another name",
            )


def size_problems(field: str, name: str, location: Any) -> Iterator[Problem]:
    """What is wrong with a size: its name, or the region that it is wanted in, if that is known now."""
    try:
        size(name)
    except UnknownSize as error:
        yield Problem(
            field=field,
            given=repr(name),
            message="the catalog doesn't know this size",
            allowed=", ".join(error.nearest) or "a size of the catalog",
            mend=f"did you mean {error.nearest[0]}?" if error.nearest else "name a size of the catalog",
        )
        return
    regions, here = offered_regions(name), plain_region(location)
    if here in region_names() and regions is not None and here not in regions:
        yield Problem(
            field=field,
            given=repr(name),
            message=f"Azure has no price for this size in {here}, so it isn't offered there",
            allowed=f"there are machines of this size in {', '.join(regions) or 'no region'}",
            mend="take another size, or another region",
        )


def plain_region(location: Any) -> str | None:
    """A region by its name, as westeurope for "West Europe"; None for one that becomes known later."""
    return location.replace(" ", "").lower() if isinstance(location, str) else None


def scale_problems(field: str, scale: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with max_nodes, min_nodes and idle_minutes, as far as they are known now."""
    most, least, idle = scale.get("max_nodes", 1), scale.get("min_nodes", 0), scale.get("idle_minutes", 1)
    if isinstance(most, int) and most < 1:
        yield Problem(
            f"{field}.max_nodes", str(most), "no job ever starts here", "1 or more", "write 1 or more"
        )
    if isinstance(least, int) and isinstance(most, int) and not 0 <= least <= max(most, 0):
        yield Problem(
            field=f"{field}.min_nodes",
            given=str(least),
            message="nodes that stay up are among the pool's",
            allowed=f"0 to max_nodes, which is {most}",
            mend="write 0, so that nothing is paid for while nothing runs",
        )
    if isinstance(idle, int) and idle < 1:
        yield Problem(
            field=f"{field}.idle_minutes",
            given=str(idle),
            message="nodes would go while jobs still start on them",
            allowed="1 or more",
            mend="write 5 to 30, as long as the next job of a series takes to come",
        )


def _name(field: str, pool: PoolArgs) -> Iterator[Problem]:
    if not POOL_NAME.fullmatch(pool["name"]):
        yield Problem(
            field=f"{field}.name",
            given=repr(pool["name"]),
            message="the name of the pool's compute begins with it, and Azure would refuse that",
            allowed="1 to 20 lower-case letters, digits and hyphens, a letter first and no hyphen at the end",
            mend="write another name, as h100",
        )
    if pool["name"] == IMAGE_BUILD:
        yield Problem(
            field=f"{field}.name",
            given=repr(pool["name"]),
            message="the pool that builds images is called so",
            allowed=f"any other name than {IMAGE_BUILD}",
            mend="write another name; the other pool is set by image_build",
        )
    if pool.get("generation", 1) < 1:
        yield Problem(
            field=f"{field}.generation",
            given=str(pool.get("generation")),
            message="generations are counted from 1",
            allowed="1 or more",
            mend="write one more than before to have the pool built anew, or leave it out",
        )


def _per_job(field: str, pool: PoolArgs) -> Iterator[Problem]:
    per_job, most = pool.get("max_nodes_per_job", 1), pool["max_nodes"]
    if per_job < 1 or (isinstance(most, int) and per_job > most >= 1):
        yield Problem(
            field=f"{field}.max_nodes_per_job",
            given=str(per_job),
            message="a job has one node or more, all of them the pool's",
            allowed=f"1 to max_nodes, which is {most}" if isinstance(most, int) else "1 or more",
            mend="write fewer, or raise max_nodes",
        )


def _machine(field: str, pool: PoolArgs, location: Any) -> Iterator[Problem]:
    if problems := list(size_problems(f"{field}.size", pool["size"], location)):
        yield from problems
        return
    machine = size(pool["size"])
    if pool.get("low_priority", False) and not machine.low_priority:
        yield Problem(
            field=f"{field}.low_priority",
            given="True",
            message=f"Azure Machine Learning refuses low-priority nodes of {machine.name}"
            if machine.low_priority is False
            else f"no source says that Azure sells spare capacity of {machine.name}",
            allowed="False",
            mend="leave it out, or take another size",
        )
    yield from _limit(field, pool, machine)


def _limit(field: str, pool: PoolArgs, machine: Size) -> Iterator[Problem]:
    most, per_job = pool["max_nodes"], pool.get("max_nodes_per_job", 1)
    limit = node_limit(machine.name, per_job)
    highest = limit.raisable_to or limit.default
    if isinstance(most, int) and most > highest:
        link = " by InfiniBand" if machine.infiniband_gbps else ""
        spanning = per_job > 1
        yield Problem(
            field=f"{field}.max_nodes",
            given=str(most),
            message=f"a cluster whose nodes talk to each other{link} is no larger"
            if spanning
            else "Azure Machine Learning has no larger cluster",
            allowed=f"1 to {highest}"
            + (f", {limit.default} before Microsoft raises it" if limit.raisable_to else ""),
            mend="spread the nodes over several pools"
            + (", or write max_nodes_per_job: 1" if spanning else ""),
        )
