"""What can be wrong with the pools that take another pool's jobs."""

from collections.abc import Iterator, Sequence

from modelyard.aws.pool_args import PoolArgs, takes_multi_node_jobs
from modelyard.catalog.instances import instance_type, instance_type_names
from modelyard.errors import Problem
from modelyard.planning.fallback import FALLBACKS_MAX, lack
from modelyard.validation.values import listed, nearest


def fallback_problems(field: str, pool: PoolArgs, pools: Sequence[PoolArgs]) -> Iterator[Problem]:
    """Every problem of a pool's fallback; `field` is where it stands, `pools` are all of the cluster."""
    names = pool.get("fallback", [])
    if len(names) > FALLBACKS_MAX:
        yield Problem(
            field=f"{field}.fallback",
            given=", ".join(names),
            message="a queue takes three compute environments, and the first is the pool's own",
            allowed=f"{FALLBACKS_MAX} pools at most",
            mend="leave the others out",
        )
    others = {other["name"]: other for other in pools if other["name"] != pool["name"]}
    for turn, name in enumerate(names):
        place = f"{field}.fallback[{turn}]"
        if name not in others or name in names[:turn]:
            yield _not_a_pool(place, name, _why_not(pool, name, turn), [*others])
        elif (why := _lack(pool, others[name])) is not None:
            yield Problem(
                field=place,
                given=name,
                message=f"it can't take the jobs of {pool['name']}: {why}",
                allowed="a pool of the same accelerator and architecture, with machines and jobs as large",
                mend="name another pool, or leave it out",
            )


def _why_not(pool: PoolArgs, name: str, turn: int) -> str:
    if name == pool["name"]:
        return "a pool can't fall back to itself"
    if name in pool.get("fallback", [])[:turn]:
        return "it is named already"
    return "there is no such pool in the cluster"


def _not_a_pool(place: str, name: str, why: str, others: Sequence[str]) -> Problem:
    like = nearest(name, [other for other in others if other != name])
    return Problem(
        field=place,
        given=name,
        message=why,
        allowed=", ".join(others) or "nothing: there is no other pool",
        mend=f"did you mean {listed(like)}?" if like else "name another pool, or leave it out",
    )


def _lack(pool: PoolArgs, other: PoolArgs) -> str | None:
    """What the other pool lacks; None if it has everything, or if a type isn't known."""
    if not {pool["instance_type"], other["instance_type"]} <= set(instance_type_names()):
        return None
    if takes_multi_node_jobs(pool):
        nodes, there = pool.get("max_nodes_per_job", 1), other.get("max_nodes_per_job", 1)
        if there < nodes:
            return f"its jobs have {there} of {nodes} nodes at most"
        if other["capacity_mode"] == "spot":
            return "AWS Batch runs multi-node jobs on on-demand or reserved capacity only"
    return lack(instance_type(pool["instance_type"]), instance_type(other["instance_type"]))
