"""Compute pools: machines of one type behind one queue."""

from typing import Annotated

from pydantic import Field

from modelyard.environment.aws.capacity import Capacity
from modelyard.environment.base import RegionName, Slug, Spec, ZoneId

ImageId = Annotated[
    str,
    Field(
        pattern=r"^ami-[0-9a-f]{8,17}$",
        json_schema_extra={"allowed": "the id of a machine image, as ami-0123456789abcdef0"},
    ),
]


class Pool(Spec):
    """Machines of one type, bought one way, behind one job queue: from `min_nodes` to `max_nodes` of them."""

    name: Slug
    """Name of the pool, unique in the environment."""

    instance_type: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$",
            examples=["p5.48xlarge"],
            json_schema_extra={"allowed": "the name of an EC2 instance type, as p5.48xlarge"},
        ),
    ]
    """EC2 instance type, one that the catalog knows."""

    min_nodes: int = Field(default=0, ge=0, le=10_000)
    """Nodes that stay up when nothing runs. 0 costs nothing when idle."""

    max_nodes: int = Field(ge=1, le=10_000)
    """Most nodes at a time."""

    max_nodes_per_job: int = Field(default=1, ge=1, le=1_000)
    """Most nodes that one job may use. Above 1 the pool's nodes stay in one zone, and every node takes an
    address more for its task. 1,000 is Batch's default limit for the nodes of a multi-node job."""

    capacity: Capacity
    """How the machines are bought."""

    fallback: list[Slug] = Field(default=[], max_length=2)
    """Pools whose machines take this pool's jobs, in this order, while it has none free. Batch takes three
    compute environments a queue, so at most two."""

    zone_id: ZoneId | None = None
    """Availability zone, by its id (names differ between accounts). Unset, a pool for multi-node jobs takes
    the first of the environment's zones that offers its type, and other pools take every such zone. A pool on
    a reservation or a capacity block names the reservation's zone, unless only one zone offers its type."""

    image_ids: dict[RegionName, ImageId] = Field(default={})
    """Machine image of the nodes in each region, as `modelyard pin-images` writes it. Outside of development
    every region that the pool is in needs one. Without one Batch's newest ECS-optimised image is used, which
    drifts."""

    root_volume_gib: int = Field(default=200, ge=30, le=16_384)
    """Size of a node's encrypted root volume in GiB: the system, container images and scratch space."""

    update_wait_hours: int = Field(default=6, ge=1, le=6)
    """Hours that an update of the pool in place waits for running jobs before their machines are replaced.
    Pulumi's AWS provider takes 6 at most: where jobs run for longer, let them end before an update."""

    expected_utilization_percent: int = Field(default=30, ge=0, le=100)
    """Share of `max_nodes` that is expected to run on average. For cost estimates only."""

    idle_shutdown_minutes: int | None = Field(default=None, ge=15, le=1_440)
    """Minutes without a job after which the nodes that `min_nodes` keeps up are shut down, until the next
    working hours begin or the watcher is told to open. Unset, they stay. Nodes beyond `min_nodes` go by
    themselves."""

    def at_zero(self) -> "Pool":
        """The pool as the recovery region inherits it: with zones of its own, and nothing kept up."""
        return self.model_copy(update={"min_nodes": 0, "zone_id": None, "idle_shutdown_minutes": None})
