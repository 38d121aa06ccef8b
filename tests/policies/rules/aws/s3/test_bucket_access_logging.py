from modelyard_policies.aws.types import BUCKET, BUCKET_LOGGING, VPC
from modelyard_policies.graph import UNKNOWN

LOGGING_V2 = "aws:s3/bucketLoggingV2:BucketLoggingV2"
NONE = "data: : no BucketLogging records who uses this bucket"


def logging(token=BUCKET_LOGGING, **properties):
    """In a preview, with names that aren't known yet."""
    given = {"bucket": UNKNOWN, "targetBucket": UNKNOWN, **properties}
    return {"logging": (token, given, {"bucket": ["data"], "targetBucket": ["logs"]})}


DATA = {"data": (BUCKET, {})}
LOGS = {"logs": (BUCKET, {})}

CASES = {
    "bad": {
        "no logging": (DATA, NONE),
        "logging of another bucket": (
            {
                "data": (BUCKET, {"bucket": "data"}),
                "logging": (BUCKET_LOGGING, {"bucket": "other", "targetBucket": "elsewhere"}),
            },
            NONE,
        ),
        "logging without a target": (
            {"data": (BUCKET, {"bucket": "data"}), "logging": (BUCKET_LOGGING, {"bucket": "data"})},
            NONE,
        ),
        "a target's prefix only, written into the bucket": (
            {"data": (BUCKET, {"logging": {"targetPrefix": "x/"}})},
            NONE,
        ),
    },
    "good": {
        "into another bucket": (DATA | LOGS | logging(),),
        "of an older type": (DATA | LOGS | logging(LOGGING_V2),),
        "by name, into a bucket of another stack": (
            {
                "data": (BUCKET, {"bucket": "data"}),
                "logging": (BUCKET_LOGGING, {"bucket": "data", "targetBucket": "elsewhere"}),
            },
        ),
        "written into the bucket": ({"data": (BUCKET, {"logging": {"targetBucket": "elsewhere"}})},),
        "written into an older bucket": (
            {"data": ("aws:s3/bucketV2:BucketV2", {"loggings": [{"targetBucket": "elsewhere"}]})},
        ),
    },
    "unknown": {
        "logging of a bucket that isn't known": (
            {
                "data": (BUCKET, {"bucket": "data"}),
                "logging": (BUCKET_LOGGING, {"bucket": UNKNOWN, "targetBucket": "elsewhere"}),
            },
            ("logging: bucket: can't be judged: may refer to this resource, which isn't known yet"),
        ),
    },
    "not applicable": {
        "no bucket": ({"net": (VPC, {})},),
        "a bucket that takes the logs of another stack's": (
            {
                "logs": (BUCKET, {"bucket": "logs"}),
                "logging": (BUCKET_LOGGING, {"bucket": "elsewhere", "targetBucket": "logs"}),
            },
        ),
    },
}


def test_verdict(case, check):
    check("ST7", case)
