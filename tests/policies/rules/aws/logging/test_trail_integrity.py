from modelyard_policies.aws.types import CLOUD_TRAIL, KMS_KEY, STACK
from modelyard_policies.graph import UNKNOWN

ACCOUNT = {
    "stack": (STACK, {}),
    "aws": ("pulumi:providers:aws", {"defaultTags": '{"tags": {"modelyard:scope": "account"}}'}),
}
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0123"
RIGHT = {"isMultiRegionTrail": True, "enableLogFileValidation": True, "kmsKeyId": KEY}
DATA_ONLY = [{"fieldSelectors": [{"field": "eventCategory", "equals": ["Data"]}]}]


def trail(**properties):
    return {"trail": (CLOUD_TRAIL, {**RIGHT, **properties})}


CASES = {
    "bad": {
        "none in the account's stack": (ACCOUNT, "stack: : no Trail records the account's calls"),
        "of objects only, in the account's stack": (
            ACCOUNT | trail(advancedEventSelectors=DATA_ONLY),
            "stack: : no Trail records every call that manages something",
        ),
        "nothing said": (
            {"trail": (CLOUD_TRAIL, {"s3BucketName": "logs"})},
            "trail: isMultiRegionTrail: is unset",
            "trail: enableLogFileValidation: is unset",
            "trail: kmsKeyId: names no customer-managed key",
        ),
        "off, in the account's stack": (
            ACCOUNT | trail(enableLogging=False),
            "stack: : no Trail records every call that manages something",
            "trail: enableLogging: is false",
        ),
        "without the global services": (
            trail(includeGlobalServiceEvents="false"),
            "trail: includeGlobalServiceEvents: is false",
        ),
        "AWS's own key, beside what isn't known": (
            trail(kmsKeyId="alias/aws/cloudtrail", isMultiRegionTrail=UNKNOWN),
            "trail: kmsKeyId: names no customer-managed key",
        ),
    },
    "good": {
        "all is right": (ACCOUNT | trail(),),
        "a key of the stack": (
            {
                "key": (KMS_KEY, {}),
                "trail": (CLOUD_TRAIL, {**RIGHT, "kmsKeyId": UNKNOWN}, {"kmsKeyId": ["key"]}),
            },
        ),
        "of objects only, elsewhere": (trail(advancedEventSelectors=DATA_ONLY),),
    },
    "unknown": {
        "a setting that isn't known": (
            trail(enableLogFileValidation=UNKNOWN),
            "trail: enableLogFileValidation: can't be judged: not known before the deployment",
        ),
        "selectors that aren't known, in the account's stack": (
            ACCOUNT | trail(advancedEventSelectors=UNKNOWN),
            "trail: advancedEventSelectors: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"a stack that isn't the account's": ({"stack": (STACK, {})},)},
}


def test_verdict(case, check):
    check("LM1", case)
