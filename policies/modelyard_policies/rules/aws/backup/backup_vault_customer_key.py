"""Backup vaults are encrypted with a customer key.

AWS Backup encrypts with this key what it can encrypt on its own (EFS, S3 and others); backups of the rest
keep the key of what they are of (AWS Backup Developer Guide, "Encryption for backups", 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.keys import names_customer_key
from modelyard_policies.aws.types import BACKUP_VAULT, KMS_KEYS, LOGICALLY_AIR_GAPPED_VAULT
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="backup-vault-customer-key",
    code="BK1",
    title="Backup vaults encrypt with a customer-managed key",
    severity=Severity.MEDIUM,
    resources=(BACKUP_VAULT, LOGICALLY_AIR_GAPPED_VAULT),
    reads=KMS_KEYS,
    why=(
        "AWS's own key can't be shared, so that backups under it can't be copied to another account, and "
        "nobody can cut off access to them by the key."
    ),
    mend="Set kmsKeyArn (encryptionKeyArn of a logically air-gapped vault) to a key of your own.",
    snippet="""\
aws.backup.Vault("daily", kms_key_arn=key.arn)
""",
    maps_to={"checkov": ["CKV_AWS_166"], "security_hub": ["Backup.1"]},
)


@RULE.check
def key_is_customers(vault: Resource, graph: GraphView) -> Iterator[Failure]:
    """A vault without a key takes the one that AWS Backup manages."""
    name = "encryptionKeyArn" if vault.type == LOGICALLY_AIR_GAPPED_VAULT else "kmsKeyArn"
    if not names_customer_key(vault, name, graph):
        yield vault.failure(name, "names no customer-managed key")
