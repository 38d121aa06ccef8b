from modelyard_policies.azure.types import (
    BLOB_CONTAINER,
    BLOB_CONTAINER_IMMUTABILITY_POLICY,
    RESOURCE_GROUP,
    STORAGE_ACCOUNT,
)
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.storage.checkpoint_immutability import ImmutableContainers

VERSIONED = "azure-native_storage_v20230101:storage:BlobContainerImmutabilityPolicy"
VERSIONS = "immutableStorageWithVersioning"
NONE = f"blobs: {VERSIONS}.enabled: is unset, and no immutability policy covers this container"
PERIOD = "immutabilityPeriodSinceCreationInDays"


def store(name="checkpoints", versions=None, account="acme", **properties):
    """An account and a container, all by names."""
    names = {"containerName": name, "accountName": account}
    return {
        "data": (STORAGE_ACCOUNT, {"accountName": account} | properties),
        "blobs": (BLOB_CONTAINER, names | {VERSIONS: versions}),
    }


def elsewhere(**properties):
    """A container whose account is in another stack."""
    return {
        "blobs": (BLOB_CONTAINER, {"containerName": "checkpoints", "accountName": "acme"} | properties),
    }


def policy(days=14, name="checkpoints", account="acme"):
    names = {"containerName": name, "accountName": account}
    return {"policy": (BLOB_CONTAINER_IMMUTABILITY_POLICY, names | {PERIOD: days})}


def preview(days=14, token=BLOB_CONTAINER_IMMUTABILITY_POLICY, **account):
    """The same while no name is known."""
    names = {"containerName": UNKNOWN, "accountName": UNKNOWN}
    return {
        "data": (STORAGE_ACCOUNT, account),
        "checkpoints": (BLOB_CONTAINER, {"accountName": UNKNOWN}, {"accountName": ["data"]}),
        "policy": (
            token,
            names | {PERIOD: days},
            {"containerName": ["checkpoints"], "accountName": ["data"]},
        ),
    }


CASES = {
    "bad": {
        "nothing said": (store(), NONE),
        "in other letters": (store("Model-Checkpoints-1"), NONE),
        "audit logs": (store("audit-logs"), NONE),
        "by its account's tag": (store("weights", tags={"modelyard:purpose": "Checkpoints"}), NONE),
        "versions that can't be": (
            store(versions={"enabled": False}),
            NONE.replace("unset", "false"),
        ),
        "a policy of another container": (store() | policy(name="datasets"), NONE),
        "a policy of a container of the same name": (store() | policy(account="other"), NONE),
        "too short": (store() | policy(1), f"policy: {PERIOD}: is 1, less than 7 days"),
        "by the dependency, without a period": (
            preview(None),
            f"policy: {PERIOD}: is unset, less than 7 days",
        ),
    },
    "good": {
        "versions that can be": (store(versions={"enabled": True}),),
        "versions that can be, by the account": (store(**{VERSIONS: {"enabled": True}}),),
        "versions that can be, and a short policy": (store(versions={"enabled": True}) | policy(1),),
        "a policy, by the dependency": (preview(),),
        "by an API of its own version": (preview(token=VERSIONED),),
        "a policy, by the names": (store() | policy(),),
        "versions that can be, in an account from elsewhere": (elsewhere(**{VERSIONS: {"enabled": True}}),),
        "a policy for an account from elsewhere": (elsewhere() | policy(),),
    },
    "unknown": {
        "versions that aren't known": (
            store(versions={"enabled": UNKNOWN}),
            f"blobs: {VERSIONS}.enabled: can't be judged: not known before the deployment",
        ),
        "a period that isn't known": (
            preview(UNKNOWN),
            f"policy: {PERIOD}: can't be judged: not known before the deployment",
        ),
        "a policy that may be another account's": (
            store() | policy(account=UNKNOWN),
            "policy: accountName: can't be judged: may refer to this resource, which isn't known yet",
        ),
        "an account from elsewhere": (
            elsewhere(),
            "blobs: accountName: can't be judged: names a resource that isn't in the graph",
        ),
    },
    "not applicable": {
        "not checkpoints": (store("datasets"),),
        "not production": (store(tags={"stage": "development"}),),
        "not production, known by the dependency": (preview(tags={"stage": "test"}),),
        "no storage": ({"group": (RESOURCE_GROUP, {})},),
    },
}


def test_verdict(case, check):
    check("ST21", case)


def test_words_and_days_can_be_chosen(build):
    graph = build(store("weights") | policy(3, "weights"))
    for options, passes in (({"words": ["weights"]}, False), ({"words": ["weights"], "days": 3}, True)):
        chosen = [ImmutableContainers.from_json(options)]
        assert evaluate(graph, all_rules(), select=["ST21"], options=chosen).ok is passes
