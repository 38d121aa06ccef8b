from modelyard_policies.azure.types import (
    BACKUP_INSTANCE,
    DIAGNOSTIC_SETTING,
    FLOW_LOG,
    ML_WORKSPACE,
    OBJECT_REPLICATION_POLICY,
    STORAGE_ACCOUNT,
    STORAGE_STATIC_WEBSITE,
)
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.backup.blob_backup import BackedUpBlobs

ID = "/subscriptions/0000/resourceGroups/main/providers/Microsoft.Storage/storageAccounts"


def account(name="data", classification="confidential", location="westeurope", stage=None, **properties):
    tags = {"data-classification": classification, "stage": stage}
    given = {"accountName": name, "location": location, "kind": "StorageV2", "tags": tags, **properties}
    return {name: (STORAGE_ACCOUNT, given)}


def backup(resource_id=f"{ID}/data", links=None):
    properties = {"properties": {"dataSourceInfo": {"resourceID": resource_id}}}
    return {"backup": (BACKUP_INSTANCE, properties, links or {})}


def policy(at, source="data", copy="copy"):
    properties = {"accountName": at, "sourceAccount": f"{ID}/{source}", "destinationAccount": f"{ID}/{copy}"}
    return {f"policy-{at}": (OBJECT_REPLICATION_POLICY, properties)}


NONE = "data: : no backup instance takes its blobs, and nothing replicates them"

CASES = {
    "bad": {
        "nothing takes it": (account(), NONE),
        "copies in the paired region only": (account(sku={"name": "Standard_GZRS"}), NONE),
        "a hierarchical namespace": (account(isHnsEnabled=True), NONE),
        "another account is backed up": ({**account(), **backup(f"{ID}/other")}, NONE),
        "replication that stands at the destination alone": (
            {**account(), **account("copy", "internal", "northeurope"), **policy("copy")},
            NONE,
        ),
        "beside an account that is replicated to elsewhere": (
            {
                **account(),
                **account("other", "internal"),
                **account("copy", location="northeurope"),
                **policy("other", "other"),
            },
            NONE,
        ),
    },
    "good": {
        "a backup": ({**account(), **backup()},),
        "a backup that isn't known yet": ({**account(), **backup(UNKNOWN, {"properties": ["data"]})},),
        "replication": ({**account(), **policy("data")},),
        "a copy in the same region": (
            {**account(), **account("source", "internal"), **policy("source", "source", "data")},
        ),
        "accounts where another region's copies are": (
            {
                **account(location="northeurope"),
                **account("source", "internal"),
                **account("copy", "internal", "northeurope"),
                **policy("source", "source"),
            },
        ),
    },
    "unknown": {
        "a backup of who knows what": (
            {**account(), **backup(UNKNOWN)},
            "backup: properties: can't be judged: may refer to this resource, which isn't known yet",
        ),
        "copies that go who knows where": (
            {
                **account(),
                **account("source", "internal"),
                **account("copy", "internal", UNKNOWN),
                **policy("source", "source"),
            },
            "copy: location: can't be judged: not known before the deployment",
        ),
        "a class that isn't known": (
            account(classification=UNKNOWN),
            "data: tags.data-classification: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "internal data": (account(classification="internal"),),
        "nothing is said of the data": (account(classification=None),),
        "staging": (account(stage="staging"),),
        "files": (account(kind="FileStorage"),),
        "premium page blobs": (account(sku={"name": "Premium_LRS"}),),
        "a website": ({**account(), "site": (STORAGE_STATIC_WEBSITE, {"accountName": "data"})},),
        "flow logs": ({**account(), "log": (FLOW_LOG, {"storageId": f"{ID}/data"})},),
        "audit logs": ({**account(), "log": (DIAGNOSTIC_SETTING, {"storageAccountId": f"{ID}/data"})},),
        "a workspace's own files": ({**account(), "ml": (ML_WORKSPACE, {"storageAccount": f"{ID}/data"})},),
    },
}


def test_verdict(case, check):
    check("BK15", case)


def test_an_option_says_which_classes_have_to_be_backed_up(build):
    graph = build(account(classification="internal"))
    for classes, ok in ((["internal"], False), (["restricted"], True)):
        options = [BackedUpBlobs.from_json({"classes": classes})]
        assert evaluate(graph, all_rules(), select=["BK15"], options=options).ok is ok
