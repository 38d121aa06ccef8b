"""Accounts for classified data encrypt by a customer-managed key, over infrastructure encryption.

Azure encrypts every account by a key of its own anyway. An account that says by its tag `data-classification`
that its data is public or internal is left at that. Infrastructure encryption, a second layer by a key of
Azure's, can only be asked for when an account is made (Azure Storage, "Enable infrastructure encryption for
double encryption of data", 2024): where that is out of the question, the option says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.azure.types import STORAGE_ACCOUNT
from modelyard_policies.declared import may_be_classified
from modelyard_policies.options import Options, choice, option
from modelyard_policies.reading import Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class AccountEncryption(Options):
    """How accounts have to be encrypted."""

    rule: ClassVar[str] = "storage-customer-key"
    infrastructure: str = option(
        choice("required", "optional"),
        "required",
        "Whether a second layer of encryption by a key of Azure's is needed below the customer-managed key",
    )


RULE = Rule(
    id="storage-customer-key",
    code="ST19",
    title="Accounts for classified data encrypt by a customer-managed key, twice",
    severity=Severity.MEDIUM,
    resources=(STORAGE_ACCOUNT,),
    options=AccountEncryption,
    why=(
        "Without a key of your own nobody can cut off access to the data by the key, and with one layer of "
        "encryption all hangs on one key."
    ),
    mend=(
        "Set encryption.keySource to Microsoft.Keyvault with keyVaultProperties and an identity that may use "
        "the key, and requireInfrastructureEncryption to true when the account is made."
    ),
    maps_to={
        "checkov": ["CKV2_AZURE_1"],
        "cis_azure": ["4.11", "4.2"],
        "azure_policy": ["6fac406b-40ca-413b-bf8e-0bf964659c25", "4733ea7b-a883-42fe-8cac-97454c2a9e4a"],
        "mcsb": ["DP-5", "DP-4"],
    },
    snippet="""\
azure.storage.StorageAccount(
    "datasets",
    account_name="acmedatasets",
    resource_group_name=group.name,
    kind="StorageV2",
    sku={"name": "Standard_GZRS"},
    identity=identity.id.apply(lambda id: {"type": "UserAssigned", "user_assigned_identities": [id]}),
    encryption={
        "key_source": azure.storage.KeySource.MICROSOFT_KEYVAULT,
        "key_vault_properties": {
            "key_name": "datasets",
            "key_vault_uri": key_vault.properties.apply(lambda vault: vault.vault_uri),
        },
        "encryption_identity": {"encryption_user_assigned_identity": identity.id},
        "require_infrastructure_encryption": True,
        "services": {"blob": {"enabled": True, "key_type": "Account"}},
    },
)
""",
)


@RULE.applies
def may_hold_classified_data(account: Resource, graph: GraphView) -> bool:
    """A tag may spare it."""
    return may_be_classified(account, graph)


@RULE.check
def encryption_is_yours(account: Resource, graph: GraphView) -> Iterator[Failure]:
    """Each layer is judged by itself."""
    twice = graph.options(AccountEncryption).infrastructure == "required"
    checks = (_key_is_yours, _is_layered) if twice else (_key_is_yours,)
    yield from each(checks, lambda check: check(account))


def _key_is_yours(account: Resource) -> Iterator[Failure]:
    encryption = account.block("encryption")
    if encryption.text("keySource").strip().lower() != "microsoft.keyvault":
        default = "" if encryption.has("keySource") else ", which Azure takes for Microsoft.Storage"
        yield encryption.failure("keySource", f"is {encryption.shown('keySource')}{default}")
    elif not encryption.has("keyVaultProperties"):
        yield encryption.failure("keyVaultProperties", "name no key")


def _is_layered(account: Resource) -> Iterator[Failure]:
    encryption = account.block("encryption")
    if not encryption.is_true("requireInfrastructureEncryption"):
        shown = encryption.shown("requireInfrastructureEncryption")
        yield encryption.failure("requireInfrastructureEncryption", f"is {shown}")
