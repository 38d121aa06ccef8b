"""Pools by themselves and among each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from modelyard.environment.sites import Site, named_pools, sites
from modelyard.errors import Problem
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.sites import Sited


def names_are_unique(environment: Sited) -> Iterator[Problem]:
    """No two pools have one name."""
    for site in _with_own_pools(environment):
        names = [pool.name for pool in site.pools]
        for place, name in enumerate(names):
            if name in names[:place]:
                yield Problem(
                    field=site.pool_field(place, "name"),
                    given=given_text(name),
                    message=f'{site.pools_field}[{names.index(name)}] is called "{name}" already',
                    allowed="a name that no other pool has",
                    mend="give one of the two another name",
                )


def sizes_fit_each_other(environment: Sited) -> Iterator[Problem]:
    """A pool keeps no more nodes than it may have, and no job needs more."""
    for field, pool in named_pools(environment):
        if pool.min_nodes > pool.max_nodes:
            yield Problem(
                field=f"{field}.min_nodes",
                given=str(pool.min_nodes),
                message=f'pool "{pool.name}" keeps more nodes up than its max_nodes, {pool.max_nodes}',
                allowed=f"a whole number from 0 to {pool.max_nodes}",
                mend=f"lower min_nodes, or set max_nodes: {pool.min_nodes}",
            )
        if pool.max_nodes_per_job > pool.max_nodes:
            yield Problem(
                field=f"{field}.max_nodes_per_job",
                given=str(pool.max_nodes_per_job),
                message=f'no job of pool "{pool.name}" gets more nodes than its max_nodes, {pool.max_nodes}',
                allowed=f"a whole number from 1 to {pool.max_nodes}",
                mend=f"lower max_nodes_per_job, or set max_nodes: {pool.max_nodes_per_job}",
            )


def recovery_pools_start_at_zero(environment: Sited) -> Iterator[Problem]:
    """Nothing runs in the recovery region before it is needed."""
    for field, pool in named_pools(environment):
        if field.startswith("recovery.") and pool.min_nodes > 0:
            yield Problem(
                field=f"{field}.min_nodes",
                given=str(pool.min_nodes),
                message="the cluster in the recovery region stands at zero nodes until it is needed",
                allowed="0",
                mend="remove min_nodes",
            )


def _with_own_pools(environment: Sited) -> Iterator[Site[Any, Any]]:
    return (site for site in sites(environment) if not site.pools_are_inherited)
