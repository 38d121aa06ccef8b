from modelyard_policies.azure.types import BLOB_CONTAINER, RESOURCE_GROUP, STORAGE_ACCOUNT
from modelyard_policies.graph import UNKNOWN

OLD = "azure-native:storage/v20220901:StorageAccount"
OLD_PACKAGE = "azure-native_storage_v20220901:storage:StorageAccount"
NEW = "azure-native_storage_v20230101:storage:StorageAccount"
UNSET = "allowBlobPublicAccess: is unset, which this version of the API takes for true"


def account(allowed, token=STORAGE_ACCOUNT):
    return {"data": (token, {"allowBlobPublicAccess": allowed})}


def container(access):
    return {"data": (BLOB_CONTAINER, {"publicAccess": access, "accountName": "acme"})}


CASES = {
    "bad": {
        "an account that allows it": (account(True), "data: allowBlobPublicAccess: is true"),
        "allowed in text": (account("true"), "data: allowBlobPublicAccess: is true"),
        "nothing said to an API that takes that for yes": ({"data": (OLD, {})}, f"data: {UNSET}"),
        "the same from a package of its own": ({"data": (OLD_PACKAGE, {})}, f"data: {UNSET}"),
        "a container whose blobs are open": (container("Blob"), "data: publicAccess: is Blob"),
        "a container that is open": (container("Container"), "data: publicAccess: is Container"),
    },
    "good": {
        "an account that forbids it": (account(False),),
        "forbidden in text": (account("false"),),
        "forbidden to an older API": (account(False, OLD),),
        "nothing said": ({"data": (STORAGE_ACCOUNT, {})},),
        "nothing said to a version that forbids it": ({"data": (NEW, {})},),
        "a private container": (container("None"),),
        "a container that says nothing": ({"data": (BLOB_CONTAINER, {})},),
    },
    "unknown": {
        "an account's setting that isn't known": (
            account(UNKNOWN),
            "data: allowBlobPublicAccess: can't be judged: not known before the deployment",
        ),
        "a container's setting that isn't known": (
            container(UNKNOWN),
            "data: publicAccess: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"no storage": ({"group": (RESOURCE_GROUP, {})},)},
}


def test_verdict(case, check):
    check("ST14", case)
