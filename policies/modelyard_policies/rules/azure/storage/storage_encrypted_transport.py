"""Storage accounts take encrypted requests only, by TLS 1.2 or newer.

HTTPS alone is the default since version 2019-04-01 of Azure's API, which takes a minimum that isn't set for
TLS 1.0 (Azure REST API specifications, Microsoft.Storage, 2023-01-01). Azure's storage itself refuses TLS 1.0
and 1.1 since February 2026, whatever is set; what audits read is the account's own setting all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modelyard_policies.azure.api_versions import api_version
from modelyard_policies.azure.types import STORAGE_ACCOUNT
from modelyard_policies.reading import Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity

FIRST_ENCRYPTED = "20190401"
"""Version of the API since which an account takes HTTPS only unless it says otherwise."""

NEW_ENOUGH = ("TLS1_2", "TLS1_3")

RULE = Rule(
    id="storage-encrypted-transport",
    code="ST17",
    title="Storage accounts take HTTPS only, by TLS 1.2 or newer",
    severity=Severity.MEDIUM,
    resources=(STORAGE_ACCOUNT,),
    why="Whoever is on the way reads data and tokens that go over plain HTTP, or under a TLS that is broken.",
    mend="Set enableHttpsTrafficOnly to true and minimumTlsVersion to TLS1_2.",
    maps_to={
        "checkov": ["CKV_AZURE_3", "CKV_AZURE_44"],
        "cis_azure": ["4.1", "4.15"],
        "azure_policy": ["404c3081-a854-4457-ae30-26a93ef643f9", "fe83a0eb-a853-422d-aac2-1bffd182c5d0"],
        "mcsb": ["DP-3"],
    },
    snippet="""\
azure.storage.StorageAccount(
    "datasets",
    account_name="acmedatasets",
    resource_group_name=group.name,
    kind="StorageV2",
    sku={"name": "Standard_GZRS"},
    enable_https_traffic_only=True,
    minimum_tls_version=azure.storage.MinimumTlsVersion.TLS1_2,
)
""",
)


@RULE.check
def transport_is_encrypted(account: Resource, graph: GraphView) -> Iterator[Failure]:
    """Both are needed."""
    yield from each((_https_only, _tls_is_new), lambda check: check(account))


@RULE.remedy
def encrypt(account: Resource, graph: GraphView) -> Mapping[str, object]:
    """What isn't encrypted is refused."""
    values: dict[str, object] = {}
    if any(_https_only(account)):
        values["enableHttpsTrafficOnly"] = True
    if any(_tls_is_new(account)):
        values["minimumTlsVersion"] = NEW_ENOUGH[0]
    return values


def _https_only(account: Resource) -> Iterator[Failure]:
    key = "enableHttpsTrafficOnly"
    if not account.has(key):
        if "" < api_version(account.type) < FIRST_ENCRYPTED:
            yield account.failure(key, "is unset, which this version of the API takes for false")
    elif not account.is_true(key):
        yield account.failure(key, f"is {account.shown(key)}")


def _tls_is_new(account: Resource) -> Iterator[Failure]:
    key = "minimumTlsVersion"
    if account.text(key).strip().upper() not in NEW_ENOUGH:
        default = "" if account.has(key) else ", which Azure's API takes for TLS1_0"
        yield account.failure(key, f"is {account.shown(key)}{default}")
