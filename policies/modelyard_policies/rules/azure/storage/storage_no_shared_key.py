"""Storage accounts take no account keys; where one does, what is signed by a key ends soon.

Keys that aren't turned off are on. With keys off, only signatures by an identity are left, which hold for
seven days at most (Azure Storage REST API, "Create a user delegation SAS", 2025): so the account needs no
policy on signatures then, as for checkov's CKV2_AZURE_41. A policy only logs what is signed for longer,
unless its expirationAction is Block (Azure Storage, "Configure an expiration policy", 2025-07).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.azure.durations import clock_days
from modelyard_policies.azure.types import STORAGE_ACCOUNT
from modelyard_policies.options import Options, number, option
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class SignedAccess(Options):
    """How long what a key signs may hold."""

    rule: ClassVar[str] = "storage-no-shared-key"
    days: float = option(number(0), 7, "Most days that a shared access signature may be valid for")


RULE = Rule(
    id="storage-no-shared-key",
    code="ST18",
    title="Storage accounts take no account keys, and signatures end soon",
    severity=Severity.HIGH,
    resources=(STORAGE_ACCOUNT,),
    options=SignedAccess,
    why=(
        "An account key opens all that the account holds, to whoever has it and until it is changed, and the "
        "log can't tell who used it."
    ),
    mend=(
        "Set allowSharedKeyAccess to false and sign in by identities; where keys have to stay, set "
        "sasPolicy.sasExpirationPeriod to 7.00:00:00 or less."
    ),
    maps_to={
        "checkov": ["CKV2_AZURE_40", "CKV2_AZURE_41"],
        "azure_policy": [
            "8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54",
            "bc1b984e-ddae-40cc-801a-050a030e4fbe",
            "7aa1c9d5-3d7e-4579-8117-d85e99211757",
        ],
        "mcsb": ["IM-1"],
    },
    snippet="""\
azure.storage.StorageAccount(
    "datasets",
    account_name="acmedatasets",
    resource_group_name=group.name,
    kind="StorageV2",
    sku={"name": "Standard_GZRS"},
    allow_shared_key_access=False,
    default_to_o_auth_authentication=True,
)
""",
)


@RULE.check
def keys_are_off(account: Resource, graph: GraphView) -> Iterator[Failure]:
    """Where keys are on, signatures by them are judged as well."""
    if account.text("allowSharedKeyAccess").strip().lower() in ("false", "0"):
        return
    shown = account.shown("allowSharedKeyAccess")
    default = "" if account.has("allowSharedKeyAccess") else ", which Azure takes for true"
    yield account.failure("allowSharedKeyAccess", f"is {shown}{default}")
    yield from _signatures_end(account, graph.options(SignedAccess).days)


def _signatures_end(account: Resource, most: float) -> Iterator[Failure]:
    policy = account.block("sasPolicy")
    period = clock_days(policy.text("sasExpirationPeriod"))
    if not policy.has("sasExpirationPeriod"):
        yield account.failure("sasPolicy", "doesn't say how long a shared access signature may be valid")
    elif period is None or period > most:
        shown = policy.shown("sasExpirationPeriod")
        yield policy.failure("sasExpirationPeriod", f"is {shown}, more than {most:g} days")
