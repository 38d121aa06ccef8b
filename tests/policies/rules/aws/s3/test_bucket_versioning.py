from modelyard_policies.aws.types import BUCKET, BUCKET_VERSIONING, VPC
from modelyard_policies.graph import UNKNOWN

V2 = "aws:s3/bucketV2:BucketV2"
VERSIONING_V2 = "aws:s3/bucketVersioningV2:BucketVersioningV2"


def design(status, bucket=BUCKET, versioning=BUCKET_VERSIONING):
    return {
        "data": (bucket, {}),
        "versions": (
            versioning,
            {"bucket": UNKNOWN, "versioningConfiguration": {"status": status}},
            {"bucket": ["data"]},
        ),
    }


CASES = {
    "bad": {
        "nothing said": (
            {"data": (BUCKET, {})},
            "data: : no BucketVersioning enables versions for this bucket",
        ),
        "suspended": (
            design("Suspended"),
            "versions: versioningConfiguration.status: is Suspended, not Enabled",
        ),
        "off in the bucket itself": (
            {"data": (BUCKET, {"versioning": {"enabled": False}})},
            "data: : no BucketVersioning enables versions for this bucket",
        ),
        "the versions of another bucket": (
            {**design("Enabled"), "more": (BUCKET, {})},
            "more: : no BucketVersioning enables versions for this bucket",
        ),
    },
    "good": {
        "enabled": (design("Enabled"),),
        "the older types": (design("Enabled", V2, VERSIONING_V2),),
        "linked by the id that the cloud gave": (
            {
                "data": (BUCKET, {}, {}, {"outputs": {"id": "data-1a2b"}}),
                "versions": (
                    BUCKET_VERSIONING,
                    {"bucket": "data-1a2b", "versioningConfiguration": {"status": "Enabled"}},
                ),
            },
        ),
        "on in the bucket itself": ({"data": (BUCKET, {"versioning": {"enabled": True}})},),
        "on in an older bucket itself": ({"data": (V2, {"versionings": [{"enabled": "true"}]})},),
    },
    "unknown": {
        "a status that isn't known": (
            design(UNKNOWN),
            "versions: versioningConfiguration.status: can't be judged: not known before the deployment",
        ),
        "one of two buckets": (
            {
                "a": (BUCKET, {"versioning": {"enabled": True}}),
                "b": (BUCKET, {}),
                "versions": (
                    BUCKET_VERSIONING,
                    {"bucket": UNKNOWN, "versioningConfiguration": {"status": "Enabled"}},
                    {"bucket": ["a", "b"]},
                ),
            },
            "versions: bucket: can't be judged: may refer to this resource, which isn't known yet",
            "versions: bucket: can't be judged: may refer to this resource, which isn't known yet",
        ),
    },
    "not applicable": {"no bucket": ({"net": (VPC, {})},)},
}


def test_verdict(case, check):
    check("ST4", case)
