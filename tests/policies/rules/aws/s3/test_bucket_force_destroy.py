import json

from modelyard_policies.aws.types import BUCKET, VPC
from modelyard_policies.graph import SECRET, UNKNOWN

EMPTIED = "data: forceDestroy: is true, so that a deletion takes all objects with it"


def bucket(token=BUCKET, **properties):
    return {"data": (token, properties)}


CASES = {
    "bad": {
        "on": (bucket(forceDestroy=True), EMPTIED),
        "on, as text, in production": (bucket(forceDestroy="true", tags={"stage": "production"}), EMPTIED),
        "on, in an older bucket": (bucket("aws:s3/bucketV2:BucketV2", forceDestroy=True), EMPTIED),
    },
    "good": {
        "unset": (bucket(tags={"stage": "prod"}),),
        "off": (bucket(forceDestroy=False),),
    },
    "unknown": {
        "not known": (
            bucket(forceDestroy=UNKNOWN),
            "data: forceDestroy: can't be judged: not known before the deployment",
        ),
        "a stage that isn't known": (
            bucket(forceDestroy=True, tags={"stage": SECRET}),
            "data: tags.stage: can't be judged: a secret",
        ),
    },
    "not applicable": {
        "no bucket": ({"net": (VPC, {})},),
        "a bucket for tests": (bucket(forceDestroy=True, tags={"stage": "test"}),),
        "a bucket whose provider says that it is for development": (
            {
                "aws": ("pulumi:providers:aws", {"defaultTags": json.dumps({"tags": {"stage": "dev"}})}),
                "data": (BUCKET, {"forceDestroy": True}, {}, {"provider": "aws"}),
            },
        ),
    },
}


def test_verdict(case, check):
    check("ST11", case)
