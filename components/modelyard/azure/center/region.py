"""One region of a data center on Azure: its group, network, keys, stores and cluster, and what publishes its
launch target.
"""

from __future__ import annotations

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.center.access import let_jobs_reach_data, let_submit
from modelyard.azure.center.accounts import accounts
from modelyard.azure.center.setting import Setting
from modelyard.azure.datastores import DatastoreArgs
from modelyard.azure.encryption import Encryption, EncryptionArgs
from modelyard.azure.flow_logs import FlowLogs
from modelyard.azure.gpu_cluster import GpuCluster
from modelyard.azure.gpu_cluster_args import GpuClusterArgs, PrincipalArgs
from modelyard.azure.log_workspace import LogWorkspace
from modelyard.azure.network import Network, NetworkArgs
from modelyard.azure.pool_args import PoolArgs
from modelyard.azure.storage import Storage
from modelyard.azure.target import publish, target_json
from modelyard.catalog.azure import region
from modelyard.environment.azure.compute import Pool, Spot
from modelyard.environment.azure.needs import IMAGE_BUILD_NODES, endpoint_count, node_count
from modelyard.environment.azure.sites import Site
from modelyard.environment.azure.storage import ExistingBlobStore
from modelyard.environment.azure.target import CHECKPOINTS, DATASETS, datasets_account

ENDPOINT_GROUPS = ["amlworkspace", "blob", "file", "registry", "vault"]
"""Kinds of the private endpoints that a region has."""

ZONES = ["1", "2", "3"]
"""Availability zones, as a subscription numbers them, of a region that has some."""


class Region:
    """One region of a data center. It isn't a component: its parts are the data center's own children."""

    def __init__(self, setting: Setting, site: Site, images: GpuCluster | None = None) -> None:
        """A region; `images` is the cluster whose registry it shares, if it does."""
        self._setting, self.site, self._images = setting, site, images
        self.names = setting.names(site)
        self.group = azure_native.resources.ResourceGroup(
            self._name("group"),
            resource_group_name=self.names.resource_group,
            location=site.region,
            tags=setting.tags,
            opts=pulumi.ResourceOptions(parent=setting.parent, protect=setting.protect),
        )
        self.logs = self._logs()
        self.network = self._network()
        self.keys = self._keys()
        self.storage = self._storage()
        self._flow_logs()
        self.cluster = self._cluster()
        access = let_jobs_reach_data(setting, self)
        let_submit(setting, self)
        self.launch_target = target_json(setting.environment, self)
        publish(self._name("launch-target"), self.group.name, self.launch_target, setting, access)

    def _name(self, part: str) -> str:
        return self._setting.child_name(self.site, part)

    def _logs(self) -> LogWorkspace:
        setting, monitoring = self._setting, self._setting.environment.monitoring
        return LogWorkspace(
            self._name("logs"),
            {
                "resource_group_name": self.group.name,
                "location": self.site.region,
                "workspace_name": self.names.log_workspace,
                "retention_days": monitoring.log_retention_days,
                "public_network": monitoring.public_log_queries,
                "protect": setting.protect,
                "tags": setting.tags,
            },
            opts=setting.child(),
        )

    def _network(self) -> Network:
        setting, environment = self._setting, self._setting.environment
        args: NetworkArgs = {
            "environment": environment.name,
            "resource_group_name": self.group.name,
            "location": self.site.region,
            "cidr": self.site.network.cidr,
            "egress": self.site.egress,
            "node_count": node_count(self.site),
            "endpoint_count": endpoint_count(),
            "endpoint_groups": ENDPOINT_GROUPS,
            "high_business_impact": environment.workspace.high_business_impact,
            "log_workspace_id": self.logs.workspace_id,
            "protect": setting.protect,
            "tags": setting.tags,
        }
        if self.site.egress == "firewall":
            args["allowed_domains"] = environment.network.allowed_domains
            args["firewall_tier"] = environment.network.firewall_tier.capitalize()
        if region(self.site.region).availability_zones:
            args["zones"] = ZONES
        return Network(self._name("network"), args, opts=setting.child())

    def _keys(self) -> Encryption:
        setting, environment = self._setting, self._setting.environment
        purposes = setting.key_purposes(self.site)
        args: EncryptionArgs = {
            "resource_group_name": self.group.name,
            "location": self.site.region,
            "vault_name": self.names.vault,
            "tenant_id": environment.tenant_id,
            "subscription_id": environment.subscription_id,
            "purposes": purposes,
            "identities": {purpose: f"{environment.name}-{purpose}-key" for purpose in purposes},
            "rotation_days": environment.encryption.rotation_days,
            "hsm": environment.encryption.hsm,
            "endpoint_subnet_id": self.network.subnet_id("endpoints"),
            "dns_zone_ids": self.network.zone_ids(),
            "log_workspace_id": self.logs.workspace_id,
            "protect": setting.protect,
            "tags": setting.tags,
        }
        if environment.encryption.expiry_days is not None:
            args["expiry_days"] = environment.encryption.expiry_days
        return Encryption(self._name("keys"), args, opts=setting.child())

    def _storage(self) -> Storage:
        setting = self._setting
        return Storage(
            self._name("storage"),
            {
                "resource_group_name": self.group.name,
                "location": self.site.region,
                "accounts": accounts(setting, self.site, self.keys),
                "endpoint_subnet_id": self.network.subnet_id("endpoints"),
                "dns_zone_ids": self.network.zone_ids(),
                "log_workspace_id": self.logs.workspace_id,
                "protect": setting.protect,
                "tags": setting.tags,
            },
            opts=setting.child(),
        )

    def _flow_logs(self) -> FlowLogs:
        setting, environment = self._setting, self._setting.environment
        return FlowLogs(
            self._name("flow-logs"),
            {
                "location": self.site.region,
                "flow_log_name": environment.name,
                "virtual_network_id": self.network.virtual_network_id,
                "storage_account_id": self.storage.account_id("logs"),
                "retention_days": environment.network.flow_log_retention_days,
                "identity_name": f"{environment.name}-flow-logs-{self.site.region}",
                "identity_group_name": self.group.name,
                "subscription_id": environment.subscription_id,
                "tags": setting.tags,
            },
            opts=setting.child(),
        )

    def _cluster(self) -> GpuCluster:
        setting, environment = self._setting, self._setting.environment
        workspace = environment.workspace
        submitters: list[PrincipalArgs] = [
            {"principal_id": each.principal_id, "kind": each.kind} for each in environment.jobs.submitters
        ]
        args: GpuClusterArgs = {
            "environment": environment.name,
            "subscription_id": environment.subscription_id,
            "tenant_id": environment.tenant_id,
            "resource_group_name": self.group.name,
            "location": self.site.region,
            "workspace_name": self.names.workspace,
            "registry_name": setting.registry_name(self.site),
            "vault_name": self.names.workspace_vault,
            "storage_account_id": self.storage.account_id("workspace"),
            "log_workspace_id": self.logs.workspace_id,
            "node_subnet_id": self.network.subnet_id("nodes"),
            "endpoint_subnet_id": self.network.subnet_id("endpoints"),
            "dns_zone_ids": self.network.zone_ids(),
            "pools": [_pool(pool) for pool in self.site.pools],
            "image_build": {"size": workspace.image_build_instance_type, "max_nodes": IMAGE_BUILD_NODES},
            "datastores": {
                DATASETS: self._datasets(),
                CHECKPOINTS: {"account_name": self.names.account(CHECKPOINTS), "container": CHECKPOINTS},
            },
            "hbi_workspace": workspace.high_business_impact,
            "insights_public_network": environment.monitoring.public_log_queries,
            "submitters": submitters,
            "protect": setting.protect,
            "tags": setting.tags,
        }
        self._registry(args)
        if workspace.customer_key and workspace.cosmos_db_principal_id is not None:
            identity = self.keys.identity("workspace")
            args["customer_key"] = {
                "key_vault_id": self.keys.vault_id,
                "key_uri": self.keys.key_version_uri("workspace"),
                "identity_id": identity.id,
                "identity_client_id": identity.client_id,
                "cosmos_db_principal_id": workspace.cosmos_db_principal_id,
            }
        return GpuCluster(self._name("cluster"), args, opts=setting.child(self.storage))

    def _datasets(self) -> DatastoreArgs:
        environment = self._setting.environment
        account, container = datasets_account(environment, self.site.region)
        args: DatastoreArgs = {"account_name": account, "container": container}
        if isinstance(environment.storage.datasets, ExistingBlobStore):
            # /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/…
            _, _, args["subscription_id"], _, args["resource_group_name"], *_ = (
                environment.storage.datasets.account_id.split("/")
            )
        return args

    def _registry(self, args: GpuClusterArgs) -> None:
        """Where images come from: a registry of its own, or the primary region's with a replica here."""
        setting = self._setting
        if self._images is not None:
            args["shared_registry"] = {
                "registry_id": self._images.registry_id,
                "login_server": self._images.registry_login_server,
            }
            return
        identity, recovery = self.keys.identity("registry"), setting.recovery
        # As on AWS, where who submits jobs pushes their images.
        args["importers"] = args.get("submitters", [])
        args["registry_key_uri"] = self.keys.key_uri("registry")
        args["registry_identity_id"] = identity.id
        args["registry_identity_client_id"] = identity.client_id
        args["registry_retention_days"] = setting.environment.workspace.registry_retention_days
        args["zone_redundant"] = region(self.site.region).availability_zones
        if setting.replicates_registry and recovery is not None:
            args["replica_locations"] = [recovery.region]


def _pool(pool: Pool) -> PoolArgs:
    return {
        "name": pool.name,
        "size": pool.instance_type,
        "min_nodes": pool.min_nodes,
        "max_nodes": pool.max_nodes,
        "max_nodes_per_job": pool.max_nodes_per_job,
        "idle_minutes": pool.idle_shutdown_minutes,
        "low_priority": isinstance(pool.capacity, Spot),
    }
