"""The launch target of an environment: what its specification says, and what is known once it is up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modelyard.catalog.instances import instance_type
from modelyard.environment.aws.capacity import CapacityBlock, OpenReservation, Reservation, Spot
from modelyard.environment.aws.compute import Pool
from modelyard.environment.aws.needs import pool_zones
from modelyard.environment.aws.sites import Site, primary_site, recovery_site
from modelyard.environment.aws.spec import AwsEnvironment
from modelyard.environment.tags import environment_tags
from modelyard.outputs import (
    Fabric,
    FileSystemTarget,
    Host,
    LaunchTarget,
    OpenHours,
    PoolTarget,
    RecoveryTarget,
    RegistryTarget,
    RoleTargets,
    StoreTarget,
    StoreTargets,
    Window,
)
from modelyard.planning.fabric import device_paths, fabric_environment
from modelyard.planning.host import ENTRYPOINT_PATH, NOTICES_PATH, SCRATCH_PATH
from modelyard.planning.names import bucket_name, node_log_group
from modelyard.planning.queues import STUCK_AFTER_SECONDS
from modelyard.planning.secrets import in_region
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
    supervisor_role_arn: str | None = None
    submitter_policy_arns: Sequence[str] = ()


def datasets_bucket(environment: AwsEnvironment, region: str | None = None) -> str:
    """Name of the bucket that training reads: the environment's own, or the one that exists already."""
    datasets = environment.storage.datasets
    return datasets.bucket if datasets.kind == "existing_s3" else own_bucket(environment, "datasets", region)


def own_bucket(environment: AwsEnvironment, purpose: str, region: str | None = None) -> str:
    """Name of a bucket of the environment's own in a region, by default the primary one."""
    place = region or environment.regions.primary
    return bucket_name(environment.name, purpose, environment.account_id, place)


def launch_target(environment: AwsEnvironment, known: Provisioned, site: Site | None = None) -> LaunchTarget:
    """The target (modelyard.target/1) of one region, by default the primary.

    Raises UnknownInstanceType and UnknownRegion.
    """
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
        roles=RoleTargets(
            job_role_arn=known.job_role_arn,
            execution_role_arn=known.execution_role_arn,
            supervisor_role_arn=known.supervisor_role_arn,
            submitter_policy_arns=list(known.submitter_policy_arns),
        ),
        log_group=known.log_group,
        node_log_group=node_log_group(environment.name),
        pools=[_pool_target(site, pool, known.queue_arns[pool.name]) for pool in site.pools],
        file_systems=list(known.file_systems),
        host=Host(entrypoint_path=ENTRYPOINT_PATH, notices_path=NOTICES_PATH, scratch_path=SCRATCH_PATH),
        egress=environment.network.egress,
        secrets=in_region(environment.jobs.secrets, region),
        end_bad_nodes=environment.jobs.end_bad_nodes,
        recovery_target=None if site.recovery else _recovery_target(environment),
        open_hours=_open_hours(environment),
        tags=environment_tags(environment),
    )


def _recovery_target(environment: AwsEnvironment) -> RecoveryTarget | None:
    site = recovery_site(environment)
    if site is None:
        return None
    uri = f"s3://{own_bucket(environment, 'checkpoints', site.region)}"
    return RecoveryTarget(region=site.region, checkpoints_uri=uri)


def _open_hours(environment: AwsEnvironment) -> OpenHours | None:
    hours = environment.working_hours
    if hours is None:
        return None
    return OpenHours(opens=hours.opens, closes=hours.closes, days=list(hours.days), time_zone=hours.time_zone)


def _datasets_region(environment: AwsEnvironment, region: str) -> str:
    """Where the datasets are: with the nodes if they are ours, else in the primary region."""
    return environment.regions.primary if environment.storage.datasets.kind == "existing_s3" else region


def _pool_target(site: Site, pool: Pool, queue_arn: str) -> PoolTarget:
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
            network_gbps=instance.network_gbps,
        ),
        fallback=pool.fallback,
        window=_window(pool),
        min_nodes=pool.min_nodes,
        zone_ids=list(pool_zones(site, pool)),
        max_price_percent=pool.capacity.max_price_percent if isinstance(pool.capacity, Spot) else None,
        reservation=_reservation(pool),
        architecture=instance.architecture,
        accelerator_memory_mib=instance.accelerator_memory_mib if instance.accelerator else None,
        instance_storage_gb=instance.local_storage_gb,
        root_volume_gib=pool.root_volume_gib,
        runnable_limit_minutes=STUCK_AFTER_SECONDS // 60,
    )


def _reservation(pool: Pool) -> str | None:
    capacity = pool.capacity
    if isinstance(capacity, Reservation) and capacity.resource_group_arn is not None:
        return capacity.resource_group_arn
    reserved = isinstance(capacity, OpenReservation | Reservation | CapacityBlock)
    return capacity.reservation_id if reserved else None


def _window(pool: Pool) -> Window | None:
    block = pool.capacity
    if not isinstance(block, CapacityBlock):
        return None
    drain = drain_at(pool.instance_type, block.ends_at)
    return Window(starts_at=block.starts_at, drain_at=drain, ends_at=block.ends_at)
