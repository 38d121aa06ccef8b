from modelyard_policies.azure.types import (
    PRIVATE_ENDPOINT,
    RESOURCE_GROUP,
    STORAGE_ACCOUNT,
    STORAGE_STATIC_WEBSITE,
)
from modelyard_policies.graph import UNKNOWN

VERSIONED = "azure-native_network_v20240501:network:PrivateEndpoint"
START = "/subscriptions/0000/resourceGroups/main/providers"
KEY = "privateLinkServiceConnections"
ID = f"{START}/Microsoft.Storage/storageAccounts/acme"


def connection(*groups, target=ID):
    return [{"name": "c", "privateLinkServiceId": target, "groupIds": list(groups)}]


def endpoint(*groups, target=ID, token=PRIVATE_ENDPOINT, key=KEY):
    return (token, {key: connection(*groups, target=target)})


def design(*endpoints, **properties):
    """An account, and endpoints that know it by its id."""
    account = {"accountName": "acme", "kind": "StorageV2"} | properties
    found = {f"endpoint-{position}": each for position, each in enumerate(endpoints)}
    return {"data": (STORAGE_ACCOUNT, account), **found}


def preview(*groups, **properties):
    """An account whose id isn't known yet, and an endpoint that depends on it."""
    return {
        "data": (STORAGE_ACCOUNT, {"kind": "StorageV2"} | properties),
        "endpoint": (PRIVATE_ENDPOINT, {KEY: connection(*groups, target=UNKNOWN)}, {KEY: ["data"]}),
    }


CASES = {
    "bad": {
        "none": (design(), "data: : no private endpoint leads to this account"),
        "one of another account": (
            design(endpoint("blob", target=f"{ID}2")),
            "data: : no private endpoint leads to this account",
        ),
        "one of something else of the name": (
            design(endpoint("vault", target=f"{START}/Microsoft.KeyVault/vaults/acme")),
            "data: : no private endpoint leads to this account",
        ),
        "one that is only named after it": (
            design(
                (
                    PRIVATE_ENDPOINT,
                    {KEY: [{"name": "acme", "privateLinkServiceId": f"{ID}2", "groupIds": ["blob"]}]},
                )
            ),
            "data: : no private endpoint leads to this account",
        ),
        "a data lake without either": (
            design(isHnsEnabled=True),
            "data: : no private endpoint for blob leads to this account",
            "data: : no private endpoint for dfs leads to this account",
        ),
        "a data lake with one of two": (
            preview("dfs", isHnsEnabled=True),
            "data: : no private endpoint for blob leads to this account",
        ),
        "files reached as blobs": (
            design(endpoint("blob"), kind="FileStorage"),
            "data: : no private endpoint for file leads to this account",
        ),
        "blobs reached as files": (
            design(endpoint("file"), kind="BlockBlobStorage"),
            "data: : no private endpoint for blob leads to this account",
        ),
    },
    "good": {
        "by the dependency": (preview("blob"),),
        "by the id": (design(endpoint("blob")),),
        "by the id in other letters": (design(endpoint("Blob", target=ID.upper())),),
        "by an API of its own version": (design(endpoint("blob", token=VERSIONED)),),
        "one that somebody approves": (design(endpoint("blob", key="manualPrivateLinkServiceConnections")),),
        "a data lake with both": (design(endpoint("blob"), endpoint("dfs"), isHnsEnabled=True),),
        "premium files": (design(endpoint("file"), kind="FileStorage"),),
        "files in an account for anything": (design(endpoint("file")),),
        "one that is known beside one that isn't": (
            design(endpoint("blob"), endpoint("blob", target=UNKNOWN)),
        ),
    },
    "unknown": {
        "an endpoint of which isn't known where it leads": (
            design(endpoint("blob", target=UNKNOWN)),
            f"endpoint-0: {KEY}: can't be judged: may refer to this resource, which isn't known yet",
        ),
        "a data lake with one, and one that isn't known": (
            design(endpoint("blob"), endpoint("dfs", target=UNKNOWN), isHnsEnabled=True),
            f"endpoint-1: {KEY}: can't be judged: may refer to this resource, which isn't known yet",
        ),
        "parts that aren't known": (
            design(endpoint(UNKNOWN)),
            f"endpoint-0: {KEY}[0].groupIds[0]: can't be judged: not known before the deployment",
        ),
        "a kind that isn't known": (
            design(endpoint("blob"), kind=UNKNOWN),
            "data: kind: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a website": (design() | {"site": (STORAGE_STATIC_WEBSITE, {"accountName": "acme"})},),
        "no storage": ({"group": (RESOURCE_GROUP, {})},),
    },
}


def test_verdict(case, check):
    check("ST16", case)
