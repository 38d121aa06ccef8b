from modelyard_policies.aws.types import (
    CONFIG_RECORDER,
    CONFIG_RECORDER_STATUS,
    SECURITY_HUB_ACCOUNT,
    SECURITY_HUB_STANDARD,
    STACK,
)
from modelyard_policies.graph import UNKNOWN

ACCOUNT = {
    "stack": (STACK, {}),
    "aws": ("pulumi:providers:aws", {"defaultTags": '{"tags": {"modelyard:scope": "account"}}'}),
}
EVERYTHING = {"allSupported": True, "includeGlobalResourceTypes": True}
STATUS = {"status": (CONFIG_RECORDER_STATUS, {"name": UNKNOWN, "isEnabled": True}, {"name": ["recorder"]})}
HUB = {"hub": (SECURITY_HUB_ACCOUNT, {})}


def recorder(**group):
    """A recorder that is started."""
    return {"recorder": (CONFIG_RECORDER, {"recordingGroup": group}), **STATUS}


CASES = {
    "bad": {
        "none in the account's stack": (
            ACCOUNT,
            "stack: : no Recorder of AWS Config records the account's resources",
            "stack: : no Account of Security Hub gathers the account's findings",
        ),
        "a hub alone, in the account's stack": (
            ACCOUNT | HUB,
            "stack: : no Recorder of AWS Config records the account's resources",
        ),
        "some types only": (
            recorder(allSupported=False, resourceTypes=["AWS::S3::Bucket"]),
            "recorder: recordingGroup.allSupported: is false",
            "recorder: recordingGroup.includeGlobalResourceTypes: isn't true for any recorder",
        ),
        "nothing global": (
            {**recorder(allSupported=True, includeGlobalResourceTypes=False)},
            "recorder: recordingGroup.includeGlobalResourceTypes: isn't true for any recorder",
        ),
        "never started": (
            {"recorder": (CONFIG_RECORDER, {"recordingGroup": EVERYTHING})},
            "recorder: : no RecorderStatus starts it",
        ),
        "stopped": (
            {
                **recorder(**EVERYTHING),
                "status": (CONFIG_RECORDER_STATUS, {"isEnabled": False}, {"name": ["recorder"]}),
            },
            "status: isEnabled: is false",
        ),
        "no standard": (
            {"hub": (SECURITY_HUB_ACCOUNT, {"enableDefaultStandards": False})},
            "hub: enableDefaultStandards: is false, and no StandardsSubscription is there",
        ),
    },
    "good": {
        "everything": (ACCOUNT | HUB | recorder(**EVERYTHING),),
        "everything but": (
            recorder(
                allSupported=False,
                recordingStrategies=[{"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"}],
                exclusionByResourceTypes=[{"resourceTypes": ["AWS::EC2::NetworkInterface"]}],
            ),
        ),
        "what is global in another region": (
            {
                **recorder(**EVERYTHING),
                "other": (CONFIG_RECORDER, {"name": "other", "recordingGroup": {"allSupported": True}}),
                "started": (CONFIG_RECORDER_STATUS, {"name": "other", "isEnabled": "true"}),
            },
        ),
        "a standard of one's own choice": (
            {
                "hub": (SECURITY_HUB_ACCOUNT, {"enableDefaultStandards": False}),
                "standard": (SECURITY_HUB_STANDARD, {}),
            },
        ),
    },
    "unknown": {
        "what is recorded isn't known": (
            {"recorder": (CONFIG_RECORDER, {"recordingGroup": UNKNOWN}), **STATUS},
            "recorder: recordingGroup: can't be judged: not known before the deployment",
        ),
        "a status that may be another's": (
            {
                "recorder": (CONFIG_RECORDER, {"recordingGroup": EVERYTHING}),
                "status": (CONFIG_RECORDER_STATUS, {"name": UNKNOWN, "isEnabled": True}),
            },
            "status: name: can't be judged: may refer to this resource, which isn't known yet",
        ),
    },
    "not applicable": {"a stack that isn't the account's": ({"stack": (STACK, {})},)},
}


def test_verdict(case, check):
    check("LM5", case)
