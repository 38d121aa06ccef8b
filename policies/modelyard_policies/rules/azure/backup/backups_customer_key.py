"""Vaults of backups with classified data encrypt by a customer-managed key, over infrastructure encryption.

Azure encrypts every vault by a key of its own anyway. A vault that says by its tag `data-classification` that
its data is public or internal is left at that. Infrastructure encryption, a second layer by a key of Azure's,
can only be asked for together with the key, and before a vault holds anything (Azure Backup, "Encrypt backup
data by using customer-managed keys", 2024): where that is out of the question, the option says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.azure.types import BACKUP_VAULT, RECOVERY_SERVICES_VAULT
from modelyard_policies.declared import may_be_classified
from modelyard_policies.graph import canonical
from modelyard_policies.options import Options, choice, option
from modelyard_policies.reading import Block, Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class BackupEncryption(Options):
    """How vaults of backups have to be encrypted."""

    rule: ClassVar[str] = "backups-customer-key"
    infrastructure: str = option(
        choice("required", "optional"),
        "required",
        "Whether a second layer of encryption by a key of Azure's is needed below the customer-managed key",
    )


RULE = Rule(
    id="backups-customer-key",
    code="BK14",
    title="Vaults of backups on Azure encrypt by a customer-managed key, twice",
    severity=Severity.MEDIUM,
    resources=(RECOVERY_SERVICES_VAULT, BACKUP_VAULT),
    options=BackupEncryption,
    why=(
        "The data lies in its backups as well: under Azure's own key nobody can cut off access to them by "
        "the key, whatever key the store itself is under."
    ),
    mend=(
        "Set properties.securitySettings.encryptionSettings (properties.encryption of a Recovery Services "
        "vault) to a key with an identity that may use it, and infrastructureEncryption to Enabled, before "
        "the first backup; of a Backup vault state to Enabled too."
    ),
    maps_to={
        "azure_policy": ["d6588149-9f06-462c-a076-56aece45b5ba", "2e94d99a-8a36-4563-bc77-810d8893b671"]
    },
    snippet="""\
azure.dataprotection.BackupVault(
    "blobs",
    resource_group_name=group.name,
    identity=identity.id.apply(lambda id: {"type": "UserAssigned", "user_assigned_identities": [id]}),
    properties={
        "storage_settings": [{"datastore_type": "VaultStore", "type": "GeoRedundant"}],
        "security_settings": {
            "encryption_settings": {
                "state": "Enabled",
                "kek_identity": {"identity_type": "UserAssigned", "identity_id": identity.id},
                "key_vault_properties": {
                    "key_uri": key_vault.properties.apply(lambda vault: f"{vault.vault_uri}keys/backups")
                },
                "infrastructure_encryption": "Enabled",
            },
        },
    },
)
""",
)


@RULE.applies
def may_hold_classified_data(vault: Resource, graph: GraphView) -> bool:
    """A tag may spare it."""
    return may_be_classified(vault, graph)


@RULE.check
def encryption_is_yours(vault: Resource, graph: GraphView) -> Iterator[Failure]:
    """Each layer is judged by itself."""
    twice = graph.options(BackupEncryption).infrastructure == "required"
    checks = (_state, _key, _is_layered) if twice else (_state, _key)
    yield from each(checks, lambda check: check(vault))


def _encryption(vault: Resource) -> Block:
    properties = vault.block("properties")
    if canonical(vault.type) == RECOVERY_SERVICES_VAULT:
        return properties.block("encryption")
    return properties.block("securitySettings").block("encryptionSettings")


def _state(vault: Resource) -> Iterator[Failure]:
    """Only a Backup vault has it. Unset, the key decides."""
    encryption = _encryption(vault)
    if encryption.text("state", "Enabled").strip().lower() != "enabled":
        yield encryption.failure("state", f"is {encryption.shown('state')}, not Enabled")


def _key(vault: Resource) -> Iterator[Failure]:
    key = _encryption(vault).block("keyVaultProperties")
    if not key.has("keyUri"):
        yield key.failure("keyUri", "names no customer-managed key")


def _is_layered(vault: Resource) -> Iterator[Failure]:
    encryption, key = _encryption(vault), "infrastructureEncryption"
    if encryption.text(key).strip().lower() != "enabled":
        yield encryption.failure(key, f"is {encryption.shown(key)}, not Enabled")
