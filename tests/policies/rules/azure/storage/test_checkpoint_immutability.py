from modelyard_policies.azure.types import (
    BLOB_CONTAINER,
    BLOB_CONTAINER_IMMUTABILITY_POLICY,
    RESOURCE_GROUP,
    STORAGE_ACCOUNT,
)
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.storage.checkpoint_immutability import CheckpointImmutability

VERSIONED = "azure-native_storage_v20230101:storage:BlobContainerImmutabilityPolicy"
NONE = "blobs: : no immutability policy covers this container"
PERIOD = "immutabilityPeriodSinceCreationInDays"


def store(name="checkpoints", account="acme", **properties):
    """An account and a container, all by names."""
    return {
        "data": (STORAGE_ACCOUNT, {"accountName": account} | properties),
        "blobs": (BLOB_CONTAINER, {"containerName": name, "accountName": account}),
    }


def policy(days=14, name="checkpoints", account="acme"):
    names = {"containerName": name, "accountName": account}
    return {"policy": (BLOB_CONTAINER_IMMUTABILITY_POLICY, names | {PERIOD: days})}


def preview(days=14, token=BLOB_CONTAINER_IMMUTABILITY_POLICY):
    """The same while no name is known."""
    names = {"containerName": UNKNOWN, "accountName": UNKNOWN}
    return {
        "data": (STORAGE_ACCOUNT, {}),
        "checkpoints": (BLOB_CONTAINER, {"accountName": UNKNOWN}, {"accountName": ["data"]}),
        "policy": (
            token,
            names | {PERIOD: days},
            {"containerName": ["checkpoints"], "accountName": ["data"]},
        ),
    }


def own(days=14, state="Unlocked", enabled=True):
    """An account with a policy for its containers."""
    policy = {PERIOD: days, "state": state}
    return store(immutableStorageWithVersioning={"enabled": enabled, "immutabilityPolicy": policy})


CASES = {
    "bad": {
        "nothing said": (store(), NONE),
        "in other letters": (store("Model-Checkpoints-1"), NONE),
        "audit logs": (store("audit-logs"), NONE),
        "a policy of another container": (store() | policy(name="datasets"), NONE),
        "a policy of a container of the same name": (store() | policy(account="other"), NONE),
        "too short": (store() | policy(1), f"policy: {PERIOD}: is 1, less than 7 days"),
        "by the dependency, without a period": (
            preview(None),
            f"policy: {PERIOD}: is unset, less than 7 days",
        ),
        "the account's policy off": (own(state="Disabled"), NONE),
        "the account's policy too short": (own(2), NONE),
        "immutability that is possible only": (
            store(immutableStorageWithVersioning={"enabled": True}),
            NONE,
        ),
    },
    "good": {
        "by the dependency": (preview(),),
        "by an API of its own version": (preview(token=VERSIONED),),
        "by the names": (store() | policy(),),
        "the account's policy": (own(),),
        "the account's policy, locked": (own(state="Locked"),),
        "an account from elsewhere": (
            {"blobs": (BLOB_CONTAINER, {"containerName": "checkpoints", "accountName": "acme"})} | policy(),
        ),
    },
    "unknown": {
        "a period that isn't known": (
            preview(UNKNOWN),
            f"policy: {PERIOD}: can't be judged: not known before the deployment",
        ),
        "a policy that may be another account's": (
            store() | policy(account=UNKNOWN),
            "policy: accountName: can't be judged: may refer to this resource, which isn't known yet",
        ),
        "an account from elsewhere, which may have a policy": (
            {"blobs": (BLOB_CONTAINER, {"containerName": "checkpoints", "accountName": "acme"})},
            "blobs: accountName: can't be judged: names a resource that isn't in the graph",
        ),
        "a name that isn't known": (
            store(UNKNOWN),
            "blobs: containerName: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "not checkpoints": (store("datasets"),),
        "not production": (store(tags={"stage": "development"}),),
        "internal data": (store(tags={"data-classification": "internal"}),),
        "not production, known by the dependency": (
            {
                "data": (STORAGE_ACCOUNT, {"tags": {"stage": "test"}}),
                "checkpoints": (BLOB_CONTAINER, {"accountName": UNKNOWN}, {"accountName": ["data"]}),
            },
        ),
        "no storage": ({"group": (RESOURCE_GROUP, {})},),
    },
}


def test_verdict(case, check):
    check("ST21", case)


def test_names_and_days_can_be_chosen(build):
    graph = build(store("weights") | policy(3, "weights"))
    for options, passes in (({"names": ["weights"]}, False), ({"names": ["weights"], "days": 3}, True)):
        chosen = [CheckpointImmutability.from_json(options)]
        assert evaluate(graph, all_rules(), select=["ST21"], options=chosen).ok is passes
