import pytest

from modelyard_policies.aws.types import CLOUD_TRAIL, KMS_KEY, LOG_GROUP
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.logging.log_group_retention_and_key import LogRetention

KEY = "arn:aws:kms:eu-west-1:111122223333:key/0123"
NO_KEY = "group: kmsKeyId: names no customer-managed key"


def group(days=None, stage=None, **more):
    found = {"retentionInDays": days, "kmsKeyId": KEY, **more}
    properties = {key: value for key, value in found.items() if value is not None}
    return {"group": (LOG_GROUP, {**properties, "tags": {"stage": stage} if stage else {}})}


CASES = {
    "bad": {
        "two weeks": (group(14), "group: retentionInDays: is 14, fewer than 365"),
        "two weeks, as text": (group("14"), "group: retentionInDays: is 14, fewer than 365"),
        "two weeks, of tests": (group(14, "test"), "group: retentionInDays: is 14, fewer than 30"),
        "two months, of production": (
            group(60, "production"),
            "group: retentionInDays: is 60, fewer than 365",
        ),
        "no key": (group(365, kmsKeyId=None), NO_KEY),
        "neither": (
            group(1, kmsKeyId=None),
            "group: retentionInDays: is 1, fewer than 365",
            NO_KEY,
        ),
        "no key, and days that aren't known": (group(UNKNOWN, kmsKeyId=None), NO_KEY),
    },
    "good": {
        "a year": (group(365),),
        "a year, whatever it is for": (
            {"group": (LOG_GROUP, {"retentionInDays": 365, "kmsKeyId": KEY, "tags": UNKNOWN})},
        ),
        "for ever": (group(),),
        "for ever, by number": (group(0),),
        "a month, of tests": (group(30, "test"),),
        "passed on": (group(2, logGroupClass="DELIVERY"),),
        "a key of the stack": (
            {
                "key": (KMS_KEY, {}),
                "group": (LOG_GROUP, {"kmsKeyId": UNKNOWN}, {"kmsKeyId": ["key"]}),
            },
        ),
    },
    "unknown": {
        "days that aren't known": (
            group(UNKNOWN),
            "group: retentionInDays: can't be judged: not known before the deployment",
        ),
        "a month, of what isn't known": (
            {"group": (LOG_GROUP, {"retentionInDays": 30, "kmsKeyId": KEY, "tags": UNKNOWN})},
            "group: tags: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"a trail": ({"trail": (CLOUD_TRAIL, {})},)},
}


def test_verdict(case, check):
    check("LM3", case)


@pytest.mark.parametrize(
    ("days", "stage", "ok"), [(90, None, True), (60, None, False), (60, "test", True), (5, "test", False)]
)
def test_options_say_how_long(build, days, stage, ok):
    options = [LogRetention.from_json({"retention_days": 90, "non_production_retention_days": 7})]
    assert evaluate(build(group(days, stage)), all_rules(), select=["LM3"], options=options).ok is ok
