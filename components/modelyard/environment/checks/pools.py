"""Pools by themselves and among each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.errors import Problem
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.spec import AwsEnvironment


def names_are_unique(environment: AwsEnvironment) -> Iterator[Problem]:
    """No two pools have one name."""
    names = [pool.name for pool in environment.compute]
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Problem(
                field=f"compute[{place}].name",
                given=given_text(name),
                message=f'compute[{names.index(name)}] is called "{name}" already',
                allowed="a name that no other pool has",
                mend="give one of the two another name",
            )


def sizes_fit_each_other(environment: AwsEnvironment) -> Iterator[Problem]:
    """A pool keeps no more nodes than it may have, and no job needs more."""
    for place, pool in enumerate(environment.compute):
        if pool.min_nodes > pool.max_nodes:
            yield Problem(
                field=f"compute[{place}].min_nodes",
                given=str(pool.min_nodes),
                message=f'pool "{pool.name}" keeps more nodes up than its max_nodes, {pool.max_nodes}',
                allowed=f"a whole number from 0 to {pool.max_nodes}",
                mend=f"lower min_nodes, or set max_nodes: {pool.min_nodes}",
            )
        if pool.max_nodes_per_job > pool.max_nodes:
            yield Problem(
                field=f"compute[{place}].max_nodes_per_job",
                given=str(pool.max_nodes_per_job),
                message=f'no job of pool "{pool.name}" gets more nodes than its max_nodes, {pool.max_nodes}',
                allowed=f"a whole number from 1 to {pool.max_nodes}",
                mend=f"lower max_nodes_per_job, or set max_nodes: {pool.max_nodes_per_job}",
            )
