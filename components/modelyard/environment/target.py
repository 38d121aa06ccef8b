"""The launch target of an environment: what its specification says, and what is known once it is up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modelyard.catalog.instances import instance_type
from modelyard.environment.capacity import CapacityBlock
from modelyard.environment.compute import Pool
from modelyard.environment.sites import Site, primary_site
from modelyard.environment.spec import AwsEnvironment
from modelyard.outputs import (
    Fabric,
    FileSystemTarget,
    Host,
    LaunchTarget,
    PoolTarget,
    RegistryTarget,
    RoleTargets,
    StoreTarget,
    StoreTargets,
    Window,
)
from modelyard.planning.fabric import device_paths, fabric_environment
from modelyard.planning.host import ENTRYPOINT_PATH, NOTICES_PATH, SCRATCH_PATH
from modelyard.planning.names import bucket_name
from modelyard.planning.windows import drain_at


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What only the cloud knows of an environment."""

    queue_arns: Mapping[str, str]
    """ARN of each pool's job queue, by pool."""
    repository_url: str
    job_role_arn: str
    execution_role_arn: str
    log_group: str
    datasets_key_arn: str | None
    checkpoints_key_arn: str | None
    file_systems: Sequence[FileSystemTarget] = ()
    """File systems that nodes can mount."""


def datasets_bucket(environment: AwsEnvironment, region: str | None = None) -> str:
    """Name of the bucket that training reads: the environment's own, or the one that exists already."""
    datasets = environment.storage.datasets
    return datasets.bucket if datasets.kind == "existing_s3" else own_bucket(environment, "datasets", region)


def own_bucket(environment: AwsEnvironment, purpose: str, region: str | None = None) -> str:
    """Name of a bucket of the environment's own in a region, by default the primary one."""
    place = region or environment.regions.primary
    return bucket_name(environment.name, purpose, environment.account_id, place)


def launch_target(environment: AwsEnvironment, known: Provisioned, site: Site | None = None) -> LaunchTarget:
    """The target (modelyard.target/1) of one region, by default the primary. Raises UnknownInstanceType."""
    site = site or primary_site(environment)
    region, promotion = site.region, environment.storage.checkpoints.promotion
    return LaunchTarget(
        environment=environment.name,
        cloud=environment.cloud,
        account_id=environment.account_id,
        region=region,
        recovery=site.recovery,
        stores=StoreTargets(
            datasets=StoreTarget(
                uri=f"s3://{datasets_bucket(environment, region)}",
                region=_datasets_region(environment, region),
                kms_key_arn=known.datasets_key_arn,
            ),
            checkpoints=StoreTarget(
                uri=f"s3://{own_bucket(environment, 'checkpoints', region)}",
                region=region,
                kms_key_arn=known.checkpoints_key_arn,
                lock_days=promotion.lock_days if promotion else None,
            ),
        ),
        registry=RegistryTarget(repository_url=known.repository_url),
        roles=RoleTargets(job_role_arn=known.job_role_arn, execution_role_arn=known.execution_role_arn),
        log_group=known.log_group,
        pools=[_pool_target(pool, known.queue_arns[pool.name]) for pool in site.pools],
        file_systems=list(known.file_systems),
        host=Host(entrypoint_path=ENTRYPOINT_PATH, notices_path=NOTICES_PATH, scratch_path=SCRATCH_PATH),
    )


def _datasets_region(environment: AwsEnvironment, region: str) -> str:
    """Where the datasets are: with the nodes if they are ours, else in the primary region."""
    return environment.regions.primary if environment.storage.datasets.kind == "existing_s3" else region


def _pool_target(pool: Pool, queue_arn: str) -> PoolTarget:
    instance = instance_type(pool.instance_type)
    return PoolTarget(
        name=pool.name,
        queue_arn=queue_arn,
        instance_type=instance.name,
        accelerator=instance.accelerator,
        accelerators_per_node=instance.accelerator_count,
        vcpus=instance.vcpus,
        memory_mib=instance.memory_mib,
        max_nodes=pool.max_nodes,
        max_nodes_per_job=pool.max_nodes_per_job,
        capacity=pool.capacity.mode,
        fabric=Fabric(
            efa_interfaces=instance.efa_interfaces,
            environment=fabric_environment(instance),
            device_paths=list(device_paths(instance)),
        ),
        fallback=pool.fallback,
        window=_window(pool),
    )


def _window(pool: Pool) -> Window | None:
    block = pool.capacity
    if not isinstance(block, CapacityBlock):
        return None
    drain = drain_at(pool.instance_type, block.ends_at)
    return Window(starts_at=block.starts_at, drain_at=drain, ends_at=block.ends_at)
