"""A private workspace of Azure Machine Learning, with the vault of its secrets and Application Insights."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.diagnostics import diagnose
from modelyard.azure.encryption import SOFT_DELETE_DAYS
from modelyard.azure.gpu_cluster_args import CustomerKeyArgs, GpuClusterArgs
from modelyard.azure.gpu_cluster_roles import WORKSPACE_ROLES, cluster_identity, grant
from modelyard.azure.identities import Identity, assign_role
from modelyard.azure.registry import Registry, cluster_endpoint


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace, and what has to be there before it is of use."""

    resource: azure_native.machinelearningservices.Workspace
    identity: Identity
    vault: azure_native.keyvault.Vault
    ready: list[pulumi.Resource]


def workspace(
    name: str, args: GpuClusterArgs, images: Registry, build_compute: str, parent: pulumi.Resource
) -> Workspace:
    """A workspace that takes no requests from the internet, and acts as an identity with the roles it needs.

    Its vault, storage account, region, key (but for another one of the same vault) and `hbi_workspace` are
    chosen once. Replacing a workspace would lose what it knows of jobs, and its name stays taken for 14 days,
    so a change of these is left to Azure to refuse: give the workspace another name as well.
    """
    identity = cluster_identity(name, "workspace", args, parent)
    vault = _vault(f"{name}-workspace-vault", args, parent)
    insights = _insights(f"{name}-insights", args, parent)
    scopes: dict[str, pulumi.Input[str]] = {
        "account": args["storage_account_id"],
        "insights": insights.id,
        "registry": images.id,
        "vault": vault.id,
    }
    roles: list[pulumi.Resource] = [
        *grant(name, "workspace", identity.principal_id, WORKSPACE_ROLES, scopes, args, parent)
    ]
    key = args.get("customer_key")
    if key is not None:
        roles.append(_cosmos_db_role(name, key, args, parent))
    made = azure_native.machinelearningservices.Workspace(
        f"{name}-workspace",
        workspace_name=args["workspace_name"],
        resource_group_name=args["resource_group_name"],
        location=args["location"],
        kind="Default",
        sku={"name": "Basic", "tier": azure_native.machinelearningservices.SkuTier.BASIC},
        identity={
            "type": "UserAssigned",
            "user_assigned_identities": [identity.id, *([key["identity_id"]] if key is not None else [])],
        },
        primary_user_assigned_identity=identity.id,
        key_vault=vault.id,
        storage_account=args["storage_account_id"],
        container_registry=images.id,
        application_insights=insights.id,
        public_network_access="Disabled",
        v1_legacy_mode=False,
        # The storage account takes no keys.
        system_datastores_auth_mode="Identity",
        hbi_workspace=args.get("hbi_workspace", False),
        encryption=_encryption(key) if key is not None else None,
        # Azure's own builders don't reach the registry. The name is enough, and the compute comes later.
        image_build_compute=build_compute,
        # Nodes are in a network of the environment's.
        managed_network={"isolation_mode": "Disabled"},
        tags=args.get("tags"),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=roles, protect=args.get("protect") or None),
    )
    diagnose(f"{name}-workspace", made.id, args["log_workspace_id"], parent=parent)
    own: Mapping[str, pulumi.Input[str]] = {"workspace": made.id}
    ready: list[pulumi.Resource] = [
        *grant(name, "workspace", identity.principal_id, WORKSPACE_ROLES, own, args, parent),
        cluster_endpoint(name, "workspace-vault", vault.id, "vault", args, parent),
        cluster_endpoint(name, "workspace", made.id, "amlworkspace", args, parent),
        images.endpoint,
    ]
    return Workspace(made, identity, vault, ready)


def _vault(name: str, args: GpuClusterArgs, parent: pulumi.Resource) -> azure_native.keyvault.Vault:
    """A vault of the workspace's own: its identity administers it, and must not administer that of keys."""
    vault = azure_native.keyvault.Vault(
        name,
        vault_name=args["vault_name"],
        resource_group_name=args["resource_group_name"],
        location=args["location"],
        properties={
            "tenant_id": args["tenant_id"],
            "sku": {
                "family": azure_native.keyvault.SkuFamily.A,
                "name": azure_native.keyvault.SkuName.STANDARD,
            },
            "enable_rbac_authorization": True,
            "enable_soft_delete": True,
            "soft_delete_retention_in_days": SOFT_DELETE_DAYS,
            "enable_purge_protection": True,
            "public_network_access": "Disabled",
            "network_acls": {"bypass": "AzureServices", "default_action": "Deny"},
        },
        tags=args.get("tags"),
        opts=pulumi.ResourceOptions(parent=parent, protect=args.get("protect") or None),
    )
    diagnose(name, vault.id, args["log_workspace_id"], parent=parent)
    return vault


def _insights(
    name: str, args: GpuClusterArgs, parent: pulumi.Resource
) -> azure_native.applicationinsights.Component:
    """Application Insights, which a workspace has to have; what it takes lies in Log Analytics."""
    return azure_native.applicationinsights.Component(
        name,
        resource_name_=f"{args['environment']}-insights",
        resource_group_name=args["resource_group_name"],
        location=args["location"],
        kind="web",
        application_type="web",
        workspace_resource_id=args["log_workspace_id"],
        ingestion_mode="LogAnalytics",
        disable_local_auth=True,
        public_network_access_for_ingestion="Enabled"
        if args.get("insights_public_network", False)
        else "Disabled",
        public_network_access_for_query="Disabled",
        tags=args.get("tags"),
        opts=pulumi.ResourceOptions(
            parent=parent, replace_on_changes=["applicationType"], delete_before_replace=True
        ),
    )


def _encryption(key: CustomerKeyArgs) -> Any:
    return {
        "status": "Enabled",
        "identity": {"user_assigned_identity": key["identity_id"]},
        "key_vault_properties": {
            "key_vault_arm_id": key["key_vault_id"],
            "key_identifier": key["key_uri"],
            "identity_client_id": key["identity_client_id"],
        },
    }


def _cosmos_db_role(
    name: str, key: CustomerKeyArgs, args: GpuClusterArgs, parent: pulumi.Resource
) -> azure_native.authorization.RoleAssignment:
    """Let Azure Cosmos DB, which holds what the workspace knows of jobs, use the one key."""
    key_name = pulumi.Output.from_input(key["key_uri"]).apply(lambda uri: uri.split("/")[4])
    return assign_role(
        f"{name}-cosmos-db",
        "Key Vault Crypto Service Encryption User",
        scope=pulumi.Output.format("{0}/keys/{1}", key["key_vault_id"], key_name),
        principal_id=key["cosmos_db_principal_id"],
        subscription_id=args["subscription_id"],
        called=(args["subscription_id"], args["vault_name"], args["workspace_name"], "key", "cosmos-db"),
        parent=parent,
    )
