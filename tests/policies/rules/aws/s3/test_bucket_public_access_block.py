from modelyard_policies.aws.types import BUCKET, BUCKET_PUBLIC_ACCESS_BLOCK, VPC
from modelyard_policies.graph import SECRET, UNKNOWN

FULL = {
    "bucket": UNKNOWN,
    "blockPublicAcls": True,
    "blockPublicPolicy": True,
    "ignorePublicAcls": True,
    "restrictPublicBuckets": True,
}
OF_DATA = {"bucket": ["data"]}
V2 = "aws:s3/bucketV2:BucketV2"

CASES = {
    "bad": {
        "no block": ({"data": (BUCKET, {})}, "data: : no BucketPublicAccessBlock names this bucket"),
        "the block of another bucket": (
            {
                "data": (BUCKET, {"bucket": "data"}),
                "block": (BUCKET_PUBLIC_ACCESS_BLOCK, {**FULL, "bucket": "other"}),
            },
            "data: : no BucketPublicAccessBlock names this bucket",
        ),
        "one setting off, one left out": (
            {
                "data": (BUCKET, {}),
                "block": (
                    BUCKET_PUBLIC_ACCESS_BLOCK,
                    {**FULL, "blockPublicPolicy": False, "restrictPublicBuckets": None},
                    OF_DATA,
                ),
            },
            "block: blockPublicPolicy: is false",
            "block: restrictPublicBuckets: is unset",
        ),
        "one setting off beside an unknown one": (
            {
                "data": (V2, {}),
                "block": (
                    BUCKET_PUBLIC_ACCESS_BLOCK,
                    {**FULL, "blockPublicAcls": UNKNOWN, "ignorePublicAcls": "false"},
                    OF_DATA,
                ),
            },
            "block: ignorePublicAcls: is false",
        ),
        "a second block that undoes the first": (
            {
                "data": (BUCKET, {"bucket": "data"}),
                "block": (BUCKET_PUBLIC_ACCESS_BLOCK, FULL, OF_DATA),
                "later": (BUCKET_PUBLIC_ACCESS_BLOCK, {**FULL, "bucket": "data", "blockPublicAcls": 0.0}),
            },
            "later: blockPublicAcls: is 0",
        ),
        "a block of a bucket that is of another stack's": (
            {
                "block": (
                    BUCKET_PUBLIC_ACCESS_BLOCK,
                    {**FULL, "bucket": "elsewhere", "blockPublicAcls": False},
                )
            },
            "block: blockPublicAcls: is false",
        ),
        "a block of nobody knows which bucket": (
            {"block": (BUCKET_PUBLIC_ACCESS_BLOCK, {**FULL, "blockPublicAcls": False})},
            "block: blockPublicAcls: is false",
        ),
    },
    "good": {
        "linked by dependency": (
            {"data": (BUCKET, {}), "block": (BUCKET_PUBLIC_ACCESS_BLOCK, FULL, OF_DATA)},
        ),
        "linked by name": (
            {
                "data": (V2, {"bucket": "data"}),
                "block": (BUCKET_PUBLIC_ACCESS_BLOCK, {**FULL, "bucket": "data"}),
            },
        ),
        "settings as text": (
            {
                "data": (BUCKET, {}),
                "block": (
                    BUCKET_PUBLIC_ACCESS_BLOCK,
                    dict.fromkeys(FULL, "true") | {"bucket": UNKNOWN},
                    OF_DATA,
                ),
            },
        ),
    },
    "unknown": {
        "a setting that isn't known": (
            {
                "data": (BUCKET, {}),
                "block": (BUCKET_PUBLIC_ACCESS_BLOCK, {**FULL, "blockPublicAcls": UNKNOWN}, OF_DATA),
            },
            "block: blockPublicAcls: can't be judged: not known before the deployment",
        ),
        "a setting that is secret": (
            {
                "data": (BUCKET, {}),
                "block": (BUCKET_PUBLIC_ACCESS_BLOCK, {**FULL, "blockPublicAcls": SECRET}, OF_DATA),
            },
            "block: blockPublicAcls: can't be judged: a secret",
        ),
        "a block of nobody knows which bucket": (
            {"data": (BUCKET, {}), "block": (BUCKET_PUBLIC_ACCESS_BLOCK, FULL)},
            "block: bucket: can't be judged: may refer to this resource, which isn't known yet",
        ),
    },
    "not applicable": {"no bucket": ({"net": (VPC, {})},)},
}


def test_verdict(case, check):
    check("ST1", case)
