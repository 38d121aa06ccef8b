"""Key vaults in production can be brought back when they are deleted, and nobody can purge them before.

Soft delete is on in every vault since February 2025 and can't be turned off; it is a fault to ask for it all
the same. Purge protection is off unless it is asked for, and can't be turned off again (Azure Key Vault,
"Soft-delete overview" and "Key Vault recovery overview", 2025): a vault that says by its tag `stage` that it
isn't production may do without, as its name would stay taken for weeks. A managed HSM has purge protection
unless it says otherwise (azure-native 3.29, keyvault.ManagedHsm).
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.types import KEY_VAULT, MANAGED_HSM
from modelyard_policies.azure.vaults import is_being_recovered, settings
from modelyard_policies.declared import is_production
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, each
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="key-vault-purge-protection",
    code="EN7",
    title="Key vaults in production keep what is deleted, and nobody can purge it",
    severity=Severity.HIGH,
    resources=(KEY_VAULT, MANAGED_HSM),
    why=(
        "With its key all that is encrypted under it is lost, backups included: who takes over an "
        "administrator deletes the vault and purges it in a minute."
    ),
    mend="Set enablePurgeProtection to true, and leave enableSoftDelete at true.",
    maps_to={
        "checkov": ["CKV_AZURE_42", "CKV_AZURE_110", "CKV_AZURE_111"],
        "cis_azure": ["3.3.5"],
        "azure_policy": [
            "0b60c0b2-2dc2-4e1c-b5c9-abbed971de53",
            "1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d",
            "c39ba22d-4428-4149-b981-70acb31fc383",
        ],
        "mcsb": ["DP-8"],
    },
    snippet="""\
azure.keyvault.Vault(
    "keys",
    vault_name="acme-keys",
    resource_group_name=group.name,
    properties={
        "tenant_id": "00000000-0000-0000-0000-000000000000",
        "sku": {"family": "A", "name": "premium"},
        "enable_soft_delete": True,
        "soft_delete_retention_in_days": 90,
        "enable_purge_protection": True,
    },
)
""",
)


@RULE.applies
def is_in_production(vault: Resource, graph: GraphView) -> bool:
    """A tag may spare it."""
    return all_of(lambda: is_production(vault, graph), lambda: not is_being_recovered(vault))


@RULE.check
def what_is_deleted_stays(vault: Resource, graph: GraphView) -> Iterator[Failure]:
    """Purge protection holds only with soft delete."""
    yield from each((_is_kept, _is_not_purged), lambda check: check(vault))


def _is_kept(vault: Resource) -> Iterator[Failure]:
    key = "enableSoftDelete"
    if settings(vault).has(key) and not settings(vault).is_true(key):
        yield settings(vault).failure(key, f"is {settings(vault).shown(key)}")


def _is_not_purged(vault: Resource) -> Iterator[Failure]:
    key = "enablePurgeProtection"
    by_itself = canonical(vault.type) == MANAGED_HSM and not settings(vault).has(key)
    if not by_itself and not settings(vault).is_true(key):
        yield settings(vault).failure(key, f"is {settings(vault).shown(key)}")
