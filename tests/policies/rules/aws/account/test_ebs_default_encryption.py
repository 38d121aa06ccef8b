from modelyard_policies.aws.types import BUCKET, EBS_ENCRYPTION_BY_DEFAULT, ROLE, STACK, VOLUME, VPC
from modelyard_policies.azure.types import RESOURCE_GROUP
from modelyard_policies.declared import ACCOUNT_COMPONENT
from modelyard_policies.graph import UNKNOWN

ACCOUNT = {
    "stack": (STACK, {}),
    "aws": ("pulumi:providers:aws", {"defaultTags": '{"tags": {"modelyard:scope": "account"}}'}),
}


OURS = {"stack": (STACK, {}), "account": (ACCOUNT_COMPONENT, {}, {}, {"custom": False})}


def setting(region=None, **properties):
    return {"volumes": (EBS_ENCRYPTION_BY_DEFAULT, properties, {}, {"region": region})}


def at(region, token=VPC):
    """Something else of the stack's in a region."""
    return {f"other-{region}": (token, {}, {}, {"region": region})}


def adopting(*types):
    return {
        "stack": (STACK, {}),
        "account": (ACCOUNT_COMPONENT, {"adopted": [*types]}, {}, {"custom": False}),
    }


CASES = {
    "bad": {
        "none in the account's stack": (
            ACCOUNT,
            "stack: : no EncryptionByDefault encrypts the account's new volumes",
        ),
        "off": (setting(enabled=False), "volumes: enabled: is false"),
        "off, in the account's stack": (ACCOUNT | setting(enabled="false"), "volumes: enabled: is false"),
        "none in the account of our component, which sets nothing": (
            OURS,
            "stack: : no EncryptionByDefault encrypts the account's new volumes",
        ),
        "none in the account of our component, which adopts something else": (
            adopting("aws:cloudtrail/trail:Trail"),
            "stack: : no EncryptionByDefault encrypts the account's new volumes",
        ),
        "in one of two regions that are in use": (
            ACCOUNT | setting("eu-central-1") | at("eu-west-1") | at("eu-central-1", BUCKET),
            "stack: : no EncryptionByDefault encrypts the account's new volumes in eu-west-1",
        ),
    },
    "good": {
        "on": (setting(enabled=True),),
        "in the one region in which anything is": (
            ACCOUNT | setting("eu-west-1") | at("eu-west-1") | at(None) | at("us-east-1", ROLE),
        ),
        "on by default": (setting(),),
        "on, in the account's stack": (ACCOUNT | setting(enabled="true"),),
    },
    "unknown": {
        "somebody else's": (
            adopting("aws:ebs/encryptionByDefault:EncryptionByDefault"),
            "account: adopted: can't be judged: somebody else has set it, and it isn't seen here",
        ),
        "adopted or not": (
            adopting(UNKNOWN),
            "account: adopted[0]: can't be judged: not known before the deployment",
        ),
        "in a region that isn't known": (
            ACCOUNT | setting() | at("eu-west-1"),
            "volumes: region: can't be judged: may be one that lacks it, which isn't known yet",
        ),
        "a setting that isn't known": (
            setting(enabled=UNKNOWN),
            "volumes: enabled: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a stack that isn't the account's": ({"stack": (STACK, {}), "disk": (VOLUME, {})},),
        "a subscription's stack on Azure, with a bucket on AWS": (
            {
                "stack": (STACK, {}),
                "group": (RESOURCE_GROUP, {"tags": {"modelyard:scope": "account"}}),
                "data": (BUCKET, {}),
            },
        ),
    },
}


def test_verdict(case, check):
    check("EN6", case)
