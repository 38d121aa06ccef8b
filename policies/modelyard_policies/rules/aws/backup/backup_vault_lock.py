"""Backup vaults for classified data in production are locked: nobody deletes backups before their time.

A vault that says by its tags that it isn't production (`stage`) or that its data is public or internal
(`data-classification`) needs no lock: it couldn't be cleared up while one holds. A logically air-gapped vault
is always locked, and not judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.aws.types import BACKUP_VAULT, BACKUP_VAULT_LOCK
from modelyard_policies.declared import holds_what_matters
from modelyard_policies.options import Options, choice, option
from modelyard_policies.reading import Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class VaultLocks(Options):
    """How firm locks have to be."""

    rule: ClassVar[str] = "backup-vault-lock"
    mode: str = option(
        choice("compliance", "governance"),
        "compliance",
        "Whether a lock has to be one that nobody can take away (compliance) or not (governance)",
    )


RULE = Rule(
    id="backup-vault-lock",
    code="BK2",
    title="Backup vaults for classified data in production are locked",
    severity=Severity.HIGH,
    resources=(BACKUP_VAULT,),
    reads=(BACKUP_VAULT_LOCK,),
    options=VaultLocks,
    why=(
        "Who takes over an administrator deletes the backups first: only a lock in compliance mode holds "
        "against every role of the account."
    ),
    mend=(
        "Give the vault a VaultLockConfiguration with minRetentionDays, maxRetentionDays and "
        "changeableForDays; try it without changeableForDays (governance) before: what is locked stays."
    ),
    snippet="""\
aws.backup.VaultLockConfiguration(
    "daily",
    backup_vault_name=vault.name,
    min_retention_days=7,
    max_retention_days=400,
    changeable_for_days=3,  # days after which nobody can take the lock away, not even AWS
)
""",
    maps_to={},
)


RULE.applies(holds_what_matters)


@RULE.check
def vault_is_locked(vault: Resource, graph: GraphView) -> Iterator[Failure]:
    """A lock without both retentions takes backups that never go, or that go at once."""
    locks = graph.linked(vault, BACKUP_VAULT_LOCK, "backupVaultName")
    if not locks:
        yield vault.failure("", "no VaultLockConfiguration locks this vault")
    yield from each(locks, lambda lock: _holds(lock, graph.options(VaultLocks).mode))


def _holds(lock: Resource, mode: str) -> Iterator[Failure]:
    def setting_is_there(key: str) -> Iterator[Failure]:
        days = lock.number(key)
        if days is None or days < 1:
            yield lock.failure(key, f"is {lock.shown(key)}")

    def mode_is_firm(key: str) -> Iterator[Failure]:
        if mode == "compliance" and lock.number(key) is None:
            yield lock.failure(key, f"is {lock.shown(key)}: a lock in governance mode can be taken away")

    yield from each(("minRetentionDays", "maxRetentionDays"), setting_is_there)
    yield from mode_is_firm("changeableForDays")
