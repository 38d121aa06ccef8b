"""A whole data center from one environment."""

import pulumi
import pulumi_aws as aws

from modelyard.aws.backup import Backup
from modelyard.aws.encryption import Encryption
from modelyard.aws.gpu_cluster import GpuCluster, GpuClusterArgs
from modelyard.aws.network import Network
from modelyard.aws.pool import PoolArgs
from modelyard.aws.storage import BucketArgs, Storage
from modelyard.aws.target import datasets_key_arn, target_json
from modelyard.environment.capacity import CapacityBlock, Reservation, Spot
from modelyard.environment.compute import Pool
from modelyard.environment.needs import pool_zones, zone_ids
from modelyard.environment.spec import AwsEnvironment
from modelyard.environment.storage import ExistingS3Store, S3Store
from modelyard.environment.target import datasets_bucket, own_bucket
from modelyard.outputs import TARGET_OBJECT_KEY
from modelyard.planning.arns import Place
from modelyard.planning.names import backup_role
from modelyard.planning.policies.keys import PURPOSES
from modelyard.planning.tags import required_tags
from modelyard.wiring.tokens import AWS, token


def account_provider(environment: AwsEnvironment) -> aws.Provider:
    """The provider of an environment: its region and its account alone, whoever's credentials these are."""
    return aws.Provider(
        environment.name, region=environment.regions.primary, allowed_account_ids=[environment.account_id]
    )


class DataCenter(pulumi.ComponentResource):
    """Keys, network, buckets, cluster, backup and budget of one environment.

    Publishes `launch_target`, what a launcher needs to know: as an output, and as an object in the checkpoint
    bucket, so that who launches needs no access to the state.
    """

    launch_target: pulumi.Output[str]
    """The target as JSON (schema modelyard.target/1)."""

    def __init__(
        self, name: str, environment: AwsEnvironment, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(token(AWS, "DataCenter"), name, {}, opts)
        self._name, self._environment = name, environment
        self._tags = required_tags(
            environment.name, environment.owner, environment.cost_center, environment.data_classification
        )
        self._zones = zone_ids(environment)
        keys = self._encryption()
        network = self._network(keys)
        storage = self._storage(keys)
        cluster = self._cluster(keys, network)
        if environment.backup is not None:
            self._backup(keys, storage)
        if environment.budget is not None:
            self._budget()
        self.launch_target = target_json(environment, keys, cluster)
        aws.s3.BucketObjectv2(
            f"{name}-launch-target",
            bucket=storage.bucket_name("checkpoints"),
            key=TARGET_OBJECT_KEY,
            content=self.launch_target,
            content_type="application/json",
            tags=self._tags,
            # The bucket must have its key and its policy before anything is put into it.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[storage]),
        )
        self.register_outputs({"launchTarget": self.launch_target})

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    @property
    def _own_datasets(self) -> S3Store | None:
        datasets = self._environment.storage.datasets
        return datasets if isinstance(datasets, S3Store) else None

    def _encryption(self) -> Encryption:
        environment = self._environment
        unused = {
            *(() if self._own_datasets else ("datasets",)),
            *(() if environment.backup else ("backup",)),
        }
        return Encryption(
            f"{self._name}-keys",
            {
                "account_id": environment.account_id,
                "region": environment.regions.primary,
                "purposes": [purpose for purpose in PURPOSES if purpose not in unused],
                "rotation_days": environment.encryption.rotation_days,
                "deletion_window_days": environment.encryption.deletion_window_days,
                "spot": any(isinstance(pool.capacity, Spot) for pool in environment.compute),
                "tags": self._tags,
            },
            opts=self._child(),
        )

    def _network(self, keys: Encryption) -> Network:
        environment, network = self._environment, self._environment.network
        datasets = environment.storage.datasets
        return Network(
            f"{self._name}-network",
            {
                "environment": environment.name,
                "account_id": environment.account_id,
                "region": environment.regions.primary,
                "cidr": network.cidr,
                "zone_ids": list(self._zones),
                "egress": network.egress,
                "logs_key_arn": keys.key_arn("logs"),
                "flow_log_retention_days": network.flow_log_retention_days,
                "shared_buckets": [datasets.bucket] if isinstance(datasets, ExistingS3Store) else [],
                "tags": self._tags,
            },
            opts=self._child(),
        )

    def _storage(self, keys: Encryption) -> Storage:
        environment = self._environment
        stores = {"checkpoints": environment.storage.checkpoints}
        if self._own_datasets:
            stores = {"datasets": self._own_datasets, **stores}
        return Storage(
            f"{self._name}-storage",
            {
                "environment": environment.name,
                "account_id": environment.account_id,
                "region": environment.regions.primary,
                "buckets": {
                    purpose: self._bucket_args(purpose, store, keys) for purpose, store in stores.items()
                },
                "access_log_retention_days": environment.storage.access_log_retention_days,
                "tags": self._tags,
            },
            opts=self._child(),
        )

    def _bucket_args(self, purpose: str, store: S3Store, keys: Encryption) -> BucketArgs:
        environment = self._environment
        args: BucketArgs = {
            "key_arn": keys.key_arn(purpose),
            "noncurrent_retention_days": store.noncurrent_retention_days,
        }
        if store.expire_after_days is not None:
            args["expire_after_days"] = store.expire_after_days
        if purpose == "datasets" and environment.backup is not None:
            place = Place(environment.account_id, environment.regions.primary)
            args["restoring_role_arns"] = [place.iam(f"role/{backup_role(environment.name, place.region)}")]
        return args

    def _cluster(self, keys: Encryption, network: Network) -> GpuCluster:
        environment = self._environment
        args: GpuClusterArgs = {
            "environment": environment.name,
            "account_id": environment.account_id,
            "region": environment.regions.primary,
            "pools": [self._pool_args(pool) for pool in environment.compute],
            "subnet_ids": {zone: network.subnet_id(zone) for zone in self._zones},
            "security_group_id": network.fabric_security_group_id,
            "volume_key_arn": keys.key_arn("volumes"),
            "logs_key_arn": keys.key_arn("logs"),
            "registry_key_arn": keys.key_arn("registry"),
            "datasets_bucket": datasets_bucket(environment),
            "checkpoints_bucket": own_bucket(environment, "checkpoints"),
            "checkpoints_key_arn": keys.key_arn("checkpoints"),
            "tags": self._tags,
        }
        if (datasets_key := datasets_key_arn(environment, keys)) is not None:
            args["datasets_key_arn"] = datasets_key
        return GpuCluster(f"{self._name}-cluster", args, opts=self._child())

    def _pool_args(self, pool: Pool) -> PoolArgs:
        environment, capacity = self._environment, pool.capacity
        args: PoolArgs = {
            "name": pool.name,
            "instance_type": pool.instance_type,
            "min_nodes": pool.min_nodes,
            "max_nodes": pool.max_nodes,
            "max_nodes_per_job": pool.max_nodes_per_job,
            "capacity_mode": capacity.mode,
            "zone_ids": list(pool_zones(environment, pool)),
            "root_volume_gib": pool.root_volume_gib,
            "update_wait_hours": pool.update_wait_hours,
        }
        if isinstance(capacity, Reservation | CapacityBlock) and capacity.reservation_id is not None:
            args["reservation_id"] = capacity.reservation_id
        if isinstance(capacity, Spot):
            args["max_price_percent"] = capacity.max_price_percent
        image_id = pool.image_ids.get(environment.regions.primary)
        if image_id is not None:
            args["image_id"] = image_id
        return args

    def _backup(self, keys: Encryption, storage: Storage) -> None:
        environment, backup = self._environment, self._environment.backup
        assert backup is not None  # noqa: S101 (the caller has looked; this tells the type checker)
        Backup(
            f"{self._name}-backup",
            {
                "environment": environment.name,
                "account_id": environment.account_id,
                "region": environment.regions.primary,
                "bucket": datasets_bucket(environment),
                "vault_key_arn": keys.key_arn("backup"),
                "bucket_key_arn": keys.key_arn("datasets"),
                "every_hours": backup.every_hours,
                "start_window_minutes": backup.start_window_minutes,
                "completion_window_minutes": backup.completion_window_minutes,
                "retention_days": backup.retention_days,
                "tags": self._tags,
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[storage]),
        )

    def _budget(self) -> None:
        budget = self._environment.budget
        assert budget is not None  # noqa: S101 (as above)
        aws.budgets.Budget(
            self._name,
            name=f"{self._environment.name}-monthly",
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(budget.monthly_usd),
            limit_unit="USD",
            cost_filters=[{"name": "TagKeyValue", "values": [f"user:environment${self._environment.name}"]}],
            notifications=[
                {
                    "comparison_operator": "GREATER_THAN",
                    "notification_type": "ACTUAL",
                    "threshold": percent,
                    "threshold_type": "PERCENTAGE",
                    "subscriber_email_addresses": budget.alert_emails,
                }
                for percent in budget.alert_percents
            ],
            tags=self._tags,
            opts=self._child(),
        )
