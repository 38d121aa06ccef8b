"""What the rules say of the components that keep data on Azure, and of weaker ones."""

from dataclasses import replace

import pytest
from azure_stores import ACCOUNT, CLASSIFIED, ENDPOINTS, IDENTITY, PLACE, SUBSCRIPTION
from previewing import preview

from modelyard.azure.backup import Backup
from modelyard.azure.replication import Replication
from modelyard.azure.storage import Storage
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import Graph
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.common.tags.data_residency import AllowedRegions

STORES = {
    **PLACE,
    **ENDPOINTS,
    "tags": CLASSIFIED,
    "accounts": {
        "datasets": {**ACCOUNT, "redundancy": "gzrs", "backed_up": True},
        "checkpoints": {
            **ACCOUNT,
            "account_name": "trainingckpt01",
            "containers": ["checkpoints"],
            "immutable_containers": ["checkpoints"],
        },
    },
}
COPIES = {
    **PLACE,
    **ENDPOINTS,
    "location": "northeurope",
    "resource_group_name": "recovery",
    "tags": CLASSIFIED,
    "accounts": {
        "checkpoints": {
            **ACCOUNT,
            "account_name": "recoveryckpt01",
            "containers": ["checkpoints"],
            "immutable_containers": ["checkpoints"],
            "redundancy": "gzrs",
        },
    },
}
BACKUP = {
    **PLACE,
    "subscription_id": SUBSCRIPTION,
    "vault_name": "training-backup",
    "every_hours": 24,
    "retention_days": 90,
    "cross_region_restore": True,
    "key_uri": "https://kv-training-01.vault.azure.net/keys/backup",
    "key_identity_id": IDENTITY,
    "immutability": "Locked",
    "soft_delete": "AlwaysOn",
    "delete_lock": True,
    "resource_guard_name": "training-guard",
    "resource_guard_group_name": "guards",
    "tags": CLASSIFIED,
}


def findings(*, stores=STORES, copies=COPIES, backup=BACKUP, replicated=True, options=()):
    """The verdicts that aren't well, by the rule's code, of a program with all three."""

    def program():
        first, second = Storage("store", stores), Storage("recovery", copies)
        if replicated:
            pair = {
                "source_account_id": first.account_id("checkpoints"),
                "source_account_name": first.account_name("checkpoints"),
                "destination_account_id": second.account_id("checkpoints"),
                "destination_account_name": second.account_name("checkpoints"),
                "containers": {"checkpoints": "checkpoints"},
            }
            both = {**PLACE, "destination_resource_group_name": "recovery"}
            Replication(
                "copies", {**both, "destination_location": "northeurope", "accounts": {"checkpoints": pair}}
            )
        instances = {"datasets": {"account_id": first.account_id("datasets"), "containers": ["datasets"]}}
        Backup("backup", {**backup, "instances": instances})

    return judged(preview(program), options)


def judged(graph, options=()):
    report = evaluate(graph, all_rules(), options=options)
    found = {}
    for finding in report.findings:
        found.setdefault(finding.code, set()).add(str(finding.verdict))
    return found


def without(args, *names):
    return {name: value for name, value in args.items() if name not in names}


def accounts(**change):
    """The stores with all their accounts changed."""
    return {**STORES, "accounts": {name: {**each, **change} for name, each in STORES["accounts"].items()}}


def test_what_the_components_make_by_themselves_passes_every_rule():
    assert findings() == {}


def test_residency_holds_of_the_copies_as_well():
    assert findings(options=[AllowedRegions(regions=("westeurope", "northeurope"))]) == {}
    assert findings(options=[AllowedRegions(regions=("westeurope",))]) == {"TG3": {"fail"}}


LESS = {**CLASSIFIED, "data-classification": "internal"}


@pytest.mark.parametrize(
    ("weaker", "code"),
    [
        ({"stores": without(STORES, *ENDPOINTS)}, "ST16"),
        ({"stores": accounts(versioned=False, backed_up=False, immutable_containers=[])}, "ST20"),
        ({"stores": accounts(deleted_retention_days=6, backed_up=False)}, "ST20"),
        ({"stores": accounts(immutable_containers=[])}, "ST21"),
        ({"stores": accounts(redundancy="lrs"), "replicated": False}, "BK11"),
        ({"stores": without(STORES, "tags")}, "TG2"),
        ({"copies": {**COPIES, "tags": LESS}}, "TG2"),
        ({"backup": {**BACKUP, "tags": LESS}}, "TG2"),
        ({"backup": {**BACKUP, "immutability": "Unlocked"}}, "BK9"),
        ({"backup": {**BACKUP, "soft_delete": "On"}}, "BK9"),
        ({"backup": {**BACKUP, "soft_delete": "Off"}}, "BK9"),
        ({"backup": {**BACKUP, "delete_lock": False}}, "BK12"),
        ({"backup": without(BACKUP, "resource_guard_name", "resource_guard_group_name")}, "BK12"),
    ],
)
def test_what_is_weaker_fails_the_rule_for_it(weaker, code):
    assert "fail" in findings(**weaker)[code]


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        ("StorageAccount", {"allowBlobPublicAccess": True}, "ST14"),
        ("BlobContainer", {"publicAccess": "Blob"}, "ST14"),
        ("StorageAccount", {"publicNetworkAccess": "Enabled", "networkRuleSet": {}}, "ST15"),
        ("StorageAccount", {"minimumTlsVersion": "TLS1_0"}, "ST17"),
        ("StorageAccount", {"enableHttpsTrafficOnly": False}, "ST17"),
        ("StorageAccount", {"allowSharedKeyAccess": True}, "ST18"),
        ("StorageAccount", {"encryption": {}}, "ST19"),
    ],
)
def test_what_no_argument_can_weaken_is_found_where_somebody_changes_it(kind, change, code):
    graph = preview(lambda: Storage("store", STORES) and None)
    assert code not in judged(graph)
    nodes = [
        replace(node, properties={**node.properties, **change})
        if node.type == f"azure-native:storage:{kind}"
        else node
        for node in graph.resources
    ]
    assert "fail" in judged(Graph(nodes, cloud="azure"))[code]
