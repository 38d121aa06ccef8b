from modelyard_policies.aws.types import EBS_ENCRYPTION_BY_DEFAULT, STACK, VOLUME
from modelyard_policies.graph import UNKNOWN

ACCOUNT = {
    "stack": (STACK, {}),
    "aws": ("pulumi:providers:aws", {"defaultTags": '{"tags": {"modelyard:scope": "account"}}'}),
}


def setting(**properties):
    return {"volumes": (EBS_ENCRYPTION_BY_DEFAULT, properties)}


CASES = {
    "bad": {
        "none in the account's stack": (
            ACCOUNT,
            "stack: : no EncryptionByDefault encrypts the account's new volumes",
        ),
        "off": (setting(enabled=False), "volumes: enabled: is false"),
        "off, in the account's stack": (ACCOUNT | setting(enabled="false"), "volumes: enabled: is false"),
    },
    "good": {
        "on": (setting(enabled=True),),
        "on by default": (setting(),),
        "on, in the account's stack": (ACCOUNT | setting(enabled="true"),),
    },
    "unknown": {
        "a setting that isn't known": (
            setting(enabled=UNKNOWN),
            "volumes: enabled: can't be judged: not known before the deployment",
        )
    },
    "not applicable": {
        "a stack that isn't the account's": ({"stack": (STACK, {}), "disk": (VOLUME, {})},),
    },
}


def test_verdict(case, check):
    check("EN6", case)
