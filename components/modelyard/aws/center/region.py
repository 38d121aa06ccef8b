"""What stands in one region of a data center: network, buckets, file systems, cluster."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import pulumi
import pulumi_aws as aws

from modelyard.aws.center.pools import pool_args
from modelyard.aws.center.setting import Keys, Setting
from modelyard.aws.elastic_file_system import ElasticFileSystem, ElasticFileSystemArgs
from modelyard.aws.gpu_cluster import GpuCluster, GpuClusterArgs
from modelyard.aws.lustre import LustreFileSystem, LustreFileSystemArgs
from modelyard.aws.network import Network, NetworkArgs
from modelyard.aws.storage import BucketArgs, Storage
from modelyard.aws.target import target_json
from modelyard.environment.aws import file_systems as specs
from modelyard.environment.aws.needs import interface_services, lustre_zone, zone_ids
from modelyard.environment.aws.sites import Site
from modelyard.environment.aws.storage import CheckpointStore, ExistingS3Store, S3Store
from modelyard.environment.aws.target import datasets_bucket, own_bucket
from modelyard.outputs import target_object_key
from modelyard.planning.arns import Place
from modelyard.planning.names import CHECKPOINTS_PREFIX, RUNS_PREFIX, backup_role
from modelyard.planning.secrets import in_region


class Region:
    """One region of a data center. It isn't a component: its parts are the data center's own children."""

    def __init__(
        self, setting: Setting, site: Site, keys: Keys, previous_generations: Mapping[str, str]
    ) -> None:
        self._setting, self.site, self.keys = setting, site, keys
        self._zones = zone_ids(site)
        self.network = self._network()
        self.storage = self._storage()
        self.cluster = self._cluster(previous_generations)
        self.lustre, self.elastic = self._file_systems()
        self.launch_target = self._publish()

    def _name(self, part: str) -> str:
        return self._setting.child_name(self.site, part)

    @property
    def _place(self) -> Place:
        return Place(self._setting.environment.account_id, self.site.region)

    def _network(self) -> Network:
        setting, environment, network = self._setting, self._setting.environment, self.site.network
        datasets = environment.storage.datasets
        args: NetworkArgs = {
            "environment": environment.name,
            "account_id": environment.account_id,
            "region": self.site.region,
            "cidr": network.cidr,
            "zone_ids": list(self._zones),
            "egress": self.site.egress,
            "logs_key_arn": self.keys.key_arn("logs"),
            "flow_log_retention_days": environment.network.flow_log_retention_days,
            "shared_buckets": [datasets.bucket] if isinstance(datasets, ExistingS3Store) else [],
            "protect": setting.protect,
            "tags": setting.tags,
        }
        if self.site.egress == "endpoints":
            args["interface_services"] = list(interface_services(environment, self.site))
        return Network(self._name("network"), setting.bounded(args), opts=setting.child())

    def _storage(self) -> Storage:
        setting, environment = self._setting, self._setting.environment
        return Storage(
            self._name("storage"),
            {
                "environment": environment.name,
                "account_id": environment.account_id,
                "region": self.site.region,
                "buckets": {
                    purpose: self._bucket(purpose, store) for purpose, store in setting.stores.items()
                },
                "access_log_retention_days": environment.storage.access_log_retention_days,
                "protect": setting.protect,
                "tags": setting.tags,
            },
            opts=setting.child(),
        )

    def _bucket(self, purpose: str, store: S3Store) -> BucketArgs:
        environment = self._setting.environment
        args: BucketArgs = {
            "key_arn": self.keys.key_arn(purpose),
            "noncurrent_retention_days": store.noncurrent_retention_days,
        }
        if store.expire_after_days is not None:
            args["expire_after_days"] = store.expire_after_days
        if isinstance(store, CheckpointStore):
            if store.promotion is not None:
                args["object_lock"] = True
                args["lock_mode"], args["lock_days"] = store.promotion.lock_mode, store.promotion.lock_days
                # What is promoted stays, whatever the age of what runs write.
                args["expire_prefixes"] = [RUNS_PREFIX, CHECKPOINTS_PREFIX]
        elif self._setting.backs_up_datasets:
            # The recovery region's copy is there to be restored into, and isn't backed up again.
            args["backed_up"] = not self.site.recovery
            args["restoring_role_arns"] = [
                self._place.iam(f"role/{backup_role(environment.name, environment.regions.primary)}")
            ]
        return args

    def _file_systems(self) -> tuple[dict[str, LustreFileSystem], dict[str, ElasticFileSystem]]:
        """The file systems by name: in the primary region only, as elsewhere they come from backups."""
        found = [] if self.site.recovery else self._setting.environment.storage.file_systems
        lustre = {each.name: self._lustre(each) for each in found if isinstance(each, specs.LustreFileSystem)}
        elastic = {
            each.name: self._elastic(each) for each in found if isinstance(each, specs.ElasticFileSystem)
        }
        return lustre, elastic

    def _lustre(self, spec: specs.LustreFileSystem) -> LustreFileSystem:
        setting, environment = self._setting, self._setting.environment
        args: LustreFileSystemArgs = {
            "environment": environment.name,
            "account_id": environment.account_id,
            "region": self.site.region,
            "vpc_id": self.network.vpc_id,
            "subnet_id": self.network.subnet_id(lustre_zone(self.site, spec)),
            "client_security_group_id": self.network.fabric_security_group_id,
            "key_arn": self.keys.key_arn("files"),
            "size_gib": spec.size_gib,
            "throughput_mbps_per_tib": spec.throughput_mbps_per_tib,
            "backed_up": environment.backup is not None and spec.backed_up,
            # What nobody would miss leaves nothing behind that is paid for.
            "final_backup": setting.protect and spec.dataset_prefix is None,
            "protect": setting.protect,
            "tags": setting.tags,
        }
        depends_on: list[pulumi.Resource] = []
        if spec.dataset_prefix is not None:
            args["dataset_bucket"] = self.storage.bucket_name("datasets")
            args["dataset_prefix"] = spec.dataset_prefix
            args["dataset_key_arn"] = self.keys.key_arn("datasets")
            depends_on.append(self.storage)
        return LustreFileSystem(self._name(f"files-{spec.name}"), args, opts=setting.child(*depends_on))

    def _elastic(self, spec: specs.ElasticFileSystem) -> ElasticFileSystem:
        setting, environment = self._setting, self._setting.environment
        args: ElasticFileSystemArgs = {
            "environment": environment.name,
            "account_id": environment.account_id,
            "region": self.site.region,
            "vpc_id": self.network.vpc_id,
            "subnet_ids": self._subnet_ids,
            "client_security_group_id": self.network.fabric_security_group_id,
            "key_arn": self.keys.key_arn("files"),
            "throughput_mode": spec.throughput_mode,
            "client_role_arns": [self.cluster.job_role_arn],
            "backed_up": environment.backup is not None and spec.backed_up,
            "protect": setting.protect,
            "tags": setting.tags,
        }
        if spec.infrequent_access_after_days is not None:
            args["infrequent_access_after_days"] = spec.infrequent_access_after_days
        return ElasticFileSystem(self._name(f"files-{spec.name}"), args, opts=setting.child())

    @property
    def first_subnet_id(self) -> pulumi.Output[str]:
        """Subnet of the first zone."""
        return self.network.subnet_id(self._zones[0])

    @cached_property
    def _subnet_ids(self) -> dict[str, pulumi.Output[str]]:
        return {zone: self.network.subnet_id(zone) for zone in self._zones}

    def _cluster(self, previous_generations: Mapping[str, str]) -> GpuCluster:
        setting, environment = self._setting, self._setting.environment
        args: GpuClusterArgs = {
            "environment": environment.name,
            "account_id": environment.account_id,
            "region": self.site.region,
            "pools": [pool_args(environment, self.site, pool) for pool in self.site.pools],
            "subnet_ids": self._subnet_ids,
            "security_group_id": self.network.fabric_security_group_id,
            "volume_key_arn": self.keys.key_arn("volumes"),
            "logs_key_arn": self.keys.key_arn("logs"),
            "registry_key_arn": self.keys.key_arn("registry"),
            "datasets_bucket": datasets_bucket(environment, self.site.region),
            "checkpoints_bucket": own_bucket(environment, "checkpoints", self.site.region),
            "checkpoints_key_arn": self.keys.key_arn("checkpoints"),
            "log_retention_days": environment.monitoring.log_retention_days,
            "secrets": list(in_region(environment.jobs.secrets, self.site.region)),
            "secret_key_arns": list(in_region(environment.jobs.secret_keys, self.site.region)),
            "end_bad_nodes": environment.jobs.end_bad_nodes,
            "previous_generations": dict(previous_generations),
            "tags": setting.tags,
        }
        if (datasets_key := self.datasets_key_arn) is not None:
            args["datasets_key_arn"] = datasets_key
        if (promotion := environment.storage.checkpoints.promotion) is not None:
            args["promotion_lock_mode"] = promotion.lock_mode
            args["promotion_lock_days"] = promotion.lock_days
        return GpuCluster(self._name("cluster"), setting.bounded(args), opts=setting.child())

    @property
    def datasets_key_arn(self) -> pulumi.Input[str] | None:
        """Key of the bucket that jobs read: ours, the existing bucket's, or none."""
        datasets = self._setting.environment.storage.datasets
        if isinstance(datasets, ExistingS3Store):
            return datasets.kms_key_arn
        return self.keys.key_arn("datasets")

    def _publish(self) -> pulumi.Output[str]:
        """The launch target, as an object in the region's checkpoint bucket as well."""
        setting = self._setting
        target = target_json(setting.environment, self)
        aws.s3.BucketObjectv2(
            self._name("launch-target"),
            bucket=self.storage.bucket_name("checkpoints"),
            key=target_object_key(recovery=self.site.recovery),
            content=target,
            content_type="application/json",
            region=self.site.region,
            tags=setting.tags,
            # The bucket must have its key and its policy before anything is put into it.
            opts=setting.child(self.storage),
        )
        return target
