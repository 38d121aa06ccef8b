"""The launch target of an environment, from its specification and what was built."""

from typing import Any

import pulumi

from modelyard.aws.encryption import Encryption
from modelyard.aws.gpu_cluster import GpuCluster
from modelyard.catalog.instances import instance_type
from modelyard.environment.compute import Pool
from modelyard.environment.spec import AwsEnvironment
from modelyard.environment.storage import ExistingS3Store
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


def launch_target(
    environment: AwsEnvironment,
    datasets_bucket: str,
    checkpoints_bucket: str,
    keys: Encryption,
    cluster: GpuCluster,
) -> pulumi.Output[str]:
    """The target as JSON text."""
    known_later = pulumi.Output.all(
        datasets_key=datasets_key_arn(environment, keys),
        checkpoints_key=keys.key_arn("checkpoints"),
        queues=cluster.queue_arns,
        job_role=cluster.job_role_arn,
        execution_role=cluster.execution_role_arn,
        repository=cluster.repository_url,
        log_group=cluster.log_group_name,
    )

    def build(known: dict[str, Any]) -> str:
        region = environment.regions.primary
        target = LaunchTarget(
            environment=environment.name,
            cloud="aws",
            account_id=environment.account_id,
            region=region,
            stores=StoreTargets(
                datasets=StoreTarget(
                    uri=f"s3://{datasets_bucket}", region=region, kms_key_arn=known["datasets_key"]
                ),
                checkpoints=StoreTarget(
                    uri=f"s3://{checkpoints_bucket}", region=region, kms_key_arn=known["checkpoints_key"]
                ),
            ),
            registry=RegistryTarget(repository_url=known["repository"]),
            roles=RoleTargets(job_role_arn=known["job_role"], execution_role_arn=known["execution_role"]),
            log_group=known["log_group"],
            pools=[pool_target(pool, known["queues"][pool.name]) for pool in environment.compute],
        )
        return target.model_dump_json(by_alias=True, indent=2)

    return known_later.apply(build)


def datasets_key_arn(environment: AwsEnvironment, keys: Encryption) -> pulumi.Input[str] | None:
    """Key of the dataset bucket: ours, the existing bucket's, or none."""
    datasets = environment.storage.datasets
    return datasets.kms_key_arn if isinstance(datasets, ExistingS3Store) else keys.key_arn("datasets")


def pool_target(pool: Pool, queue_arn: str) -> PoolTarget:
    """What a launcher needs to know of a pool."""
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
