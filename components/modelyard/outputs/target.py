"""`launch_target`: everything that a launcher needs to know of an environment, and nothing that is secret."""

from typing import Literal

from pydantic import Field

from modelyard.outputs.base import CommonFabric, CommonPool, CommonStore, CommonTarget, TargetPart


class StoreTarget(CommonStore):
    """A place for data."""

    kms_key_arn: str | None = None
    """Key that it is encrypted with."""


class StoreTargets(TargetPart):
    """The environment's stores, by purpose."""

    datasets: StoreTarget
    """What training reads."""

    checkpoints: StoreTarget
    """What training writes, and the record of each run."""


class Window(TargetPart):
    """The time for which a capacity block holds its machines. All moments in UTC, as 2026-12-01T11:30:00Z."""

    starts_at: str
    """When it starts. Batch takes jobs before and lets them wait."""

    drain_at: str
    """When EC2 begins to take machines back: what runs has to have left by then."""

    ends_at: str
    """When it ends on paper."""


class Host(TargetPart):
    """What the nodes' launch template puts on the host, for containers that mount it."""

    entrypoint_path: str
    """Read-only directory with the launcher's entrypoint."""

    notices_path: str
    """Directory with the file in which the host says that its machine will be taken back (notice.json)."""

    scratch_path: str
    """Fast local storage; on the root volume where the type has no disks of its own."""


class FileSystemTarget(TargetPart):
    """A file system that nodes can mount."""

    name: str
    """Name of the file system."""

    kind: Literal["fsx_lustre", "efs"]
    """Kind of file system."""

    dns_name: str
    """Name to mount it from."""

    mount_name: str | None = None
    """Name of the share, for FSx for Lustre."""


class Fabric(CommonFabric):
    """The network between a pool's nodes."""

    efa_interfaces: int = Field(ge=0)
    """EFA interfaces of a node; 0 means TCP."""


class PoolTarget(CommonPool):
    """A pool of machines behind a queue."""

    queue_arn: str
    """Job queue to submit to."""

    capacity: Literal["on_demand", "spot", "open_reservation", "reservation", "capacity_block"]
    """How the machines are bought."""

    fabric: Fabric
    """The network between its nodes."""

    fallback: list[str] = Field(default=[])
    """Pools whose machines take its jobs while it has none free, in this order."""

    window: Window | None = None
    """When its machines are there, for a capacity block."""

    zone_ids: list[str] = Field(default=[])
    """Zones that its nodes may run in; one for multi-node jobs and reserved capacity."""

    max_price_percent: int | None = None
    """Highest price paid, in percent of the on-demand price, for spot."""

    reservation: str | None = None
    """Id of the reservation or capacity block, or ARN of the group of reservations, that its machines come
    from."""

    root_volume_gib: int | None = None
    """Size of a node's root volume in GiB: the system, images, and scratch space without local disks."""

    runnable_limit_minutes: int | None = None
    """Minutes at the head of the queue after which a job that can never start there (it asks for more than a
    machine has, or than the pool may have) is cancelled. A job that waits for machines is not."""


class RegistryTarget(TargetPart):
    """Where images are pushed to and pulled from."""

    repository_url: str
    """Repository for training images."""


class RoleTargets(TargetPart):
    """Roles that a job runs under."""

    job_role_arn: str
    """What the training program may do."""

    execution_role_arn: str
    """What the agent may do to start it: pull the image, read the secrets it is given, write the log."""

    supervisor_role_arn: str | None = None
    """Role of a job that submits and ends jobs itself, here and in the environment's other region; none where
    there is no pool without accelerators for it to run in."""

    submitter_policy_arns: list[str] = Field(default=[])
    """Policies of whoever submits jobs in this region."""


class RecoveryTarget(TargetPart):
    """Where the target of the recovery region lies, for when this one can no longer be asked."""

    region: str
    """The recovery region."""

    checkpoints_uri: str
    """Its checkpoint store, which holds the target under RECOVERY_TARGET_OBJECT_KEY."""


class OpenHours(TargetPart):
    """When queues are open: outside of these hours they take no jobs, and what runs goes on to its end."""

    opens: str
    """Time of day at which they open, as 07:30."""

    closes: str
    """Time of day at which they close, later than `opens`."""

    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]]
    """Days on which they open."""

    time_zone: str
    """Time zone of these times, by its IANA name."""


class LaunchTarget(CommonTarget):
    """Schema `modelyard.target/1`, on AWS."""

    cloud: Literal["aws"]
    """Cloud that it is on."""

    account_id: str
    """Account that it is in."""

    stores: StoreTargets
    """Its stores."""

    registry: RegistryTarget
    """Its registry."""

    roles: RoleTargets
    """Its roles."""

    log_group: str
    """Log group of the jobs."""

    pools: list[PoolTarget] = Field(min_length=1)
    """Its pools."""

    file_systems: list[FileSystemTarget] = Field(default=[])
    """File systems that nodes can mount."""

    host: Host | None = None
    """What is on the nodes' host."""

    egress: Literal["endpoints", "nat"] | None = None
    """How nodes reach the cloud's services: `endpoints` (those of their region, and nothing else: neither the
    internet nor another region), `nat` (the internet). None in a target that is older than this field."""

    secrets: list[str] = Field(default=[])
    """What jobs may be given: ARNs of secrets and parameters of this region. One of a secret may end in
    -??????, which stands for the six characters that Secrets Manager puts there."""

    end_bad_nodes: bool = False
    """Whether who submits jobs may end a node of the environment, so that its job gets another."""

    recovery_target: RecoveryTarget | None = None
    """Where to find the recovery region's target; none in that target itself, or without one."""

    open_hours: OpenHours | None = None
    """When queues are open; none if they always are."""

    node_log_group: str | None = None
    """Log group of the nodes themselves."""

    tags: dict[str, str] = Field(default={})
    """Tags of everything in the environment, and of every job: who submits may end only what carries the tag
    `environment`."""
