from modelyard_policies.aws.types import SNAPSHOT_BLOCK_PUBLIC_ACCESS, STACK, VOLUME
from modelyard_policies.graph import UNKNOWN

ACCOUNT = {"stack": (STACK, {}), "disk": (VOLUME, {"tags": {"modelyard:scope": "account"}})}


def setting(state):
    return {"snapshots": (SNAPSHOT_BLOCK_PUBLIC_ACCESS, {"state": state})}


CASES = {
    "bad": {
        "none in the account's stack": (
            ACCOUNT,
            "stack: : no SnapshotBlockPublicAccess keeps snapshots from the public",
        ),
        "new ones only": (
            setting("block-new-sharing"),
            "snapshots: state: is block-new-sharing, not block-all-sharing",
        ),
        "none, in the account's stack": (
            ACCOUNT | setting("unblocked"),
            "snapshots: state: is unblocked, not block-all-sharing",
        ),
    },
    "good": {
        "all": (setting("block-all-sharing"),),
        "all, in the account's stack": (ACCOUNT | setting("block-all-sharing"),),
    },
    "unknown": {
        "a state that isn't known": (
            setting(UNKNOWN),
            "snapshots: state: can't be judged: not known before the deployment",
        )
    },
    "not applicable": {
        "a stack that isn't the account's": ({"stack": (STACK, {}), "disk": (VOLUME, {})},),
    },
}


def test_verdict(case, check):
    check("CO10", case)
