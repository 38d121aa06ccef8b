from modelyard_policies.aws.types import KMS_KEY, KMS_REPLICA_KEY
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.kms.key_deletion_guard import DeletionGuards

OPEN = "key: : isn't protected from deletion by the resource option protect"


def key(token=KMS_KEY, protect=True, **properties):
    return {"key": (token, properties, {}, {"protect": protect})}


CASES = {
    "bad": {
        "not protected": (key(protect=False), OPEN),
        "a short window": (
            key(deletionWindowInDays=7),
            "key: deletionWindowInDays: is 7, less than 30",
        ),
        "neither, in production": (
            key(KMS_REPLICA_KEY, False, deletionWindowInDays="29", tags={"stage": "production"}),
            OPEN,
            "key: deletionWindowInDays: is 29, less than 30",
        ),
        "not protected, and a window that isn't known": (
            key(protect=False, deletionWindowInDays=UNKNOWN),
            OPEN,
        ),
    },
    "good": {
        "30 days": (key(deletionWindowInDays=30),),
        "nothing said, which is 30 days": (key(),),
    },
    "unknown": {
        "a window that isn't known": (
            key(deletionWindowInDays=UNKNOWN),
            "key: deletionWindowInDays: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "development": (key(protect=False, tags={"stage": "development"}),),
        "staging": (key(protect=False, tags={"stage": "Staging"}),),
    },
}


def test_verdict(case, check):
    check("EN3", case)


def test_the_days_can_be_set(build):
    options = [DeletionGuards.from_json({"days": 14})]
    graph = build(key(deletionWindowInDays=14))
    assert evaluate(graph, all_rules(), select=["EN3"], options=options).ok
