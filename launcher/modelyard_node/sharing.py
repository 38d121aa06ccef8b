"""What processes share that mpirun started on one node: its number, and its files.

mpirun tells a process its rank among those of its node, in an order of its own, but not which node that is.
So each says what it knows its node by, and the main node, which hears of all, numbers the nodes by the lowest
rank of each. Whose that is does what is done once on a node.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from modelyard_node.ends import broken
from modelyard_node.node import Node
from modelyard_node.scratch import hold

_NODE_VARIABLE = "AZUREML_CR_NODE_RANK"
"""By which processes of one node are told from those of another even where both are on one machine, as in a
sandbox (not documented, and so never relied on alone)."""


def find_nodes(node: Node) -> None:
    """Learn the number of this process's node, and whether it leads that. Raises EndedError."""
    place = node.place
    name = f"{place.host} {node.environ.get(_NODE_VARIABLE, '')}".strip()
    number, leader = node.meet("nodes", name, partial(numbered, place.num_nodes))[name]
    node.place = place._replace(node_rank=number, leads_node=leader == place.rank)


def numbered(num_nodes: int, names: Mapping[int, str]) -> dict[str, tuple[int, int]]:
    """The number of each node, and its lowest rank, by what it is known by.

    Args:
        num_nodes: how many nodes there should be.
        names: what each rank knows its node by, in the order of ranks.

    Raises:
        EndedError: mpirun has spread the processes over more or fewer.
    """
    leaders: dict[str, int] = {}
    for rank, name in names.items():
        leaders.setdefault(name, rank)
    if len(leaders) != num_nodes:
        raise broken(
            f"mpirun started processes on {', '.join(leaders)}, and the job has {num_nodes} "
            f"node{'s' if num_nodes > 1 else ''}"
        )
    return {name: (number, rank) for number, (name, rank) in enumerate(leaders.items())}


def share_files(node: Node) -> None:
    """Wait until every node has its files, and hold those of this one. Raises EndedError."""
    place = node.place
    mine = [place.node_rank, str(node.directory)] if place.leads_node else None
    directory = Path(node.meet("files", mine, _directories)[place.node_rank])
    if place.leads_node:
        return
    try:
        node.shared = hold(directory)
    except OSError as error:
        raise broken(
            f"the files of node {place.node_rank}, which another of its processes put into {directory}, "
            f"can't be had: {error.strerror or error}"
        ) from error


def _directories(brought: Mapping[int, Any]) -> list[str]:
    """The directory with the files of each node, by its number."""
    return [directory for _, directory in sorted(filter(None, brought.values()))]
