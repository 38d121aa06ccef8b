from modelyard_policies.aws.types import (
    BUCKET,
    BUCKET_ENCRYPTION,
    BUCKET_LOGGING,
    BUCKET_REPLICATION,
    BUCKET_VERSIONING,
    KMS_REPLICA_KEY,
)
from modelyard_policies.graph import UNKNOWN

HERE = {"region": "eu-west-1"}
THERE = {"region": "eu-central-1"}
V2 = "aws:s3/bucketV2:BucketV2"
REPLICA = {"key": (KMS_REPLICA_KEY, {}, {}, THERE)}
KMS = {
    "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
    "destination": {
        "bucket": "arn:aws:s3:::copy",
        "encryptionConfiguration": {"replicaKmsKeyId": UNKNOWN},
    },
}


def rule(**more):
    return {
        "status": "Enabled",
        "filter": {"prefix": ""},
        "destination": {"bucket": "arn:aws:s3:::copy"},
        **more,
    }


def versioning(bucket, status="Enabled"):
    return (BUCKET_VERSIONING, {"bucket": bucket, "versioningConfiguration": {"status": status}})


def design(*rules, there=THERE, source="Enabled", copy="Enabled", token=BUCKET):
    """Two buckets, both versioned, and the replication from one to the other."""
    return {
        "data": (token, {"bucket": "data"}, {}, HERE),
        "copy": (token, {"bucket": "copy"}, {}, there),
        "data-versions": versioning("data", source),
        "copy-versions": versioning("copy", copy),
        "replication": (
            BUCKET_REPLICATION,
            {"bucket": "data", "rules": list(rules or [rule()])},
            {"bucket": ["data"], "rules": ["copy"]},
            HERE,
        ),
    }


def encrypted(*rules):
    default = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}
    return design(*rules) | {"encryption": (BUCKET_ENCRYPTION, {"bucket": "data", "rules": [default]})}


CASES = {
    "bad": {
        "none, where a recovery region is in use": (
            REPLICA | {"data": (BUCKET, {"bucket": "data"}, {}, HERE)},
            "data: : isn't replicated to another region",
        ),
        "switched off": (
            design(rule(status="Disabled")),
            "replication: rules: no enabled rule replicates all objects",
        ),
        "of some objects only": (
            design(rule(filter={"prefix": "keep/"}), rule(filter={"tag": {"key": "a", "value": "b"}})),
            "replication: rules: no enabled rule replicates all objects",
        ),
        "within the region": (
            design(there=HERE),
            "replication: rules: replicates within its own region only",
        ),
        "to a bucket without versions": (
            design(copy="Suspended"),
            "replication: rules[0].destination.bucket: the replica's bucket doesn't keep versions",
        ),
        "from a bucket without versions": (
            design(source="Suspended"),
            "data: : doesn't keep versions, so nothing of it is replicated",
        ),
        "without what a customer key encrypts": (
            encrypted(rule()),
            "replication: rules: leaves out objects that are encrypted with SSE-KMS",
        ),
    },
    "good": {
        "everything, elsewhere": (design(),),
        "by dependency": (design(rule(destination={"bucket": UNKNOWN})),),
        "V2": (design(token=V2),),
        "with what a customer key encrypts": (encrypted(rule(**KMS)),),
        "all objects as of old": (
            design({"status": "Enabled", "destination": {"bucket": "arn:aws:s3:::copy"}}),
        ),
    },
    "unknown": {
        "a bucket that isn't in the graph": (
            {
                "data": (BUCKET, {"bucket": "data", "versioning": {"enabled": True}}, {}, HERE),
                "replication": (
                    BUCKET_REPLICATION,
                    {"bucket": "data", "rules": [rule(destination={"bucket": "arn:aws:s3:::other"})]},
                ),
            },
            (
                "replication: rules[0].destination.bucket: can't be judged: names a resource that isn't in "
                "the graph"
            ),
        ),
        "a status that isn't known": (
            design(rule(status=UNKNOWN)),
            "replication: rules[0].status: can't be judged: not known before the deployment",
        ),
        "a region that isn't known": (
            design(there={}),
            "copy: region: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "no recovery region": ({"data": (BUCKET, {}, {}, HERE)},),
        "in the recovery region": (REPLICA | {"copy": (BUCKET, {}, {}, THERE)},),
        "not production": (REPLICA | {"data": (BUCKET, {"tags": {"stage": "development"}}, {}, HERE)},),
        "public data": (REPLICA | {"data": (BUCKET, {"tags": {"data-classification": "public"}}, {}, HERE)},),
        "a target of access logs": (
            REPLICA
            | {
                "logs": (BUCKET, {"bucket": "logs"}, {}, HERE),
                "logging": (BUCKET_LOGGING, {"bucket": "elsewhere", "targetBucket": "logs"}),
            },
        ),
    },
}


def test_verdict(case, check):
    check("BK6", case)
