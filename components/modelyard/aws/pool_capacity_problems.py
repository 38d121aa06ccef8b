"""What can be wrong with how a pool's machines are bought."""

from collections.abc import Iterator

from modelyard.aws.pool_args import CAPACITY_MODES, PoolArgs, takes_multi_node_jobs
from modelyard.errors import Problem
from modelyard.planning.windows import instant

RESERVED = ("open_reservation", "reservation", "capacity_block")


def capacity_problems(field: str, pool: PoolArgs) -> Iterator[Problem]:
    """Every problem of a pool's capacity; `field` is where the pool stands."""
    mode = pool["capacity_mode"]
    if mode not in CAPACITY_MODES:
        yield Problem(
            field=f"{field}.capacity_mode",
            given=repr(mode),
            message="capacity is bought in one of five ways",
            allowed=", ".join(CAPACITY_MODES),
            mend="name one of these",
        )
        return
    yield from _reservation(field, pool)
    yield from _window(field, pool)
    if mode == "spot" and takes_multi_node_jobs(pool):
        yield Problem(
            field=f"{field}.capacity_mode",
            given=repr(mode),
            message="AWS Batch runs multi-node jobs on on-demand or reserved capacity only",
            allowed=", ".join(mode for mode in CAPACITY_MODES if mode != "spot"),
            mend="choose one of these, or set max_nodes_per_job to 1",
        )
    min_nodes = pool.get("min_nodes", 0)
    if mode == "capacity_block" and isinstance(min_nodes, int) and min_nodes > 0:
        yield Problem(
            field=f"{field}.min_nodes",
            given=str(min_nodes),
            message="machines would be asked for outside of the window of the capacity block",
            allowed="0",
            mend="leave it out: the block is paid for as a whole anyway",
        )


def _reservation(field: str, pool: PoolArgs) -> Iterator[Problem]:
    mode = pool["capacity_mode"]
    named = [name for name in ("reservation_id", "reservation_group_arn") if name in pool]
    takes = _takes(mode)
    for name in named:
        if name not in takes:
            yield Problem(
                field=f"{field}.{name}",
                given="a reservation",
                message=f"capacity_mode {mode} doesn't use it",
                allowed=" or ".join(takes) or "nothing",
                mend="leave it out, or choose the capacity_mode that uses it",
            )
    if takes and not named:
        yield Problem(
            field=f"{field}.reservation_id",
            given="nothing",
            message=f"capacity_mode {mode} needs the reservation that it uses",
            allowed="the id of a capacity reservation, as cr-0123456789abcdef0",
            mend="name the reservation's id: capacity is never bought by `up`",
        )
    if mode == "reservation" and len(named) > 1:
        yield Problem(
            field=f"{field}.reservation_group_arn",
            given="a group beside reservation_id",
            message="machines are sent to one reservation or to one group of them",
            allowed="reservation_id or reservation_group_arn",
            mend="leave one of the two out",
        )


def _takes(mode: str) -> tuple[str, ...]:
    """The arguments by which a mode names its reservation."""
    if mode == "reservation":
        return ("reservation_id", "reservation_group_arn")
    return ("reservation_id",) if mode in RESERVED else ()


def _window(field: str, pool: PoolArgs) -> Iterator[Problem]:
    moments = {name: value for name in ("starts_at", "ends_at") if isinstance(value := pool.get(name), str)}
    broken = [name for name, value in moments.items() if not _is_moment(value)]
    for name in broken:
        yield Problem(
            field=f"{field}.{name}",
            given=repr(moments[name]),
            message="this names no moment",
            allowed="a moment in UTC, as 2026-12-01T11:30:00Z",
            mend="write it as the reservation shows it, in UTC",
        )
    if pool["capacity_mode"] != "capacity_block":
        for name in moments:
            yield Problem(
                field=f"{field}.{name}",
                given=repr(moments[name]),
                message="only a capacity block has a window",
                allowed="nothing",
                mend="leave it out",
            )
    elif len(moments) == 2 and not broken and moments["starts_at"] >= moments["ends_at"]:
        yield Problem(
            field=f"{field}.ends_at",
            given=moments["ends_at"],
            message=f"the block would end before it starts, at {moments['starts_at']}",
            allowed=f"a moment after {moments['starts_at']}",
            mend="write both as the reservation shows them",
        )


def _is_moment(text: str) -> bool:
    try:
        instant(text)
    except ValueError:
        return False
    return True
