"""`launch_target`: everything that a launcher needs to know of an environment, and nothing that is secret."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

TARGET_OBJECT_KEY = "modelyard/target.json"
"""Key of the object in the checkpoint store that holds the target."""

RECOVERY_TARGET_OBJECT_KEY = "modelyard/target.recovery.json"
"""The same in the recovery region's checkpoint store. It has a key of its own, because the store is a
replica: the primary region's target is copied to it, and would take the place of one of the same key."""


def target_object_key(*, recovery: bool) -> str:
    """Key of the target in the checkpoint store of a region."""
    return RECOVERY_TARGET_OBJECT_KEY if recovery else TARGET_OBJECT_KEY


class _Target(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class StoreTarget(_Target):
    """A place for data."""

    uri: str
    """Where it is: s3://bucket or file:///directory."""

    region: str
    """Region that it is in."""

    kms_key_arn: str | None = None
    """Key that it is encrypted with."""

    lock_days: int | None = None
    """Days that what is promoted (written under keep/) is locked; none if nothing is."""


class StoreTargets(_Target):
    """The environment's stores, by purpose."""

    datasets: StoreTarget
    """What training reads."""

    checkpoints: StoreTarget
    """What training writes, and the record of each run."""


class Window(_Target):
    """The time for which a capacity block holds its machines. All moments in UTC, as 2026-12-01T11:30:00Z."""

    starts_at: str
    """When it starts. Batch takes jobs before and lets them wait."""

    drain_at: str
    """When EC2 begins to take machines back: what runs has to have left by then."""

    ends_at: str
    """When it ends on paper."""


class Host(_Target):
    """What the nodes' launch template puts on the host, for containers that mount it."""

    entrypoint_path: str
    """Read-only directory with the launcher's entrypoint."""

    notices_path: str
    """Directory with the file in which the host says that its machine will be taken back (notice.json)."""

    scratch_path: str
    """Fast local storage; on the root volume where the type has no disks of its own."""


class FileSystemTarget(_Target):
    """A file system that nodes can mount."""

    name: str
    """Name of the file system."""

    kind: Literal["fsx_lustre", "efs"]
    """Kind of file system."""

    dns_name: str
    """Name to mount it from."""

    mount_name: str | None = None
    """Name of the share, for FSx for Lustre."""


class Fabric(_Target):
    """The network between a pool's nodes."""

    efa_interfaces: int = Field(ge=0)
    """EFA interfaces of a node; 0 means TCP."""

    environment: dict[str, str]
    """Variables that NCCL and libfabric want on such nodes."""

    device_paths: list[str] = []
    """Devices that a container needs to be given: of EFA, of Neuron."""

    network_gbps: float | None = None
    """What all of a node's network cards carry together, in Gbit/s: the fixed rate, or the baseline where a
    type bursts above it."""


class PoolTarget(_Target):
    """A pool of machines behind a queue."""

    name: str
    """Name of the pool."""

    queue_arn: str
    """Job queue to submit to."""

    instance_type: str
    """Type of its machines."""

    accelerator: str | None
    """Accelerator of a node, as H100; none on CPU nodes."""

    accelerators_per_node: int = Field(ge=0)
    """Number of accelerators of a node."""

    vcpus: int = Field(ge=1)
    """Virtual CPUs of a node."""

    memory_mib: int = Field(ge=1)
    """Memory of a node in MiB, as the machine has it: the host takes a share."""

    max_nodes: int = Field(ge=1)
    """Most nodes at a time."""

    max_nodes_per_job: int = Field(ge=1)
    """Most nodes that one job may use."""

    capacity: Literal["on_demand", "spot", "open_reservation", "reservation", "capacity_block"]
    """How the machines are bought."""

    fabric: Fabric
    """The network between its nodes."""

    fallback: list[str] = []
    """Pools whose machines take its jobs while it has none free, in this order."""

    window: Window | None = None
    """When its machines are there, for a capacity block."""

    min_nodes: int = Field(default=0, ge=0)
    """Nodes that stay up when nothing runs."""

    zone_ids: list[str] = []
    """Zones that its nodes may run in; one for multi-node jobs and reserved capacity."""

    max_price_percent: int | None = None
    """Highest price paid, in percent of the on-demand price, for spot."""

    reservation: str | None = None
    """Id of the reservation or capacity block, or ARN of the group of reservations, that its machines come
    from."""

    architecture: Literal["x86_64", "arm64"] | None = None
    """What images have to be built for."""

    accelerator_memory_mib: int | None = None
    """Memory of each accelerator in MiB."""

    instance_storage_gb: int | None = None
    """Fast local disks of a node, together, in GB; 0 where the type has none, and scratch space lies on the
    root volume."""

    root_volume_gib: int | None = None
    """Size of a node's root volume in GiB: the system, images, and scratch space without local disks."""

    runnable_limit_minutes: int | None = None
    """Minutes at the head of the queue after which a job that can never start there (it asks for more than a
    machine has, or than the pool may have) is cancelled. A job that waits for machines is not."""


class RegistryTarget(_Target):
    """Where images are pushed to and pulled from."""

    repository_url: str
    """Repository for training images."""


class RoleTargets(_Target):
    """Roles that a job runs under."""

    job_role_arn: str
    """What the training program may do."""

    execution_role_arn: str
    """What the agent may do to start it: pull the image, read the secrets it is given, write the log."""

    supervisor_role_arn: str | None = None
    """Role of a job that submits and ends jobs itself, here and in the environment's other region; none where
    there is no pool without accelerators for it to run in."""

    submitter_policy_arns: list[str] = []
    """Policies of whoever submits jobs in this region."""


class RecoveryTarget(_Target):
    """Where the target of the recovery region lies, for when this one can no longer be asked."""

    region: str
    """The recovery region."""

    checkpoints_uri: str
    """Its checkpoint store, which holds the target under RECOVERY_TARGET_OBJECT_KEY."""


class OpenHours(_Target):
    """When queues are open: outside of these hours they take no jobs, and what runs goes on to its end."""

    opens: str
    """Time of day at which they open, as 07:30."""

    closes: str
    """Time of day at which they close, later than `opens`."""

    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]]
    """Days on which they open."""

    time_zone: str
    """Time zone of these times, by its IANA name."""


class LaunchTarget(_Target):
    """Schema `modelyard.target/1`."""

    schema_: Literal["modelyard.target/1"] = Field(default="modelyard.target/1", alias="schema")
    """Name and version of this contract."""

    environment: str
    """Name of the environment."""

    cloud: Literal["aws"]
    """Cloud that it is on."""

    account_id: str
    """Account that it is in."""

    region: str
    """Region that it is in."""

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

    recovery: bool = False
    """Whether this is the target in the recovery region, to be used when the primary one is lost."""

    file_systems: list[FileSystemTarget] = []
    """File systems that nodes can mount."""

    host: Host | None = None
    """What is on the nodes' host."""

    egress: Literal["endpoints", "nat"] | None = None
    """How nodes reach the cloud's services: `endpoints` (those of their region, and nothing else: neither the
    internet nor another region), `nat` (the internet). None in a target that is older than this field."""

    secrets: list[str] = []
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

    tags: dict[str, str] = {}
    """Tags of everything in the environment, and of every job: who submits may end only what carries the tag
    `environment`."""
