"""Key vaults give access by Azure roles, not by access policies of their own.

Unset, a vault goes by access policies, but for one that is made by version 2026-02-01 of Azure's API or a
newer one (Azure Key Vault, "Prepare for Key Vault API version 2026-02-01 and later", 2026-04); the provider
goes by 2024-11-01 unless a type names another.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.api_versions import api_version
from modelyard_policies.azure.types import KEY_VAULT
from modelyard_policies.azure.vaults import is_being_recovered, settings
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity

FIRST_BY_ROLES = "20260201"
"""Version of the API since which a new vault goes by roles unless it says otherwise."""

RULE = Rule(
    id="key-vault-role-access",
    code="EN8",
    title="Key vaults give access by Azure roles",
    severity=Severity.MEDIUM,
    resources=(KEY_VAULT,),
    why=(
        "Under access policies whoever may change the vault, as any Contributor may, can give themselves its "
        "keys and secrets, all of them at once."
    ),
    mend=(
        "Set enableRbacAuthorization to true, after a role such as Key Vault Crypto User was assigned to "
        "each identity that has an access policy."
    ),
    maps_to={
        "cis_azure": ["3.3.6"],
        "azure_policy": ["12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5"],
        "mcsb": ["PA-7"],
    },
    snippet="""\
azure.keyvault.Vault(
    "keys",
    vault_name="acme-keys",
    resource_group_name=group.name,
    properties={
        "tenant_id": "00000000-0000-0000-0000-000000000000",
        "sku": {"family": "A", "name": "premium"},
        "enable_rbac_authorization": True,
    },
)
""",
)


@RULE.applies
def says_how_it_is_made(vault: Resource, graph: GraphView) -> bool:
    """One that is brought back keeps what it had."""
    return not is_being_recovered(vault)


@RULE.check
def roles_decide(vault: Resource, graph: GraphView) -> Iterator[Failure]:
    """What a newer API does by itself needs no saying."""
    key = "enableRbacAuthorization"
    own = settings(vault)
    if own.has(key):
        if not own.is_true(key):
            yield own.failure(key, f"is {own.shown(key)}")
    elif api_version(vault.type) < FIRST_BY_ROLES:
        yield own.failure(key, "is unset, which this version of the API takes for false")
