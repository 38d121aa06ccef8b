from modelyard_policies.aws.types import ACCOUNT_PUBLIC_ACCESS_BLOCK, BUCKET, STACK
from modelyard_policies.graph import UNKNOWN

CLOSED = {
    "blockPublicAcls": True,
    "blockPublicPolicy": True,
    "ignorePublicAcls": True,
    "restrictPublicBuckets": True,
}
ACCOUNT = {"stack": (STACK, {}), "all": ("modelyard-aws:index:Account", {}, {}, {"custom": False})}


def block(**settings):
    return {"block": (ACCOUNT_PUBLIC_ACCESS_BLOCK, {**CLOSED, **settings})}


CASES = {
    "bad": {
        "none in the account's stack": (
            ACCOUNT,
            "stack: : no AccountPublicAccessBlock keeps the account's buckets from the public",
        ),
        "one setting is off": (block(blockPublicPolicy=False), "block: blockPublicPolicy: is false"),
        "one setting is unset, in the account's stack": (
            ACCOUNT | block(restrictPublicBuckets=None),
            "block: restrictPublicBuckets: is unset",
        ),
        "one setting is off, one isn't known": (
            block(blockPublicAcls=UNKNOWN, ignorePublicAcls="false"),
            "block: ignorePublicAcls: is false",
        ),
    },
    "good": {
        "all settings are on": (block(),),
        "all settings are on, in the account's stack": (ACCOUNT | block(),),
    },
    "unknown": {
        "one setting isn't known": (
            block(ignorePublicAcls=UNKNOWN),
            "block: ignorePublicAcls: can't be judged: not known before the deployment",
        )
    },
    "not applicable": {
        "a stack that isn't the account's": ({"stack": (STACK, {}), "data": (BUCKET, {})},),
    },
}


def test_verdict(case, check):
    check("ST2", case)
