"""Compute pools: machines of one size in one cluster of Azure Machine Learning."""

from typing import Annotated, Literal

from pydantic import Field

from modelyard.environment.base import Slug, Spec

SizeName = Annotated[
    str,
    Field(
        pattern=r"^Standard_[A-Za-z0-9_-]+$",
        max_length=60,
        examples=["Standard_ND96isr_H100_v5"],
        json_schema_extra={
            "allowed": "the name of a size of Azure's machines, as Standard_ND96isr_H100_v5",
            "mend": "write a size by its whole name, as Standard_ND96isr_H100_v5",
        },
    ),
]


class OnDemand(Spec):
    """Machines at the list price, as long as a job needs them: dedicated nodes of Azure Machine Learning."""

    mode: Literal["on_demand"]
    """Kind of capacity."""


class Spot(Spec):
    """Spare machines that Azure may take back at any time: Azure Machine Learning's low-priority nodes, which
    are spot machines at the price of the time. A job whose nodes are taken starts again by itself, from its
    last checkpoint. Of some sizes, as those with H100, the service has none.
    """

    # Low-priority machines were retired on 2026-03-31 (MicrosoftDocs/azure-ai-docs#806, 2026-08-19).

    mode: Literal["spot"]
    """Kind of capacity."""


Capacity = Annotated[OnDemand | Spot, Field(discriminator="mode")]


class Pool(Spec):
    """Machines of one size, bought one way, in one cluster: from `min_nodes` to `max_nodes` of them."""

    name: Slug
    """Name of the pool, unique in the environment."""

    instance_type: SizeName
    """Size of the machines, one that the catalog knows. `modelyard doctor` looks whether Azure Machine
    Learning offers it."""

    min_nodes: int = Field(default=0, ge=0, le=10_000)
    """Nodes that stay up when nothing runs. 0 costs nothing when idle."""

    max_nodes: int = Field(ge=1, le=10_000)
    """Most nodes at a time. More than 100 (300 where jobs span nodes without InfiniBand) Microsoft has to
    allow first; where they span nodes with InfiniBand there are no more."""

    max_nodes_per_job: int = Field(default=1, ge=1, le=1_000)
    """Most nodes that one job may use. Above 1 the cluster is one placement group, as InfiniBand wants it."""

    capacity: Capacity
    """How the machines are bought."""

    idle_shutdown_minutes: int = Field(default=5, ge=1, le=1_440)
    """Minutes without a job after which nodes beyond `min_nodes` are given back."""

    expected_utilization_percent: int = Field(default=30, ge=0, le=100)
    """Share of `max_nodes` that is expected to run on average. For cost estimates only."""

    def at_zero(self) -> "Pool":
        """The pool as the recovery region inherits it: nothing is kept up there."""
        return self.model_copy(update={"min_nodes": 0})
