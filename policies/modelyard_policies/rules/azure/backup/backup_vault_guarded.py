"""It takes two people to weaken a vault of backups, and nobody deletes it by mistake.

Two people: a resource guard, which belongs to somebody else, has to be asked for what weakens the vault. A
guard's proxy in the stack shows it, or requests to a guard that the vault itself names. A lock may be on the
vault, its resource group or its subscription. A vault that says by its tags that it isn't production
(`stage`), or that its data is public or internal (`data-classification`), is spared.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.locks import READ_BY_LOCKS, is_locked
from modelyard_policies.azure.types import (
    BACKUP_VAULT,
    BACKUP_VAULT_GUARD_PROXY,
    RECOVERY_SERVICES_GUARD_PROXY,
    RECOVERY_SERVICES_VAULT,
)
from modelyard_policies.declared import holds_what_matters
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Failure, GraphView, Resource, any_of, each, some
from modelyard_policies.rule import Rule, Severity

PROXIES = {
    RECOVERY_SERVICES_VAULT: RECOVERY_SERVICES_GUARD_PROXY,
    BACKUP_VAULT: BACKUP_VAULT_GUARD_PROXY,
}
"""For each kind of vault, what ties it to a resource guard."""

RULE = Rule(
    id="backup-vault-guarded",
    code="BK12",
    title="Vaults of backups need a second person for what weakens them, and are locked",
    severity=Severity.MEDIUM,
    resources=tuple(PROXIES),
    reads=(*PROXIES.values(), *READ_BY_LOCKS),
    why="One stolen account of an administrator is enough to stop backups, or to delete the vault.",
    mend=(
        "Give the vault a ResourceGuardProxy (DppResourceGuardProxy for a Backup vault) to a ResourceGuard "
        "of other people, and a ManagementLockByScope with level CanNotDelete."
    ),
    maps_to={
        "cis_azure": ["10.1"],
        "azure_policy": ["c7031eab-0fc0-4cd9-acd0-4497bd66d91a", "c58e083e-7982-4e24-afdc-be14d312389e"],
    },
    snippet="""\
azure.recoveryservices.ResourceGuardProxy(
    "guard",
    resource_group_name=group.name,
    vault_name=recovery_vault.name,
    resource_guard_proxy_name="VaultProxy",
    properties={
        "resource_guard_resource_id": (
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/security"
            "/providers/Microsoft.DataProtection/resourceGuards/backups"
        )
    },
)
azure.authorization.ManagementLockByScope("recovery", scope=recovery_vault.id, level="CanNotDelete")
""",
)


RULE.applies(holds_what_matters)


@RULE.check
def is_guarded(vault: Resource, graph: GraphView) -> Iterator[Failure]:
    """Both are needed."""
    yield from each((_needs_two, _is_kept), lambda check: check(vault, graph))


def _needs_two(vault: Resource, graph: GraphView) -> Iterator[Failure]:
    proxy = PROXIES[canonical(vault.type)]
    if not any_of(
        lambda: bool(graph.linked(vault, proxy, "vaultName")),
        lambda: some(vault.block("properties").strings("resourceGuardOperationRequests"), bool),
    ):
        yield vault.failure("", f"no {proxy.rpartition(':')[2]} asks a second person about what weakens it")


def _is_kept(vault: Resource, graph: GraphView) -> Iterator[Failure]:
    if not is_locked(vault, graph):
        yield vault.failure("", "no lock keeps it from being deleted")
