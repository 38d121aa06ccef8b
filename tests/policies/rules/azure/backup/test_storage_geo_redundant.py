from modelyard_policies.azure.types import (
    BLOB_CONTAINER,
    OBJECT_REPLICATION_POLICY,
    RESOURCE_GROUP,
    STORAGE_ACCOUNT,
)
from modelyard_policies.graph import UNKNOWN

VERSIONED = "azure-native:storage/v20230101:StorageAccount"
START = "/subscriptions/0000/resourceGroups/main/providers/Microsoft.Storage/storageAccounts"
GRS = {"name": "Standard_GRS"}


def account(sku="Standard_ZRS", kind="StorageV2", tags=None, token=STORAGE_ACCOUNT):
    return {"data": (token, {"accountName": "acme", "kind": kind, "sku": {"name": sku}, "tags": tags})}


def local(name):
    return f"data: sku.name: is {name}, which keeps no copy in another region"


def replica(region="northeurope", source=f"{START}/acme", destination=f"{START}/copy", links=None, at="acme"):
    """A second account, and a policy that replicates to it; the first is in westeurope."""
    accounts = {"accountName": at, "sourceAccount": source, "destinationAccount": destination}
    copy = {"accountName": "copy", "tags": {"stage": "test"}}
    first = {"kind": "BlockBlobStorage", "sku": {"name": "Premium_LRS"}, "accountName": "acme"}
    return {
        "data": (STORAGE_ACCOUNT, first, {}, {"region": "westeurope"}),
        "copy": (STORAGE_ACCOUNT, copy, {}, {"region": region}),
        "policy": (OBJECT_REPLICATION_POLICY, accounts, links or {}),
    }


def taking(
    region="northeurope", source=f"{START}/origin", at="origin", original=None, links=None, destination="acme"
):
    """An account that takes the copies of another, in northeurope, which is geo-redundant."""
    accounts = {"accountName": at, "sourceAccount": source, "destinationAccount": destination}
    rules = [{"sourceContainer": "blobs", "destinationContainer": "copies"}]
    first = original or {"accountName": "origin", "sku": GRS}
    place = {"region": "northeurope"}
    return {
        "data": (STORAGE_ACCOUNT, {"accountName": "acme", "sku": {"name": "Standard_LRS"}}, {}, place),
        "origin": (STORAGE_ACCOUNT, first, {}, {"region": region}),
        "policy": (OBJECT_REPLICATION_POLICY, {**accounts, "rules": rules}, links or {}),
    }


def container(name="copies", account="acme"):
    return {f"container {name}": (BLOB_CONTAINER, {"accountName": account, "containerName": name})}


ELSEWHERE = "westeurope"
UNTOLD = {
    "source": UNKNOWN,
    "destination": UNKNOWN,
    "at": UNKNOWN,
    "links": {"accountName": ["origin"], "sourceAccount": ["origin"], "destinationAccount": ["data"]},
}
"""A policy of which only the dependencies are known."""


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
        "replicated by a policy at the destination alone": (replica(at="copy"), local("Premium_LRS")),
        "the copy of an account in the same region": (taking(), local("Standard_LRS")),
        "the same, by dependencies": (taking(**UNTOLD), local("Standard_LRS")),
        "the copy of an account in the same region's group": (
            taking(None, original={"accountName": "origin", "resourceGroupName": "apart", "sku": GRS})
            | {"group": (RESOURCE_GROUP, {"resourceGroupName": "apart", "location": "North Europe"})},
            local("Standard_LRS"),
        ),
        "the copy of itself": (taking(ELSEWHERE, f"{START}/acme", "acme"), local("Standard_LRS")),
        "the copy of nothing": (taking(ELSEWHERE, None), local("Standard_LRS")),
        "the copy by a policy at itself alone": (taking(ELSEWHERE, at="acme"), local("Standard_LRS")),
        "another account's copy": (taking(ELSEWHERE, destination="other"), local("Standard_LRS")),
        "a copy and data of its own": (
            taking(ELSEWHERE) | container() | container("own"),
            local("Standard_LRS"),
        ),
        "a container that is only called like the source's": (
            taking(ELSEWHERE) | container("blobs"),
            local("Standard_LRS"),
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
                at=UNKNOWN,
                links={"accountName": ["data"], "sourceAccount": ["data"], "destinationAccount": ["copy"]},
            ),
        ),
        "replicated to an account from elsewhere": (replica(destination=f"{START}/elsewhere"),),
        "the copy of another region's account": (taking(ELSEWHERE),),
        "the copy of an account in another region's group": (
            taking(None, original={"accountName": "origin", "resourceGroupName": "apart", "sku": GRS})
            | {"group": (RESOURCE_GROUP, {"resourceGroupName": "apart", "location": "West Europe"})},
        ),
        "the copy by dependencies": (taking(ELSEWHERE, **UNTOLD),),
        "the copy, in its container": (taking(ELSEWHERE) | container(),),
        "the copy, beside another account's container": (
            taking(ELSEWHERE) | container() | container("own", "origin"),
        ),
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
        "a copy of an account that isn't in the graph": (
            taking(source=f"{START}/elsewhere"),
            "policy: sourceAccount: can't be judged: names a resource that isn't in the graph",
        ),
        "a copy of an account somewhere": (
            taking(None, original={"accountName": "origin", "resourceGroupName": "apart", "sku": GRS}),
            "origin: resourceGroupName: can't be judged: names a resource that isn't in the graph",
        ),
        "a policy that may be at the source": (
            taking(ELSEWHERE, at=UNKNOWN),
            "policy: accountName: can't be judged: not known before the deployment",
        ),
        "a policy that may lead here": (
            taking(ELSEWHERE, destination=UNKNOWN),
            "policy: destinationAccount: can't be judged: may refer to this resource, which isn't known yet",
        ),
        "a container that may take the copies": (
            taking(ELSEWHERE) | container(UNKNOWN),
            "container unknown: containerName: can't be judged: not known before the deployment",
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
