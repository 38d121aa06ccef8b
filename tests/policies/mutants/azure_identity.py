"""Mutants of roles and credentials on Azure."""

from mutating import Mutant, put
from mutating.azure import OWNER, on_azure

ROLE = "RoleDefinition operator"
CREDENTIAL = "FederatedIdentityCredential pipeline"

MUTANTS: dict[str, list[Mutant]] = {
    "IA7": [
        on_azure(
            "an owner of the subscription",
            put("RoleAssignment reader", "roleDefinitionId", OWNER),
            fails="RoleAssignment reader: scope",
        ),
        on_azure(
            "an owner of a management group",
            put("RoleAssignment owner", "scope", "/providers/Microsoft.Management/managementGroups/acme"),
        ),
    ],
    "IA8": [
        on_azure(
            "everything",
            put(ROLE, "permissions[0].actions", ["*"]),
        ),
        on_azure(
            "assigning roles",
            put(ROLE, "permissions[0].actions[+]", "Microsoft.Authorization/*"),
            fails=f"{ROLE}: permissions[0].actions",
        ),
    ],
    "IA9": [
        on_azure("every branch", put(CREDENTIAL, "subject", "repo:acme/training:*")),
        on_azure("pull requests", put(CREDENTIAL, "subject", "repo:acme/training:pull_request")),
        on_azure("every repository", put(CREDENTIAL, "subject", "repo:acme/*:ref:refs/heads/main")),
    ],
}
