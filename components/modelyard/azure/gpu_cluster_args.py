"""What a GpuCluster on Azure is told."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi

from modelyard.azure.datastores import DatastoreArgs
from modelyard.azure.pool_args import PoolArgs

PRINCIPAL_KINDS = {"user": "User", "group": "Group", "service_principal": "ServicePrincipal"}
"""What Azure calls each kind of principal."""

RETENTION_DAYS = 30
"""Days that images without a tag are kept unless said otherwise."""


class PrincipalArgs(TypedDict):
    """Somebody of Microsoft Entra who is given roles."""

    principal_id: str
    """Object id of the user, group, service principal or managed identity."""
    kind: str
    """What it is: user, group or service_principal (managed identities are those as well)."""


class ImageBuildArgs(TypedDict):
    """The pool that the workspace builds images on."""

    size: NotRequired[str]
    """Size of its machines, one without accelerators. Unset: Standard_D4ds_v5."""
    max_nodes: NotRequired[pulumi.Input[int]]
    """Most images that are built at a time. Unset: 1."""
    idle_minutes: NotRequired[pulumi.Input[int]]
    """Minutes that a node without a build is kept. Unset: 15."""


class CustomerKeyArgs(TypedDict):
    """The key that a workspace encrypts under what it keeps about jobs.

    The workspace then makes a resource group of its own in the subscription, with Azure Cosmos DB, Azure AI
    Search and storage (modelyard.planning.azure.clusters names them with their cost). Only another key of the
    same vault can follow.
    """

    key_vault_id: pulumi.Input[str]
    """Resource id of the key's vault, in the subscription of the workspace."""
    key_uri: pulumi.Input[str]
    """Address of the key with its version, as https://NAME.vault.azure.net/keys/NAME/VERSION. A rotation is
    followed by giving the next version here."""
    identity_id: pulumi.Input[str]
    """Resource id of the user-assigned identity that may use the key."""
    identity_client_id: pulumi.Input[str]
    """Client id of that identity."""
    cosmos_db_principal_id: pulumi.Input[str]
    """Object id that the application Azure Cosmos DB has in the tenant; it is given the use of the key."""


class SharedRegistryArgs(TypedDict):
    """A registry of another cluster, with a replica in this region."""

    registry_id: pulumi.Input[str]
    """Its resource id, known once the replica is there."""
    login_server: pulumi.Input[str]
    """Where images are pulled from, as NAME.azurecr.io: the same in each region."""


class GpuClusterArgs(TypedDict):
    """Arguments of GpuCluster."""

    environment: str
    """Name of the environment; part of names that needn't be unique in Azure."""
    subscription_id: str
    """Subscription that the cluster belongs to."""
    tenant_id: pulumi.Input[str]
    """Microsoft Entra tenant whose identities are given access."""
    resource_group_name: pulumi.Input[str]
    """Resource group that everything is made in. Scaling needs to make and delete network interfaces there:
    it must not be locked."""
    location: pulumi.Input[str]
    """Region of the workspace, its clusters and its registry."""
    workspace_name: str
    """Name of the workspace: 3 to 33 letters, digits, hyphens and underscores. It stays taken for 14 days
    after the workspace is deleted."""
    registry_name: str
    """Name of the container registry, unique in all of Azure: 5 to 50 letters and digits."""
    vault_name: str
    """Name of the vault for the workspace's secrets, unique in all of Azure: 3 to 24 letters, digits and
    single hyphens. It stays taken for 90 days after the vault is deleted."""
    storage_account_id: pulumi.Input[str]
    """Resource id of the workspace's own storage account, for code and logs of jobs. It needs private
    endpoints for blob and file, and no hierarchical namespace."""
    log_workspace_id: pulumi.Input[str]
    """Resource id of the Log Analytics workspace that takes the logs."""
    node_subnet_id: pulumi.Input[str]
    """Id of the subnet of the nodes. Nodes have no public addresses, so it needs a NAT gateway, or a route to
    a firewall that lets Azure Machine Learning's own traffic out."""
    endpoint_subnet_id: pulumi.Input[str]
    """Id of the subnet of the private endpoints."""
    dns_zone_ids: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Ids of the private DNS zones, by the zone's name: privatelink.azurecr.io,
    privatelink.vaultcore.azure.net, privatelink.api.azureml.ms and privatelink.notebooks.azure.net."""
    pools: list[PoolArgs]
    """Its pools of nodes."""
    registry_key_uri: NotRequired[pulumi.Input[str]]
    """Address of the key for images, without a version: rotations are followed. Needed, with the identity's
    two ids, unless there is a `shared_registry`."""
    registry_identity_id: NotRequired[pulumi.Input[str]]
    """Resource id of the user-assigned identity that may use that key."""
    registry_identity_client_id: NotRequired[pulumi.Input[str]]
    """Client id of that identity."""
    shared_registry: NotRequired[SharedRegistryArgs]
    """Registry of another cluster, which `registry_name` names then: none is made, and this network gets an
    endpoint of it. Unset: a registry is made."""
    datastores: NotRequired[dict[str, DatastoreArgs]]
    """Containers that jobs know by these names of letters, digits and underscores. Unset: none but the
    workspace's own."""
    image_build: NotRequired[ImageBuildArgs]
    """The pool that builds images inside the network; nodes are there for builds only. Unset: one node."""
    registry_retention_days: NotRequired[pulumi.Input[int]]
    """Days that images without a tag are kept, 0 to 365. Unset: 30. What jobs use needs a tag, even where
    they name its digest."""
    replica_locations: NotRequired[list[str]]
    """Further regions that the registry keeps its images in. Unset: none."""
    zone_redundant: NotRequired[bool]
    """Whether images are kept in several zones of each region that has zones; chosen once, when the registry
    is made. Unset: no."""
    customer_key: NotRequired[CustomerKeyArgs]
    """Key for what the workspace keeps about jobs. Unset: Microsoft's."""
    hbi_workspace: NotRequired[bool]
    """Whether Microsoft collects less to diagnose the workspace by, and scratch disks of nodes are encrypted
    and cleaned between jobs; chosen once, when the workspace is made. Unset: no."""
    insights_public_network: NotRequired[bool]
    """Whether Application Insights takes what is sent to it from the internet, as by nodes without a private
    link scope of Azure Monitor. It takes no keys: who sends needs the role Monitoring Metrics Publisher
    there, which nobody is given here. Unset: no."""
    submitters: NotRequired[list[PrincipalArgs]]
    """Who may submit jobs: AzureML Data Scientist at the workspace, and its storage account, where a job's
    code goes and its logs are. Unset: nobody is given that here."""
    importers: NotRequired[list[PrincipalArgs]]
    """Who may import images into the registry. Unset: nobody is given that here."""
    protect: NotRequired[bool]
    """Whether registry, vault and workspace are protected from deletion by Pulumi. Unset: no."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything."""
