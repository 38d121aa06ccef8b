"""What a pool of machines is told: its own arguments, and what it shares with the others of its cluster."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi

CAPACITY_MODES = ("on_demand", "spot", "open_reservation", "reservation", "capacity_block")
"""How machines are bought. Never by `up`: what is reserved exists before, and is named."""

ONE_ZONE_MODES = ("reservation", "capacity_block")
"""Modes whose machines are all in the reservation's zone, and nowhere else."""

LONGEST_UPDATE_WAIT_HOURS = 6
"""Most hours that an update in place can wait for running jobs. Batch takes 120 (AWS Batch API Reference,
UpdatePolicy, 2026-11), but the AWS provider refuses more (hashicorp/terraform-provider-aws#48709, open)."""


class PoolArgs(TypedDict):
    """One pool of machines."""

    name: str
    """Name of the pool."""
    instance_type: str
    """EC2 instance type, one that the catalog knows."""
    max_nodes: pulumi.Input[int]
    """Most nodes at a time; of a capacity block, the nodes that it holds."""
    capacity_mode: str
    """How machines are bought: on_demand, spot, open_reservation, reservation or capacity_block."""
    zone_ids: list[str]
    """Zones that nodes may run in; one for multi-node jobs, and the reservation's for reservation and
    capacity_block."""
    min_nodes: NotRequired[pulumi.Input[int]]
    """Nodes that stay up when nothing runs. Unset: 0, and always 0 for a capacity block."""
    max_nodes_per_job: NotRequired[int]
    """Most nodes that one job may use. Unset: 1."""
    reservation_id: NotRequired[pulumi.Input[str]]
    """Id of the capacity reservation, for open_reservation, reservation and capacity_block. Machines are sent
    to it, but for an open one: there EC2 finds the match by itself."""
    reservation_group_arn: NotRequired[pulumi.Input[str]]
    """ARN of a resource group of capacity reservations, for reservation, in place of reservation_id."""
    starts_at: NotRequired[str]
    """When the capacity block starts, in UTC, as 2026-12-01T11:30:00Z."""
    ends_at: NotRequired[str]
    """When the capacity block ends, in UTC. Nodes ask their jobs to leave before EC2 takes them back."""
    max_price_percent: NotRequired[pulumi.Input[int]]
    """Highest spot price, in percent of the on-demand price. Unset: 100."""
    fallback: NotRequired[list[str]]
    """Pools of the cluster whose machines take this pool's jobs while it has none free, in this order, two at
    most."""
    image_id: NotRequired[pulumi.Input[str]]
    """Machine image, made from an ECS-optimised one of Amazon Linux 2023 (root volume /dev/xvda). Unset: the
    newest ECS-optimised image, which drifts."""
    root_volume_gib: NotRequired[pulumi.Input[int]]
    """Size of the encrypted root volume in GiB. Unset: 200."""
    update_wait_hours: NotRequired[int]
    """Hours that an update in place waits for running jobs, 1 to 6: let longer jobs end before. Unset: 6."""
    idle_shutdown_minutes: NotRequired[int]
    """Minutes after which something else, as Watcher, lets idle nodes go. Here it becomes a tag, no more."""
    externally_scaled: NotRequired[bool]
    """Whether something else opens and closes the pool and sets the least number of nodes, as working hours
    do: `up` then leaves the state of queue and compute environment and that number as it finds them. Unset:
    false."""


class PoolWiring(TypedDict):
    """What a pool shares with the others of its cluster."""

    environment: str
    region: str
    subnet_ids: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    security_group_id: pulumi.Input[str]
    volume_key_arn: pulumi.Input[str]
    instance_profile_arn: pulumi.Input[str]
    tags: Mapping[str, pulumi.Input[str]]
    deletion_hooks: pulumi.ResourceHookBinding | None
    """What lets a deletion wait for queues to let go; None if the engine knows no such hooks."""


def takes_multi_node_jobs(args: PoolArgs) -> bool:
    """Whether one job may use several of the pool's nodes."""
    return args.get("max_nodes_per_job", 1) > 1
