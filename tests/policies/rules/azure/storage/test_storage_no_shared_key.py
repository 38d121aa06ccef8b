from modelyard_policies.azure.types import RESOURCE_GROUP, STORAGE_ACCOUNT
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.azure.storage.storage_no_shared_key import SignedAccess

KEYS = "data: allowSharedKeyAccess: is true"


def account(keys, period=None):
    policy = {"expirationAction": "Block", "sasExpirationPeriod": period}
    return {"data": (STORAGE_ACCOUNT, {"allowSharedKeyAccess": keys, "sasPolicy": policy})}


CASES = {
    "bad": {
        "nothing said": (
            {"data": (STORAGE_ACCOUNT, {})},
            "data: allowSharedKeyAccess: is unset, which Azure takes for true",
            "data: sasPolicy: doesn't say how long a shared access signature may be valid",
        ),
        "keys, and signatures that end soon": (account(True, "1.00:00:00"), KEYS),
        "keys, and signatures that last": (
            account("true", "30.00:00:00"),
            KEYS,
            "data: sasPolicy.sasExpirationPeriod: is 30.00:00:00, more than 7 days",
        ),
        "keys, and a period that is none": (
            account(True, "soon"),
            KEYS,
            "data: sasPolicy.sasExpirationPeriod: is soon, more than 7 days",
        ),
        "keys, and a period that isn't known": (account(True, UNKNOWN), KEYS),
    },
    "good": {
        "no keys": (account(False),),
        "no keys in text": (account("false"),),
        "no keys, and a policy that isn't known": (account(False, UNKNOWN),),
    },
    "unknown": {
        "keys that aren't known": (
            account(UNKNOWN, "1.00:00:00"),
            "data: allowSharedKeyAccess: can't be judged: not known before the deployment",
        )
    },
    "not applicable": {"no storage": ({"group": (RESOURCE_GROUP, {})},)},
}


def test_verdict(case, check):
    check("ST18", case)


def test_signatures_may_be_given_more_days(build):
    graph = build(account(True, "30.00:00:00"))
    options = [SignedAccess.from_json({"days": 30})]
    report = evaluate(graph, all_rules(), select=["ST18"], options=options)
    assert [finding.property for finding in report.findings] == ["allowSharedKeyAccess"]
