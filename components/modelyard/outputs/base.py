"""What targets have in common on any cloud."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

TARGET_OBJECT_KEY = "modelyard/target.json"
"""Key of the object in the checkpoint store that holds the target, on AWS: on Azure nothing can be written
there from outside the network, and a deployment holds it (modelyard.outputs.azure)."""

RECOVERY_TARGET_OBJECT_KEY = "modelyard/target.recovery.json"
"""The same in the recovery region's checkpoint store. It has a key of its own, because the store is a
replica: the primary region's target is copied to it, and would take the place of one of the same key."""


def target_object_key(*, recovery: bool) -> str:
    """Key of the target in the checkpoint store of a region of AWS."""
    return RECOVERY_TARGET_OBJECT_KEY if recovery else TARGET_OBJECT_KEY


class TargetPart(BaseModel):
    """A frozen part of a target."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class CommonStore(TargetPart):
    """A place for data."""

    uri: str
    """Where it is: s3://bucket, https://account.blob.core.windows.net/container, or file:///directory."""

    region: str
    """Region that it is in."""

    lock_days: int | None = None
    """Days that what is promoted (written under keep/) is locked; none if nothing is."""


class CommonFabric(TargetPart):
    """The network between a pool's nodes."""

    environment: dict[str, str]
    """Variables that collectives want on such nodes."""

    device_paths: list[str] = []
    """Devices that a container needs to be given."""

    network_gbps: float | None = None
    """What all of a node's network cards carry together, in Gbit/s: the fixed rate, or the baseline where a
    type bursts above it."""


class CommonPool(TargetPart):
    """A pool of machines."""

    name: str
    """Name of the pool."""

    instance_type: str
    """Type or size of its machines."""

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

    min_nodes: int = Field(default=0, ge=0)
    """Nodes that stay up when nothing runs."""

    architecture: Literal["x86_64", "arm64"] | None = None
    """What images have to be built for."""

    accelerator_memory_mib: int | None = None
    """Memory of each accelerator in MiB."""

    instance_storage_gb: int | None = None
    """Fast local disks of a node, together, in GB; 0 where the type has none."""


class CommonTarget(TargetPart):
    """Schema `modelyard.target/1`, as far as it is the same on any cloud."""

    schema_: Literal["modelyard.target/1"] = Field(default="modelyard.target/1", alias="schema")
    """Name and version of this contract."""

    environment: str
    """Name of the environment."""

    region: str
    """Region that it is in."""

    recovery: bool = False
    """Whether this is the target in the recovery region, to be used when the primary one is lost."""

    tags: dict[str, str] = {}
    """Tags of everything in the environment, and of every job."""
