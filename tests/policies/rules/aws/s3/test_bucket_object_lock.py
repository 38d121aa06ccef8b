from modelyard_policies.aws.types import (
    BUCKET,
    BUCKET_LOGGING,
    BUCKET_OBJECT_LOCK,
    CLOUD_TRAIL,
    CONFIG_DELIVERY_CHANNEL,
)
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.s3.bucket_object_lock import LockedBuckets

V2 = "aws:s3/bucketV2:BucketV2"
OFF = "data: objectLockEnabled: is unset"
UNLOCKED = "a trail's records need a default retention of 90 days or more, in mode governance"


def bucket(bucket="prod-checkpoints-1", token=BUCKET, **properties):
    return {"data": (token, {"bucket": bucket, **properties})}


def lock(days=None, mode="GOVERNANCE", **more):
    rule = {} if days is None else {"rule": {"defaultRetention": {"mode": mode, "days": days}}}
    return {"lock": (BUCKET_OBJECT_LOCK, {"bucket": UNKNOWN, **rule, **more}, {"bucket": ["data"]})}


TRAIL = {"trail": (CLOUD_TRAIL, {"s3BucketName": UNKNOWN}, {"s3BucketName": ["data"]})}
RECORDS = bucket("acme-records", objectLockEnabled=True) | TRAIL

CASES = {
    "bad": {
        "checkpoints": (bucket(), OFF),
        "checkpoints by the name's beginning": (
            {"data": (BUCKET, {"bucketPrefix": "checkpoints-"})},
            OFF,
        ),
        "checkpoints by the name in the program": (
            {"checkpoint": (BUCKET, {})},
            OFF.replace("data", "checkpoint"),
        ),
        "a name in the program, beside one that isn't known": (
            {"audit-trail": (BUCKET, {"bucket": UNKNOWN})},
            OFF.replace("data", "audit-trail"),
        ),
        "checkpoints by a tag": (
            bucket("acme-1", tags={"modelyard:purpose": "Checkpoints"}, objectLockEnabled=False),
            "data: objectLockEnabled: is false",
        ),
        "an older bucket": (bucket(token=V2), OFF),
        "a configuration that doesn't switch it on": (bucket() | lock(objectLockEnabled="Disabled"), OFF),
        "a trail's records": (bucket("acme-records") | TRAIL, OFF),
        "a trail's records without a retention": (RECORDS, f"data: : {UNLOCKED}"),
        "a trail's records with a short retention": (RECORDS | lock(7), f"lock: rule: {UNLOCKED}"),
        "a trail's records with a retention in no mode": (
            RECORDS | lock(365, mode=None),
            f"lock: rule: {UNLOCKED}",
        ),
    },
    "good": {
        "checkpoints": (bucket(objectLockEnabled=True, tags={"stage": "production"}),),
        "by a configuration": (bucket() | lock(),),
        "by a configuration in an older bucket": (
            bucket(token=V2, objectLockConfigurations=[{"objectLockEnabled": "Enabled"}]),
        ),
        "a trail's records": (RECORDS | lock(90),),
        "a trail's records in the firmer mode": (RECORDS | lock(400, "COMPLIANCE"),),
        "a trail's records, written into the bucket": (
            bucket(
                "acme-records",
                objectLockConfiguration={
                    "objectLockEnabled": "Enabled",
                    "rule": {"defaultRetention": {"mode": "GOVERNANCE", "years": 1}},
                },
            )
            | TRAIL,
        ),
    },
    "unknown": {
        "a lock that isn't known": (
            bucket(objectLockEnabled=UNKNOWN),
            "data: objectLockEnabled: can't be judged: not known before the deployment",
        ),
        "a retention that isn't known": (
            RECORDS | lock(UNKNOWN),
            "lock: rule.defaultRetention.days: can't be judged: not known before the deployment",
        ),
        "a stage that isn't known": (
            bucket(tags={"stage": UNKNOWN}),
            "data: tags.stage: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "datasets": (bucket("prod-datasets-1"),),
        "a name that isn't known": ({"data": (BUCKET, {"bucket": UNKNOWN})},),
        "the word within another": (bucket("auditorium-tickets"),),
        "checkpoints in staging": (bucket(tags={"stage": "staging"}),),
        "AWS Config's records": (
            bucket("acme-audit") | {"channel": (CONFIG_DELIVERY_CHANNEL, {"s3BucketName": "acme-audit"})},
        ),
        "access logs": (
            bucket("acme-audit-logs")
            | {"logging": (BUCKET_LOGGING, {"bucket": "other", "targetBucket": "acme-audit-logs"})},
        ),
    },
}


def test_verdict(case, check):
    check("ST10", case)


def test_words_and_retention_can_be_chosen(build):
    graph = build(bucket("acme-weights") | TRAIL | lock(30))
    chosen = LockedBuckets.from_json({"words": ["weights"], "record_days": 30, "record_mode": "compliance"})
    report = evaluate(graph, all_rules(), select=["ST10"], options=[chosen])
    assert [finding.message for finding in report.findings] == [
        "a trail's records need a default retention of 30 days or more, in mode compliance"
    ]
