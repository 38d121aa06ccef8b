from modelyard_policies.azure.types import OBJECT_REPLICATION_POLICY, RESOURCE_GROUP, STORAGE_ACCOUNT
from modelyard_policies.graph import UNKNOWN

VERSIONED = "azure-native:storage/v20230101:StorageAccount"
START = "/subscriptions/0000/resourceGroups/main/providers/Microsoft.Storage/storageAccounts"


def account(sku="Standard_ZRS", kind="StorageV2", tags=None, token=STORAGE_ACCOUNT):
    return {"data": (token, {"accountName": "acme", "kind": kind, "sku": {"name": sku}, "tags": tags})}


def local(name):
    return f"data: sku.name: is {name}, which keeps no copy in another region"


def replica(region="northeurope", source=f"{START}/acme", destination=f"{START}/copy", links=None):
    """A second account, and a policy that replicates to it; the first is in westeurope."""
    accounts = {"sourceAccount": source, "destinationAccount": destination}
    copy = {"accountName": "copy", "tags": {"stage": "test"}}
    first = {"kind": "BlockBlobStorage", "sku": {"name": "Premium_LRS"}, "accountName": "acme"}
    return {
        "data": (STORAGE_ACCOUNT, first, {}, {"region": "westeurope"}),
        "copy": (STORAGE_ACCOUNT, copy, {}, {"region": region}),
        "policy": (OBJECT_REPLICATION_POLICY, accounts, links or {}),
    }


CASES = {
    "bad": {
        "copies in one data center": (account("Standard_LRS"), local("Standard_LRS")),
        "copies in one region": (account(tags={"data-classification": "restricted"}), local("Standard_ZRS")),
        "nothing said": ({"data": (STORAGE_ACCOUNT, {})}, local("unset")),
        "by an API of its own version": (account(token=VERSIONED), local("Standard_ZRS")),
        "files on disks": (account("StandardV2_ZRS", "FileStorage"), local("StandardV2_ZRS")),
        "replicated within the region": (replica("westeurope"), local("Premium_LRS")),
        "replication of another account": (
            replica(source=f"{START}/other"),
            local("Premium_LRS"),
        ),
    },
    "good": {
        "in two regions": (account("Standard_GRS"),),
        "in two regions, and zones": (account("Standard_GZRS", token=VERSIONED),),
        "with read access": (account("Standard_RAGRS"),),
        "with read access, and zones": (account("standard_ragzrs"),),
        "files on disks": (account("StandardV2_GZRS", "FileStorage"),),
        "replicated by ids": (replica(),),
        "replicated by names": (replica(source="acme", destination="copy"),),
        "replicated by dependencies": (
            replica(
                source=UNKNOWN,
                destination=UNKNOWN,
                links={"sourceAccount": ["data"], "destinationAccount": ["copy"]},
            ),
        ),
        "replicated to an account from elsewhere": (replica(destination=f"{START}/elsewhere"),),
    },
    "unknown": {
        "a kind of storage that isn't known": (
            account(UNKNOWN),
            "data: sku.name: can't be judged: not known before the deployment",
        ),
        "a policy that may be another account's": (
            replica(source=UNKNOWN),
            "policy: sourceAccount: can't be judged: may refer to this resource, which isn't known yet",
        ),
    },
    "not applicable": {
        "not production": (account(tags={"stage": "development"}),),
        "public data": (account(tags={"data-classification": "public"}),),
        "premium file shares": (account("Premium_ZRS", "FileStorage"),),
        "no storage": ({"group": (RESOURCE_GROUP, {})},),
    },
}


def test_verdict(case, check):
    check("BK11", case)
