import pytest

from modelyard_policies.aws.trails import ACCESSES
from modelyard_policies.aws.types import CLOUD_TRAIL, EVENT_DATA_STORE, STACK
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.logging.trail_object_events import TrainingData

DATASETS = "arn:aws:s3:::acme-datasets/"
STACKED = {"stack": (STACK, {})}
ACCOUNT = STACKED | {
    "aws": ("pulumi:providers:aws", {"defaultTags": '{"tags": {"modelyard:scope": "account"}}'}),
}
NO_READ = "trail: advancedEventSelectors: no read of objects in S3 is recorded"
NO_WRITE = "trail: advancedEventSelectors: no write of objects in S3 is recorded"


def selector(**fields):
    named = {"eventCategory": ["Data"], "resources.type": ["AWS::S3::Object"], **fields}
    return {"fieldSelectors": [{"field": name, "equals": values} for name, values in named.items()]}


def trail(*selectors, token=CLOUD_TRAIL, **more):
    return STACKED | {"trail": (token, {"advancedEventSelectors": list(selectors), **more})}


CASES = {
    "bad": {
        "no trail in the account's stack": (
            ACCOUNT,
            "stack: : no read of objects in S3 is recorded",
            "stack: : no write of objects in S3 is recorded",
        ),
        "a trail without selectors": (STACKED | {"trail": (CLOUD_TRAIL, {})}, NO_READ, NO_WRITE),
        "writes only": (trail(selector(readOnly=["false"])), NO_READ),
        "calls that manage only": (
            STACKED | {"trail": (CLOUD_TRAIL, {"eventSelectors": [{"readWriteType": "All"}]})},
            NO_READ,
            NO_WRITE,
        ),
        "a trail that is off": (trail(selector(), enableLogging=False), NO_READ, NO_WRITE),
        "a store that is off": (trail(selector(), token=EVENT_DATA_STORE, suspend="true"), NO_READ, NO_WRITE),
    },
    "good": {
        "some objects": (ACCOUNT | trail(selector(**{"resources.ARN": [DATASETS]})),),
        "objects whose place isn't known": (trail(selector(**{"resources.ARN": [UNKNOWN]})),),
        "reads and writes by two trails": (
            {
                **trail(selector(readOnly=["true"])),
                "other": (CLOUD_TRAIL, {"advancedEventSelectors": [selector(readOnly=["false"])]}),
            },
        ),
        "a store": (trail(selector(), token=EVENT_DATA_STORE),),
        "an older selector": (
            STACKED
            | {
                "trail": (
                    CLOUD_TRAIL,
                    {
                        "eventSelectors": [
                            {"dataResources": [{"type": "AWS::S3::Object", "values": [UNKNOWN]}]}
                        ]
                    },
                )
            },
        ),
    },
    "unknown": {
        "selectors that aren't known": (
            STACKED | {"trail": (CLOUD_TRAIL, {"advancedEventSelectors": UNKNOWN})},
            "trail: advancedEventSelectors: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"a stack that records nothing and isn't the account's": (STACKED,)},
}


def test_verdict(case, check):
    check("LM2", case)


@pytest.mark.parametrize(
    ("prefixes", "messages"),
    [
        ([DATASETS], []),
        (
            [DATASETS, "arn:aws:s3:::acme-weights/"],
            [f"no {access} of objects at arn:aws:s3:::acme-weights/ is recorded" for access in ACCESSES],
        ),
    ],
)
def test_all_places_of_training_data_are_covered(build, prefixes, messages):
    narrowed = selector()
    narrowed["fieldSelectors"].append({"field": "resources.ARN", "startsWiths": [DATASETS]})
    options = [TrainingData.from_json({"prefixes": prefixes})]
    report = evaluate(build(trail(narrowed)), all_rules(), select=["LM2"], options=options)
    assert [finding.message for finding in report.findings] == messages
