"""The launch target of an environment: what its specification says, and what is known once it is up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelyard.catalog.instances import instance_type
from modelyard.environment.compute import Pool
from modelyard.environment.spec import AwsEnvironment
from modelyard.outputs import (
    Fabric,
    LaunchTarget,
    PoolTarget,
    RegistryTarget,
    RoleTargets,
    StoreTarget,
    StoreTargets,
)
from modelyard.planning.fabric import fabric_environment
from modelyard.planning.names import bucket_name


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


def datasets_bucket(environment: AwsEnvironment) -> str:
    """Name of the bucket that training reads: the environment's own, or the one that exists already."""
    datasets = environment.storage.datasets
    return datasets.bucket if datasets.kind == "existing_s3" else own_bucket(environment, "datasets")


def own_bucket(environment: AwsEnvironment, purpose: str) -> str:
    """Name of a bucket of the environment's own."""
    return bucket_name(environment.name, purpose, environment.account_id, environment.regions.primary)


def launch_target(environment: AwsEnvironment, known: Provisioned) -> LaunchTarget:
    """The target (modelyard.target/1). Raises UnknownInstanceType."""
    region = environment.regions.primary
    return LaunchTarget(
        environment=environment.name,
        cloud=environment.cloud,
        account_id=environment.account_id,
        region=region,
        stores=StoreTargets(
            datasets=StoreTarget(
                uri=f"s3://{datasets_bucket(environment)}", region=region, kms_key_arn=known.datasets_key_arn
            ),
            checkpoints=StoreTarget(
                uri=f"s3://{own_bucket(environment, 'checkpoints')}",
                region=region,
                kms_key_arn=known.checkpoints_key_arn,
            ),
        ),
        registry=RegistryTarget(repository_url=known.repository_url),
        roles=RoleTargets(job_role_arn=known.job_role_arn, execution_role_arn=known.execution_role_arn),
        log_group=known.log_group,
        pools=[_pool_target(pool, known.queue_arns[pool.name]) for pool in environment.compute],
    )


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
        fabric=Fabric(efa_interfaces=instance.efa_interfaces, environment=fabric_environment(instance)),
    )
