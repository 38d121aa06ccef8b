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


class RegistryTarget(_Target):
    """Where images are pushed to and pulled from."""

    repository_url: str
    """Repository for training images."""


class RoleTargets(_Target):
    """Roles that a job runs under."""

    job_role_arn: str
    """What the training program may do."""

    execution_role_arn: str
    """What the agent may do to start it: pull the image, write the log."""


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
