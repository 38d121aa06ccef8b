"""What who runs `pulumi up` on Azure may do.

Azure has no rights by the names of what is to be made, and an environment's resource groups are made by
`pulumi up` itself: so these hold for the subscription. What they leave out is what an environment has no use
for, what bootstrap made, and the data in stores and vaults. Roles are assigned under a condition
("Delegate Azure role assignment management to others with conditions", 2024-04-15).

Tests hold these tables against the shipped stacks: a type or a role more there than here fails them, and one
more here as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from modelyard.planning.azure.roles import ROLE_IDS

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment

RBAC_ADMINISTRATOR = "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
"""Id of the built-in role Role Based Access Control Administrator ("Azure built-in roles", 2026-11)."""

TYPES = (
    "Microsoft.Authorization/locks",
    "Microsoft.Consumption/budgets",
    "Microsoft.ContainerRegistry/registries",
    "Microsoft.ContainerRegistry/registries/replications",
    "Microsoft.DataProtection/backupVaults",
    "Microsoft.DataProtection/backupVaults/backupInstances",
    "Microsoft.DataProtection/backupVaults/backupPolicies",
    "Microsoft.DataProtection/backupVaults/backupResourceGuardProxies",
    "Microsoft.DataProtection/resourceGuards",
    "Microsoft.Insights/actionGroups",
    "Microsoft.Insights/components",
    "Microsoft.Insights/diagnosticSettings",
    "Microsoft.Insights/metricAlerts",
    "Microsoft.KeyVault/vaults",
    "Microsoft.KeyVault/vaults/keys",
    "Microsoft.MachineLearningServices/workspaces",
    "Microsoft.MachineLearningServices/workspaces/computes",
    "Microsoft.MachineLearningServices/workspaces/datastores",
    "Microsoft.ManagedIdentity/userAssignedIdentities",
    "Microsoft.Network/azureFirewalls",
    "Microsoft.Network/firewallPolicies",
    "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
    "Microsoft.Network/natGateways",
    "Microsoft.Network/networkSecurityGroups",
    "Microsoft.Network/networkWatchers/flowLogs",
    "Microsoft.Network/privateDnsZones",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    "Microsoft.Network/privateEndpoints",
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
    "Microsoft.Network/publicIPAddresses",
    "Microsoft.Network/routeTables",
    "Microsoft.Network/virtualNetworks",
    "Microsoft.Network/virtualNetworks/subnets",
    "Microsoft.OperationalInsights/workspaces",
    "Microsoft.Resources/deployments",
    "Microsoft.Resources/subscriptions/resourceGroups",
    "Microsoft.Security/pricings",
    "Microsoft.Storage/storageAccounts",
    "Microsoft.Storage/storageAccounts/blobServices",
    "Microsoft.Storage/storageAccounts/blobServices/containers",
    "Microsoft.Storage/storageAccounts/managementPolicies",
    "Microsoft.Storage/storageAccounts/objectReplicationPolicies",
)
"""Types that environments are made of, but role assignments."""

BESIDE = {
    "Microsoft.Network/networkWatchers/configureFlowLog/action": "flow logs are set at the watcher",
    "Microsoft.Network/networkWatchers/queryFlowLogStatus/action": "and looked at there",
}
"""Actions that no type's own cover, and why they are needed ("Permissions for virtual network flow logs",
2026-11)."""

OF_IDENTITIES = (
    "AcrPull",
    "AcrPush",
    "Contributor",
    "Key Vault Administrator",
    "Key Vault Crypto Service Encryption User",
    "Storage Account Backup Contributor",
    "Storage Blob Data Contributor",
    "Storage Blob Data Owner",
    "Storage Blob Data Reader",
    "Storage File Data Privileged Contributor",
)
"""Roles that environments give to identities and other service principals."""

OF_PEOPLE = (
    "AzureML Data Scientist",
    "Container Registry Data Importer and Data Reader",
    "Reader",
    "Storage Blob Data Contributor",
    "Storage File Data Privileged Contributor",
)
"""Roles that environments give to who submits jobs: people, groups, service principals."""

NAMESPACES_OF_CUSTOMER_KEY = ("Microsoft.DocumentDB", "Microsoft.Search")
"""Providers that a workspace with a customer's key needs beside its own ("Customer-managed keys for Azure
Machine Learning", 2024-05-21)."""

NAMESPACES_BESIDE = ("Microsoft.Compute",)
"""Providers that nothing here is made of, and that are asked: for the sizes a subscription is offered."""


LEFT_OUT = (
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/delete",
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
    "Microsoft.Storage/storageAccounts/listAccountSas/action",
    "Microsoft.Storage/storageAccounts/listKeys/action",
    "Microsoft.Storage/storageAccounts/listServiceSas/action",
    "Microsoft.Storage/storageAccounts/regenerateKey/action",
)
"""What the deployer doesn't do, though the types it makes have it: say whom an identity trusts, its own among
them, and take an account's keys or what is signed with them."""


def actions() -> list[str]:
    """Actions of the deployer's role: reading everything, and all that there is to do with what is listed.

    Each is known to have a match: Azure refuses a role with an action that has none
    (InvalidActionOrNotAction), hence `TYPE/*`, with what lies in a type, and not its single verbs.
    """
    outermost = [type_ for type_ in TYPES if not any(type_.startswith(f"{other}/") for other in TYPES)]
    return ["*/read", *(f"{type_}/*" for type_ in outermost), *BESIDE]


def role_definition(name: str, scope: str) -> dict[str, Any]:
    """Properties of the deployer's role."""
    return {
        "roleName": name,
        "type": "CustomRole",
        "description": "What `pulumi up` of an environment takes; made by modelyard bootstrap.",
        "assignableScopes": [scope],
        "permissions": [
            {"actions": actions(), "notActions": list(LEFT_OUT), "dataActions": [], "notDataActions": []}
        ],
    }


def condition() -> str:
    """Condition under which the deployer assigns roles, and takes them away: those of environments alone, and
    what people don't get to service principals alone (condition version 2.0).
    """
    return " AND ".join(
        f"(\n (\n  !(ActionMatches{{'Microsoft.Authorization/roleAssignments/{action}'}})\n )\n OR\n"
        f" (\n  {_one_of(source, OF_PEOPLE)}\n )\n OR\n"
        f" (\n  {_one_of(source, OF_IDENTITIES)}\n  AND\n"
        f"  @{source}[Microsoft.Authorization/roleAssignments:PrincipalType]"
        " ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}\n )\n)"
        for action, source in (("write", "Request"), ("delete", "Resource"))
    )


def namespaces(environment: AzureEnvironment) -> list[str]:
    """Resource providers that an environment needs registered."""
    unused = set() if environment.monitoring.defender_plans else {"Microsoft.Security"}
    own = {type_.partition("/")[0] for type_ in TYPES} - unused
    more = NAMESPACES_OF_CUSTOMER_KEY if environment.workspace.customer_key else ()
    return sorted({*own, *NAMESPACES_BESIDE, *more})


def _one_of(source: str, roles: Sequence[str]) -> str:
    ids = ", ".join(sorted(ROLE_IDS[role] for role in roles))
    return (
        f"@{source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "
        f"ForAnyOfAnyValues:GuidEquals {{{ids}}}"
    )
