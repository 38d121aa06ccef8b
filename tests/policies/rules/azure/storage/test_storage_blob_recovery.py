from modelyard_policies.azure.types import BLOB_SERVICE_PROPERTIES, RESOURCE_GROUP, STORAGE_ACCOUNT
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.storage.storage_blob_recovery import BlobRecovery

VERSIONED = "azure-native:storage/v20230101:BlobServiceProperties"
NOTHING = "data: : no BlobServiceProperties keeps what is overwritten or deleted"
KEPT = {"enabled": True, "days": 30}


def service(versions=True, blobs=KEPT, containers=KEPT):
    return {
        "isVersioningEnabled": versions,
        "deleteRetentionPolicy": blobs,
        "containerDeleteRetentionPolicy": containers,
    }


def design(token=BLOB_SERVICE_PROPERTIES, account=None, **settings):
    """An account, and properties that know it by the dependency."""
    return {
        "data": (STORAGE_ACCOUNT, {"kind": "StorageV2", "sku": {"name": "Standard_ZRS"}} | (account or {})),
        "blobs": (token, {"accountName": UNKNOWN} | service(**settings), {"accountName": ["data"]}),
    }


CASES = {
    "bad": {
        "nothing said": ({"data": (STORAGE_ACCOUNT, {"kind": "StorageV2"})}, NOTHING),
        "properties of another account": (
            {
                "data": (STORAGE_ACCOUNT, {"accountName": "acme"}),
                "blobs": (BLOB_SERVICE_PROPERTIES, {"accountName": "other"} | service()),
            },
            NOTHING,
        ),
        "what is deleted may be purged": (
            design(blobs={**KEPT, "allowPermanentDelete": True}),
            "blobs: deleteRetentionPolicy.allowPermanentDelete: is true, so that what is deleted can be purged",
        ),
        "none of the three": (
            design(versions=False, blobs=None, containers={"enabled": False}),
            "blobs: isVersioningEnabled: is false",
            "blobs: deleteRetentionPolicy.enabled: is unset",
            "blobs: containerDeleteRetentionPolicy.enabled: is false",
        ),
        "too short": (
            design(blobs={"enabled": True, "days": 1}, containers={"enabled": True}),
            "blobs: deleteRetentionPolicy.days: is 1, less than 7",
            "blobs: containerDeleteRetentionPolicy.days: is unset, less than 7",
        ),
        "no versions, and the rest not known": (
            design(versions=None, blobs=UNKNOWN, containers=UNKNOWN),
            "blobs: isVersioningEnabled: is unset",
        ),
        "containers not kept, and versions not known": (
            design(versions=UNKNOWN, containers=None),
            "blobs: containerDeleteRetentionPolicy.enabled: is unset",
        ),
        "a data lake that keeps nothing": (
            design(account={"isHnsEnabled": True}, versions=False, blobs=None),
            "blobs: deleteRetentionPolicy.enabled: is unset",
        ),
    },
    "good": {
        "all three": (design(),),
        "by the name": (
            {
                "data": (STORAGE_ACCOUNT, {"accountName": "acme"}),
                "blobs": (BLOB_SERVICE_PROPERTIES, {"accountName": "acme"} | service()),
            },
        ),
        "by an API of its own version": (design(VERSIONED),),
        "a data lake, which has no versions": (design(account={"isHnsEnabled": True}, versions=None),),
        "an old account, which has none": (design(account={"kind": "Storage"}, versions=None),),
        "premium page blobs, which have none": (
            design(account={"sku": {"name": "Premium_LRS"}}, versions=None),
        ),
        "versions by immutability": (
            design(account={"immutableStorageWithVersioning": {"enabled": True}}, versions=None),
        ),
    },
    "unknown": {
        "properties that may be another account's": (
            {
                "data": (STORAGE_ACCOUNT, {}),
                "blobs": (BLOB_SERVICE_PROPERTIES, {"accountName": UNKNOWN} | service()),
            },
            "blobs: accountName: can't be judged: may refer to this resource, which isn't known yet",
        ),
        "versions that aren't known": (
            design(versions=UNKNOWN),
            "blobs: isVersioningEnabled: can't be judged: not known before the deployment",
        ),
        "days that aren't known": (
            design(blobs={"enabled": True, "days": UNKNOWN}),
            "blobs: deleteRetentionPolicy.days: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "files": ({"data": (STORAGE_ACCOUNT, {"kind": "FileStorage"})},),
        "no storage": ({"group": (RESOURCE_GROUP, {})},),
    },
}


def test_verdict(case, check):
    check("ST20", case)


def test_a_day_can_be_enough(build):
    graph = build(design(blobs={"enabled": True, "days": 1}))
    options = [BlobRecovery.from_json({"days": 1})]
    assert evaluate(graph, all_rules(), select=["ST20"], options=options).ok
