"""The identities of a cluster and what each may do."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.gpu_cluster_args import PRINCIPAL_KINDS, GpuClusterArgs, PrincipalArgs
from modelyard.azure.identities import Identity, assign_role, identity

Scopes = Mapping[str, pulumi.Input[str]]
"""Resource ids by what they are called in names of role assignments."""

WORKSPACE_ROLES = {
    "account": ("Contributor", "Storage Blob Data Contributor", "Storage File Data Privileged Contributor"),
    "insights": ("Contributor",),
    "registry": ("Contributor",),
    "vault": ("Contributor", "Key Vault Administrator"),
    "workspace": ("Contributor",),
}
"""What the workspace's identity has to be given at each of its resources (Microsoft, "Set up authentication
between Azure Machine Learning and other services", 2025-06-10). Files are among them since its storage
account takes no keys ("Disable shared key access for your workspace's storage account", 2024-08-08)."""

JOB_ROLES = {"account": ("Storage Blob Data Contributor",), "registry": ("AcrPull",)}
"""What nodes need to start a job: its image, its code, and a place for its logs (2025-06-10, as above)."""

BUILD_ROLES = {"account": ("Storage Blob Data Contributor",), "registry": ("AcrPush",)}
"""The same for nodes that build images."""

SUBMITTER_ROLES = {
    "account": ("Storage Blob Data Contributor", "Storage File Data Privileged Contributor"),
    "workspace": ("AzureML Data Scientist",),
}
"""What somebody needs who submits jobs from the network (2024-08-08, as above)."""

IMPORTER_ROLES = {"registry": ("Container Registry Data Importer and Data Reader",)}
"""What somebody needs who imports images."""


def cluster_identity(name: str, whose: str, args: GpuClusterArgs, parent: pulumi.Resource) -> Identity:
    """The identity of one part of a cluster: workspace, jobs or image-build."""
    return identity(
        f"{name}-{whose}",
        identity_name=f"{args['environment']}-{whose}",
        resource_group_name=args["resource_group_name"],
        location=args["location"],
        tags=args.get("tags"),
        parent=parent,
    )


def grant(
    name: str,
    whose: str,
    principal_id: pulumi.Input[str],
    roles: Mapping[str, Sequence[str]],
    scopes: Scopes,
    args: GpuClusterArgs,
    parent: pulumi.Resource,
) -> list[azure_native.authorization.RoleAssignment]:
    """Give an identity its roles, those at the scopes that there are."""
    return [
        assign_role(
            f"{name}-{whose}-{_word(scope, role)}",
            role,
            scope=scopes[scope],
            principal_id=principal_id,
            subscription_id=args["subscription_id"],
            called=_called(args, scope, whose),
            parent=parent,
        )
        for scope, given in roles.items()
        if scope in scopes
        for role in given
    ]


def grant_people(
    name: str,
    what: str,
    people: Sequence[PrincipalArgs],
    roles: Mapping[str, Sequence[str]],
    scopes: Scopes,
    args: GpuClusterArgs,
    parent: pulumi.Resource,
) -> None:
    """Give people and what acts for them the roles for `what` they do; each is named by its id."""
    for person in people:
        whose = person["principal_id"]
        for scope, given in roles.items():
            for role in given:
                assign_role(
                    f"{name}-{what}-{whose}-{_word(scope, role)}",
                    role,
                    scope=scopes[scope],
                    principal_id=whose,
                    principal_type=PRINCIPAL_KINDS[person["kind"]],
                    subscription_id=args["subscription_id"],
                    called=_called(args, scope, whose),
                    parent=parent,
                )


def _called(args: GpuClusterArgs, scope: str, whose: str) -> tuple[str, ...]:
    """Words for the name of an assignment: the vault's name makes them unique in all of Azure, and no other
    cluster has it, as one may have the registry's.
    """
    return (args["subscription_id"], args["vault_name"], args["workspace_name"], scope, whose)


def _word(scope: str, role: str) -> str:
    return f"{scope}-{role.lower().replace(' ', '-')}"
