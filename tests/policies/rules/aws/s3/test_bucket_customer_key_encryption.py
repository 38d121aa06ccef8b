from modelyard_policies.aws.types import BUCKET, BUCKET_ENCRYPTION, BUCKET_LOGGING, KMS_KEY, VPC
from modelyard_policies.graph import UNKNOWN

V2 = "aws:s3/bucketV2:BucketV2"
ENCRYPTION_V2 = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"


def rule(algorithm="aws:kms", key=UNKNOWN, bucket_key=True):
    default = {"sseAlgorithm": algorithm, "kmsMasterKeyId": key}
    return {"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": bucket_key}


def design(*rules, token=BUCKET_ENCRYPTION):
    """A bucket, its encryption, and a key on which that depends, as in a preview."""
    return {
        "key": (KMS_KEY, {}),
        "data": (BUCKET, {}),
        "encryption": (
            token,
            {"bucket": UNKNOWN, "rules": list(rules)},
            {"bucket": ["data"], "rules": ["key"]},
        ),
    }


def logged(*rules):
    """A bucket with default encryption that takes the access logs of another."""
    return {
        "logs": (BUCKET, {"bucket": "logs"}),
        "encryption": (BUCKET_ENCRYPTION, {"bucket": "logs", "rules": list(rules)}),
        "logging": (
            BUCKET_LOGGING,
            {"bucket": "elsewhere", "targetBucket": UNKNOWN},
            {"targetBucket": ["logs"]},
        ),
    }


DEFAULT = "rules[0].applyServerSideEncryptionByDefault"

INLINE = "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault"

CASES = {
    "bad": {
        "nothing said": (
            {"data": (BUCKET, {})},
            "data: : no default encryption with a customer-managed key",
        ),
        "SSE-S3": (
            design(rule("AES256", None, False)),
            f"encryption: {DEFAULT}.sseAlgorithm: is AES256, not aws:kms",
            f"encryption: {DEFAULT}.kmsMasterKeyId: names no customer-managed key",
            "encryption: rules[0].bucketKeyEnabled: is false",
        ),
        "AWS's own key": (
            design(rule(key="alias/aws/s3")),
            f"encryption: {DEFAULT}.kmsMasterKeyId: names no customer-managed key",
        ),
        "no bucket key": (
            design(rule(bucket_key=None)),
            "encryption: rules[0].bucketKeyEnabled: is unset",
        ),
        "no bucket key, and a key that isn't known": (
            {
                "data": (BUCKET, {"bucket": "data"}),
                "encryption": (BUCKET_ENCRYPTION, {"bucket": "data", "rules": [rule(bucket_key=False)]}),
            },
            "encryption: rules[0].bucketKeyEnabled: is false",
        ),
        "SSE-KMS on a bucket that takes access logs": (
            logged(rule(key="arn:aws:kms:eu-west-1:111122223333:key/1")),
            f"encryption: {DEFAULT}.sseAlgorithm: is aws:kms, but S3 delivers access logs to SSE-S3 only",
        ),
        "written into the bucket": (
            {"data": (BUCKET, {"serverSideEncryptionConfiguration": {"rule": rule("AES256", "k")}})},
            f"data: {INLINE}.sseAlgorithm: is AES256, not aws:kms",
        ),
    },
    "good": {
        "a key of the graph": (design(rule()),),
        "the older type": (design(rule(), token=ENCRYPTION_V2),),
        "a key from elsewhere": (design(rule(key="arn:aws:kms:eu-west-1:111122223333:key/1")),),
        "dual-layer encryption, which has no bucket keys": (design(rule("aws:kms:dsse", bucket_key=False)),),
        "SSE-S3 on a bucket that takes access logs": (logged(rule("AES256", None, False)),),
        "S3's own encryption on a bucket that takes access logs": (logged(),),
        "written into an older bucket": (
            {
                "data": (
                    V2,
                    {
                        "serverSideEncryptionConfigurations": [
                            {
                                "rules": [
                                    {
                                        "applyServerSideEncryptionByDefaults": [
                                            {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "k"}
                                        ],
                                        "bucketKeyEnabled": True,
                                    }
                                ]
                            }
                        ]
                    },
                )
            },
        ),
        "written into two buckets, one the other's target": (
            {
                "data": (
                    BUCKET,
                    {
                        "serverSideEncryptionConfiguration": {"rule": rule(key="k")},
                        "logging": {"targetBucket": "logs"},
                    },
                ),
                "logs": (BUCKET, {"bucket": "logs"}),
            },
        ),
    },
    "unknown": {
        "a key that isn't known and comes from no key of the graph": (
            {
                "data": (BUCKET, {"bucket": "data"}),
                "encryption": (BUCKET_ENCRYPTION, {"bucket": "data", "rules": [rule()]}),
            },
            f"encryption: {DEFAULT}.kmsMasterKeyId: can't be judged: not known before the deployment",
        ),
        "rules that aren't known": (
            {
                "data": (BUCKET, {"bucket": "data"}),
                "encryption": (BUCKET_ENCRYPTION, {"bucket": "data", "rules": UNKNOWN}),
            },
            "encryption: rules: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"no bucket": ({"net": (VPC, {})},)},
}


def test_verdict(case, check):
    check("ST3", case)
