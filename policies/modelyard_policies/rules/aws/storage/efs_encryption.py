"""File systems of EFS are encrypted with a customer-managed key.

One that doesn't say so is made in plain, and stays so: encryption can't be changed later (Amazon EFS User
Guide, "Encrypting data at rest", 2026-11). The tag `data-classification` may spare it the key, not the
encryption.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.keys import names_customer_key
from modelyard_policies.aws.types import EFS_FILE_SYSTEM, KMS_KEYS
from modelyard_policies.declared import may_be_classified
from modelyard_policies.reading import Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="efs-encryption",
    code="ST13",
    title="EFS file systems are encrypted with a customer-managed key",
    severity=Severity.HIGH,
    resources=(EFS_FILE_SYSTEM,),
    reads=KMS_KEYS,
    why="Code, notebooks and home directories hold what leads to the rest, and only a key can cut it off.",
    mend="Set encrypted to true and kmsKeyId to a key of your own, before the file system is made.",
    maps_to={
        "checkov": ["CKV_AWS_42", "CKV_AWS_184"],
        "security_hub": ["EFS.1", "EFS.8"],
        "cis_aws": ["2.3.1"],
    },
    snippet='aws.efs.FileSystem("home", encrypted=True, kms_key_id=key.arn)\n',
)


@RULE.check
def it_is_encrypted(store: Resource, graph: GraphView) -> Iterator[Failure]:
    """Whether at all, then with which key."""
    yield from each((_encryption_is_on, _key_is_customers), lambda check: check(store, graph))


def _encryption_is_on(store: Resource, graph: GraphView) -> Iterator[Failure]:
    if not store.is_true("encrypted"):
        yield store.failure("encrypted", f"is {store.shown('encrypted')}")


def _key_is_customers(store: Resource, graph: GraphView) -> Iterator[Failure]:
    if may_be_classified(store, graph) and not names_customer_key(store, "kmsKeyId", graph):
        yield store.failure("kmsKeyId", "names no customer-managed key")
