from modelyard_policies.aws.types import BUCKET, BUCKET_LIFECYCLE, VPC
from modelyard_policies.graph import UNKNOWN

LIFECYCLE_V2 = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
NONE = "data: : no BucketLifecycleConfiguration clears this bucket of unfinished uploads"
UNENDED = "no enabled rule for all objects ends unfinished uploads within 7 days"


def rule(days=7, status="Enabled", **more):
    return {"status": status, "abortIncompleteMultipartUpload": {"daysAfterInitiation": days}, **more}


def lifecycle(*rules, token=BUCKET_LIFECYCLE):
    return {
        "data": (BUCKET, {}),
        "lifecycle": (token, {"bucket": UNKNOWN, "rules": list(rules)}, {"bucket": ["data"]}),
    }


def inline(**properties):
    return {"data": (BUCKET, {"lifecycleRules": [properties]})}


CASES = {
    "bad": {
        "none": ({"data": (BUCKET, {})}, NONE),
        "of another bucket": (
            {
                "data": (BUCKET, {"bucket": "data"}),
                "lifecycle": (BUCKET_LIFECYCLE, {"bucket": "other", "rules": [rule()]}),
            },
            NONE,
        ),
        "expiry only": (
            lifecycle({"status": "Enabled", "expiration": {"days": 30}}),
            f"lifecycle: rules: {UNENDED}",
        ),
        "too late": (lifecycle(rule(days=30)), f"lifecycle: rules: {UNENDED}"),
        "not enabled": (lifecycle(rule(status="Disabled")), f"lifecycle: rules: {UNENDED}"),
        "for some objects": (
            lifecycle(rule(filter={"prefix": "runs/"}), rule(prefix="logs/")),
            f"lifecycle: rules: {UNENDED}",
        ),
        "for objects with a tag": (
            lifecycle(
                rule(filter={"tag": {"key": "x", "value": "y"}}),
                rule(filter={"and": {"prefix": "", "tags": {"x": "y"}}}),
            ),
            f"lifecycle: rules: {UNENDED}",
        ),
        "for large objects": (
            lifecycle(rule(filter={"objectSizeGreaterThan": 1})),
            f"lifecycle: rules: {UNENDED}",
        ),
        "written into the bucket, too late": (
            inline(enabled=True, abortIncompleteMultipartUploadDays=14),
            f"data: lifecycleRules: {UNENDED}",
        ),
        "written into the bucket, for some objects": (
            inline(enabled=True, abortIncompleteMultipartUploadDays=7, prefix="runs/"),
            f"data: lifecycleRules: {UNENDED}",
        ),
    },
    "good": {
        "a rule for all": (lifecycle(rule()),),
        "a rule with an empty prefix, beside others": (
            lifecycle({"status": "Enabled", "expiration": {"days": 30}}, rule(1, filter={"prefix": ""})),
        ),
        "of an older type": (lifecycle(rule(), token=LIFECYCLE_V2),),
        "written into the bucket": (inline(enabled=True, abortIncompleteMultipartUploadDays=7),),
    },
    "unknown": {
        "rules that aren't known": (
            {
                "data": (BUCKET, {"bucket": "data"}),
                "lifecycle": (BUCKET_LIFECYCLE, {"bucket": "data", "rules": UNKNOWN}),
            },
            "lifecycle: rules: can't be judged: not known before the deployment",
        ),
        "days that aren't known": (
            lifecycle(rule(UNKNOWN)),
            (
                "lifecycle: rules[0].abortIncompleteMultipartUpload.daysAfterInitiation: can't be judged: "
                "not known before the deployment"
            ),
        ),
    },
    "not applicable": {"no bucket": ({"net": (VPC, {})},)},
}


def test_verdict(case, check):
    check("ST8", case)
