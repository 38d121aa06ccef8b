"""The launch target of an environment on Azure: what its YAML says, and what is known once it is up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelyard.catalog.azure import size
from modelyard.environment.azure.sites import Site, primary_site, recovery_site
from modelyard.environment.azure.storage import ExistingBlobStore
from modelyard.environment.tags import environment_tags
from modelyard.outputs.azure import (
    AzureFabric,
    AzureIdentity,
    AzureLaunchTarget,
    AzurePool,
    AzureRecoveryTarget,
    AzureStore,
    AzureStores,
    AzureWorkspace,
)
from modelyard.planning.azure.fabric import fabric_environment, shared_memory_gib
from modelyard.planning.azure.names import Names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.environment.azure.compute import Pool
    from modelyard.environment.azure.spec import AzureEnvironment

DATASETS, CHECKPOINTS = "datasets", "checkpoints"
"""Containers, and what the workspace calls them."""

GB_PER_GIB = 1.024**3


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What only the cloud knows of an environment."""

    compute_names: Mapping[str, str]
    """Cluster of each pool, by pool."""
    workspace_id: str
    discovery_url: str
    registry_login_server: str
    job_identity_id: str
    job_identity_client_id: str
    image_build_compute: str | None = None


def names(environment: AzureEnvironment, region: str) -> Names:
    """The names of an environment in one of its regions."""
    return Names(environment.name, environment.subscription_id, region, environment.generation)


def datasets_account(environment: AzureEnvironment, region: str) -> tuple[str, str]:
    """The account and the container that training reads in a region: ours, or what exists already."""
    datasets = environment.storage.datasets
    if isinstance(datasets, ExistingBlobStore):
        return datasets.account_id.rpartition("/")[2], datasets.container
    return names(environment, region).account(DATASETS), DATASETS


def launch_target(
    environment: AzureEnvironment, known: Provisioned, site: Site | None = None
) -> AzureLaunchTarget:
    """The target (modelyard.target/1) of one region, by default the primary.

    Raises UnknownSize.
    """
    site = site or primary_site(environment)
    region, called = site.region, names(environment, site.region)
    promotion = environment.storage.checkpoints.promotion
    account, container = datasets_account(environment, region)
    own = not isinstance(environment.storage.datasets, ExistingBlobStore)
    return AzureLaunchTarget(
        environment=environment.name,
        cloud=environment.cloud,
        subscription_id=environment.subscription_id,
        tenant_id=environment.tenant_id,
        resource_group=called.resource_group,
        region=region,
        recovery=site.recovery,
        stores=AzureStores(
            datasets=AzureStore(
                uri=blob_uri(account, container),
                region=region if own else environment.regions.primary,
                datastore=DATASETS,
            ),
            checkpoints=AzureStore(
                uri=blob_uri(called.account(CHECKPOINTS), CHECKPOINTS),
                region=region,
                lock_days=promotion.lock_days if promotion else None,
                datastore=CHECKPOINTS,
            ),
        ),
        workspace=AzureWorkspace(
            id=known.workspace_id, name=called.workspace, discovery_url=known.discovery_url
        ),
        registry=known.registry_login_server,
        job_identity=AzureIdentity(id=known.job_identity_id, client_id=known.job_identity_client_id),
        image_build_compute=known.image_build_compute,
        pools=[_pool(pool, known.compute_names[pool.name]) for pool in site.pools],
        egress=environment.network.egress,
        recovery_target=None if site.recovery else _recovery_target(environment),
        tags=environment_tags(environment),
    )


def blob_uri(account: str, container: str) -> str:
    """Where a container is."""
    return f"https://{account}.blob.core.windows.net/{container}"


def _recovery_target(environment: AzureEnvironment) -> AzureRecoveryTarget | None:
    site = recovery_site(environment)
    if site is None:
        return None
    called = names(environment, site.region)
    return AzureRecoveryTarget(
        region=site.region,
        resource_group=called.resource_group,
        checkpoints_uri=blob_uri(called.account(CHECKPOINTS), CHECKPOINTS),
    )


def _pool(pool: Pool, compute_name: str) -> AzurePool:
    machine = size(pool.instance_type)
    return AzurePool(
        name=pool.name,
        compute_name=compute_name,
        instance_type=machine.name,
        accelerator=machine.accelerator,
        accelerators_per_node=machine.accelerator_count,
        vcpus=machine.vcpus,
        memory_mib=machine.memory_mib,
        max_nodes=pool.max_nodes,
        max_nodes_per_job=pool.max_nodes_per_job,
        min_nodes=pool.min_nodes,
        architecture=machine.architecture,
        accelerator_memory_mib=machine.accelerator_memory_mib if machine.accelerator else None,
        instance_storage_gb=round(machine.local_storage_gib * GB_PER_GIB),
        capacity=pool.capacity.mode,
        fabric=AzureFabric(
            environment=fabric_environment(machine),
            network_gbps=machine.ethernet_gbps,
            infiniband_gbps=machine.infiniband_gbps,
        ),
        shared_memory_gib=shared_memory_gib(machine),
        idle_shutdown_minutes=pool.idle_shutdown_minutes,
    )
