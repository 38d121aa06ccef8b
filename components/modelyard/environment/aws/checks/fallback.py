"""Pools whose machines take another pool's jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.catalog.instances import instance_type, instance_type_names
from modelyard.environment.aws.capacity import Spot
from modelyard.environment.aws.sites import sites
from modelyard.errors import Problem
from modelyard.planning.fallback import lack
from modelyard.validation.values import given_text, listed, nearest

if TYPE_CHECKING:
    from modelyard.environment.aws.compute import Pool
    from modelyard.environment.aws.spec import AwsEnvironment


def fallbacks_are_pools(environment: AwsEnvironment) -> Iterator[Problem]:
    """A pool falls back to other pools of its region, each once."""
    for site in sites(environment):
        if site.pools_are_inherited:
            continue
        names = [pool.name for pool in site.pools]
        for place, pool in enumerate(site.pools):
            for turn, name in enumerate(pool.fallback):
                others = [other for other in names if other not in (pool.name, *pool.fallback[:turn])]
                if name in others:
                    continue
                like = nearest(name, others) if name not in names else ()
                yield Problem(
                    field=f"{site.pool_field(place, 'fallback')}[{turn}]",
                    given=given_text(name),
                    message=_why_not(pool, name, turn),
                    allowed=", ".join(others) or "nothing: there is no other pool",
                    mend=f"did you mean {listed(like)}?" if like else "name another pool, or remove it",
                )


def fallbacks_can_run_the_jobs(environment: AwsEnvironment) -> Iterator[Problem]:
    """What a job of the pool needs, a machine of its fallback has."""
    for site in sites(environment):
        if site.pools_are_inherited:
            continue
        pools = {pool.name: pool for pool in site.pools}
        for place, pool in enumerate(site.pools):
            for turn, name in enumerate(pool.fallback):
                other = pools.get(name)
                missing = _lack(pool, other) if other is not None and other is not pool else None
                if missing is not None:
                    yield Problem(
                        field=f"{site.pool_field(place, 'fallback')}[{turn}]",
                        given=given_text(name),
                        message=f'jobs of pool "{pool.name}" can\'t run on pool "{name}": {missing}',
                        allowed="a pool of the same accelerator and architecture, with machines as large",
                        mend="name another pool, or remove it",
                    )


def _why_not(pool: Pool, name: str, turn: int) -> str:
    if name == pool.name:
        return f'pool "{name}" can\'t fall back to itself'
    if name in pool.fallback[:turn]:
        return f'pool "{name}" is named already'
    return f'there is no pool "{name}" in this region'


def _lack(pool: Pool, other: Pool) -> str | None:
    """What the other pool lacks; None if it has everything, or a type isn't known."""
    if not {pool.instance_type, other.instance_type} <= set(instance_type_names()):
        return None
    machine = lack(instance_type(pool.instance_type), instance_type(other.instance_type))
    if machine is not None or pool.max_nodes_per_job == 1:
        return machine
    if isinstance(other.capacity, Spot):
        return "AWS Batch runs multi-node jobs on on-demand or reserved capacity only"
    if other.max_nodes_per_job < pool.max_nodes_per_job:
        return f"its jobs have {other.max_nodes_per_job} of {pool.max_nodes_per_job} nodes at most"
    return None
