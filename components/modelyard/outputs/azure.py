"""`launch_target` on Azure: what a launcher needs to know of an environment, and nothing that is secret."""

from typing import Literal

from pydantic import Field

from modelyard.outputs.base import CommonFabric, CommonPool, CommonStore, CommonTarget, TargetPart

TARGET_DEPLOYMENT = "modelyard-target"
"""Name of the deployment in the environment's resource group whose output TARGET_OUTPUT holds the target: who
may read the group finds it there, without access to the state and without a way into the network."""

TARGET_OUTPUT = "launch_target"
"""Name of that output, which holds the target as JSON text."""


class AzureStore(CommonStore):
    """A container of a storage account."""

    datastore: str
    """Name that the workspace knows it by; jobs mount it under that."""


class AzureStores(TargetPart):
    """The environment's stores, by purpose."""

    datasets: AzureStore
    """What training reads."""

    checkpoints: AzureStore
    """What training writes, and the record of each run."""


class AzureFabric(CommonFabric):
    """The network between a pool's nodes."""

    infiniband_gbps: float | None = None
    """What a node's InfiniBand adapters carry together, in Gbit/s; none means TCP."""


class AzurePool(CommonPool):
    """A compute cluster of the workspace."""

    compute_name: str
    """Name of the cluster in the workspace."""

    capacity: Literal["on_demand", "spot"]
    """How the machines are bought: dedicated or low priority."""

    fabric: AzureFabric
    """The network between its nodes."""

    shared_memory_gib: int = Field(ge=1)
    """Shared memory that a job with a whole node is given, in GiB: the service's own 2 GiB are too few."""

    idle_shutdown_minutes: int
    """Minutes without a job after which a node is given back."""


class AzureWorkspace(TargetPart):
    """The Azure Machine Learning workspace that jobs are submitted to."""

    id: str
    """Resource id."""

    name: str
    """Name in its resource group."""

    discovery_url: str
    """Where the addresses of its services are found, those of logs among them."""


class AzureIdentity(TargetPart):
    """The identity that jobs act as."""

    id: str
    """Resource id."""

    client_id: str
    """Id that it signs in by."""


class AzureRecoveryTarget(TargetPart):
    """Where the target of the recovery region lies, for when this one can no longer be asked."""

    region: str
    """The recovery region."""

    resource_group: str
    """Its resource group, with the target in the deployment TARGET_DEPLOYMENT."""

    checkpoints_uri: str
    """Its checkpoint store."""


class AzureLaunchTarget(CommonTarget):
    """Schema `modelyard.target/1`, on Azure."""

    cloud: Literal["azure"]
    """Cloud that it is on."""

    subscription_id: str
    """Subscription that it is in."""

    tenant_id: str
    """Tenant of its identities."""

    resource_group: str
    """Resource group that it is in."""

    stores: AzureStores
    """Its stores."""

    workspace: AzureWorkspace
    """Its workspace."""

    registry: str
    """Registry that images are pulled from, as NAME.azurecr.io."""

    job_identity: AzureIdentity
    """Identity of its jobs."""

    image_build_compute: str | None = None
    """Cluster that builds images inside the network; none if images come from elsewhere."""

    pools: list[AzurePool] = Field(min_length=1)
    """Its pools."""

    egress: Literal["nat", "firewall"]
    """How nodes reach what has no private endpoint: `nat` (the internet), `firewall` (what the service needs
    and the environment's allow-list)."""

    recovery_target: AzureRecoveryTarget | None = None
    """Where to find the recovery region's target; none in that target itself, or without one."""
