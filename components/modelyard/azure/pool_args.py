"""What a pool of nodes on Azure is told."""

from typing import NotRequired, TypedDict

import pulumi

IDLE_MINUTES = 15
"""Minutes that a node waits for another job unless said otherwise: long enough for the next of a series."""


class PoolArgs(TypedDict):
    """One pool of nodes: a compute cluster of the workspace."""

    name: str
    """Name of the pool: 1 to 20 lower-case letters, digits and hyphens, a letter first."""
    size: str
    """Size of its virtual machines, one that the catalog knows, as Standard_ND96isr_H100_v5."""
    max_nodes: pulumi.Input[int]
    """Most nodes at a time. Microsoft grants 100 where jobs span nodes with InfiniBand, and raises its other
    limits on request: more than those is refused by Azure until it has."""
    min_nodes: NotRequired[pulumi.Input[int]]
    """Nodes that stay up when nothing runs. Unset: 0."""
    max_nodes_per_job: NotRequired[int]
    """Most nodes that one job may use. Unset: 1."""
    idle_minutes: NotRequired[pulumi.Input[int]]
    """Minutes that a node without a job is kept. Unset: 15."""
    low_priority: NotRequired[bool]
    """Whether nodes are spare capacity, cheap and taken away at any time; a job there runs for seven days at
    most. Unset: no, they are dedicated."""
    generation: NotRequired[int]
    """Raised to have the pool built anew under another name. Unset: 1."""
