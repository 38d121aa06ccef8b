"""A training cluster on Azure Machine Learning."""

from collections.abc import Mapping, Sequence

import pulumi

from modelyard.azure.component import AzureComponent
from modelyard.azure.datastores import datastore
from modelyard.azure.gpu_cluster_args import GpuClusterArgs
from modelyard.azure.gpu_cluster_problems import cluster_problems
from modelyard.azure.gpu_cluster_roles import (
    BUILD_ROLES,
    IMPORTER_ROLES,
    JOB_ROLES,
    SUBMITTER_ROLES,
    Scopes,
    cluster_identity,
    grant,
    grant_people,
)
from modelyard.azure.identities import Identity
from modelyard.azure.pool import PoolWiring, compute_cluster, pool_compute_name
from modelyard.azure.pool_args import PoolArgs
from modelyard.azure.pool_problems import pool_problems
from modelyard.azure.registry import registry
from modelyard.azure.workspace import Workspace, workspace
from modelyard.errors import InputError
from modelyard.planning.azure.clusters import BUILD_SIZE, IMAGE_BUILD
from modelyard.wiring.arguments import check_args
from modelyard.wiring.outputs import together
from modelyard.wiring.tokens import AZURE, token


class GpuCluster(AzureComponent):
    """Pools of nodes of a private Azure Machine Learning workspace, and what jobs need to run on them.

    The workspace takes no requests from the internet: its jobs are submitted through Azure's management, and
    their logs and data are read inside the network. With it come a vault of its own for its secrets,
    Application Insights, a premium registry under a customer's key, private endpoints for the three, their
    diagnostic settings, and identities: one for the workspace, one that all jobs act as, one for builds of
    images. For each pool there is a compute cluster of one size that scales from zero, without public
    addresses and without logins of its own.

    A change of how far a pool scales is made in place. Another size, priority or `generation` is another
    compute under another name; the old one goes, and what runs there ends. So does a change of the subnet or
    of tags, since Azure changes neither in a cluster. Workspace, registry and vault are never replaced for
    their settings' sake: with another name, which stays taken for days after a deletion, they are new ones.

    Images reach the registry by an import, from inside the network, or by the workspace's builds on the pool
    image-build. Images that jobs use need a tag, even where jobs name their digest: those without are deleted
    after `registry_retention_days`.

    With `customer_key` the workspace makes a resource group of its own, with Azure Cosmos DB, Azure AI Search
    and storage: about 700 euros a month before anything runs, outside this program, its tags and its
    policies, and outside a budget that doesn't name `managed_resource_group`
    (modelyard.planning.azure.clusters names them with their source). They stay for the 14 days in which a
    deleted workspace can be recovered.

    Disks of nodes are under Microsoft's keys: what jobs leave there goes with the node.
    """

    workspace_id: pulumi.Output[str]
    """Resource id of the workspace."""

    workspace_name: pulumi.Output[str]
    """Name of the workspace."""

    discovery_url: pulumi.Output[str]
    """Where the addresses of the workspace's services are found."""

    registry_id: pulumi.Output[str]
    """Resource id of the registry; known once its replicas are there."""

    registry_login_server: pulumi.Output[str]
    """Where images are pulled from, as NAME.azurecr.io."""

    vault_id: pulumi.Output[str]
    """Resource id of the vault of the workspace's secrets."""

    compute_names: pulumi.Output[dict[str, str]]
    """Name of each pool's compute, by pool. Whoever uses it finds the compute ready."""

    image_build_compute: pulumi.Output[str]
    """Name of the compute that images are built on."""

    job_identity_id: pulumi.Output[str]
    """Resource id of the identity that jobs act as."""

    job_identity_client_id: pulumi.Output[str]
    """Client id of that identity."""

    job_identity_principal_id: pulumi.Output[str]
    """Id that roles on data are given to. On the workspace's own account jobs have theirs already, and Azure
    refuses to give one twice."""

    workspace_principal_id: pulumi.Output[str]
    """Id of the workspace's own identity."""

    managed_resource_group: pulumi.Output[str]
    """Resource group that Azure made for the workspace; empty without a customer's key."""

    def __init__(self, name: str, args: GpuClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, GpuClusterArgs)
        if problems := [*cluster_problems(name, args), *pool_problems(name, args["pools"], args["location"])]:
            raise InputError(problems)
        super().__init__(token(AZURE, "GpuCluster"), name, {}, opts)
        self._name, self._args = name, args
        build = _build_pool(args)
        images = registry(name, args, self)
        workspace_ = workspace(name, args, images, pool_compute_name(build), self)
        made = workspace_.resource
        scopes: Scopes = {
            "account": args["storage_account_id"],
            "registry": images.id,
            "workspace": made.id,
        }
        jobs, wiring = self._wiring(workspace_, "jobs", JOB_ROLES, scopes)
        _, build_wiring = self._wiring(workspace_, IMAGE_BUILD, BUILD_ROLES, scopes)
        self._grant_to_people(scopes)
        self._datastores(workspace_)
        self.workspace_id = made.id
        self.workspace_name = made.name
        self.discovery_url = made.discovery_url.apply(lambda url: url or "")
        self.registry_id = images.id
        self.registry_login_server = images.login_server
        self.vault_id = workspace_.vault.id
        self._computes = {pool["name"]: self._compute(pool, wiring) for pool in args["pools"]}
        self.compute_names = together(self._computes)
        self.image_build_compute = self._compute(build, build_wiring)
        self.job_identity_id = jobs.id
        self.job_identity_client_id = jobs.client_id
        self.job_identity_principal_id = jobs.principal_id
        self.workspace_principal_id = workspace_.identity.principal_id
        self.managed_resource_group = made.service_provisioned_resource_group.apply(lambda group: group or "")
        self.register_outputs(
            {
                "workspaceId": self.workspace_id,
                "workspaceName": self.workspace_name,
                "discoveryUrl": self.discovery_url,
                "registryId": self.registry_id,
                "registryLoginServer": self.registry_login_server,
                "vaultId": self.vault_id,
                "computeNames": self.compute_names,
                "imageBuildCompute": self.image_build_compute,
                "jobIdentityId": self.job_identity_id,
                "jobIdentityClientId": self.job_identity_client_id,
                "jobIdentityPrincipalId": self.job_identity_principal_id,
                "workspacePrincipalId": self.workspace_principal_id,
                "managedResourceGroup": self.managed_resource_group,
            }
        )

    def compute_name(self, pool: str) -> pulumi.Output[str]:
        """Name of one pool's compute. Raises KeyError for a pool that there isn't."""
        return self._computes[pool]

    def _wiring(
        self, workspace_: Workspace, whose: str, roles: Mapping[str, Sequence[str]], scopes: Scopes
    ) -> tuple[Identity, PoolWiring]:
        """The identity of some nodes, and what these share: they wait until it has its roles."""
        args = self._args
        identity = cluster_identity(self._name, whose, args, self)
        granted = grant(self._name, whose, identity.principal_id, roles, scopes, args, self)
        return identity, {
            "resource_group_name": args["resource_group_name"],
            "location": args["location"],
            "workspace_name": workspace_.resource.name,
            "node_subnet_id": args["node_subnet_id"],
            "identity_id": identity.id,
            "tags": args.get("tags", {}),
            "needs": [*workspace_.ready, *granted],
        }

    def _compute(self, pool: PoolArgs, wiring: PoolWiring) -> pulumi.Output[str]:
        return compute_cluster(f"{self._name}-{pool['name']}", pool, wiring, self).name

    def _grant_to_people(self, scopes: Scopes) -> None:
        args = self._args
        people = (
            ("submitter", args.get("submitters", []), SUBMITTER_ROLES),
            ("importer", args.get("importers", []), IMPORTER_ROLES),
        )
        for what, whom, roles in people:
            grant_people(self._name, what, whom, roles, scopes, args, self)

    def _datastores(self, workspace_: Workspace) -> None:
        args = self._args
        place = (args["subscription_id"], args["resource_group_name"])
        for called, store in args.get("datastores", {}).items():
            datastore(f"{self._name}-{called}", called, store, workspace_.resource, place, self)


def _build_pool(args: GpuClusterArgs) -> PoolArgs:
    build = args.get("image_build", {})
    pool: PoolArgs = {
        "name": IMAGE_BUILD,
        "size": build.get("size", BUILD_SIZE),
        "max_nodes": build.get("max_nodes", 1),
    }
    if "idle_minutes" in build:
        pool["idle_minutes"] = build["idle_minutes"]
    return pool
