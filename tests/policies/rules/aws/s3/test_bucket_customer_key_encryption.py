from modelyard_policies.aws.types import (
    BUCKET,
    BUCKET_ENCRYPTION,
    BUCKET_LOGGING,
    BUCKET_WEBSITE,
    KMS_KEY,
    LOAD_BALANCERS,
    VPC,
)
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


def balanced(*rules, balancer=LOAD_BALANCERS[0], key="accessLogs", kind=None):
    """A bucket with default encryption that takes the logs of a load balancer."""
    return {
        "logs": (BUCKET, {"bucket": "logs"}),
        "encryption": (BUCKET_ENCRYPTION, {"bucket": "logs", "rules": list(rules)}),
        "balancer": (balancer, {key: {"bucket": "logs", "enabled": True}, "loadBalancerType": kind}),
    }


CUSTOMERS = rule(key="arn:aws:kms:eu-west-1:111122223333:key/1")

PUBLIC = {"data-classification": "public"}
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
            f"encryption: {DEFAULT}.sseAlgorithm: is aws:kms, but access logs are delivered to SSE-S3 only",
        ),
        "SSE-KMS on a bucket that takes the logs of a load balancer": (
            balanced(CUSTOMERS, kind="application"),
            f"encryption: {DEFAULT}.sseAlgorithm: is aws:kms, but access logs are delivered to SSE-S3 only",
        ),
        "SSE-S3 on a bucket that takes the logs of a network load balancer": (
            balanced(rule("AES256", "k"), kind="network"),
            f"encryption: {DEFAULT}.sseAlgorithm: is AES256, not aws:kms",
        ),
        "SSE-KMS on a public bucket that takes access logs": (
            {**logged(CUSTOMERS), "logs": (BUCKET, {"bucket": "logs", "tags": PUBLIC})},
            f"encryption: {DEFAULT}.sseAlgorithm: is aws:kms, but access logs are delivered to SSE-S3 only",
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
        "SSE-S3 on a bucket that takes the logs of load balancers": (
            balanced(rule("AES256", None, False), balancer=LOAD_BALANCERS[2]),
        ),
        "SSE-S3 on a bucket that takes what a load balancer's connections are": (
            balanced(rule("AES256", None, False), key="connectionLogs"),
        ),
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
        "how secret the data is isn't known": (
            {"data": (BUCKET, {"tags": {"data-classification": UNKNOWN}})},
            "data: tags.data-classification: can't be judged: not known before the deployment",
        ),
        "a website that may be another bucket's": (
            {"data": (BUCKET, {}), "site": (BUCKET_WEBSITE, {"bucket": UNKNOWN})},
            "site: bucket: can't be judged: may refer to this resource, which isn't known yet",
        ),
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
    "not applicable": {
        "no bucket": ({"net": (VPC, {})},),
        "public data": ({"data": (BUCKET, {"tags": PUBLIC})},),
        "a website": ({"data": (BUCKET, {"bucket": "a"}), "site": (BUCKET_WEBSITE, {"bucket": "a"})},),
        "a website, as older programs write it": ({"data": (BUCKET, {"website": {"indexDocument": "i"}})},),
    },
}


def test_verdict(case, check):
    check("ST3", case)
