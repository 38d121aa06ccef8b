from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    AUTO_SCALING_SCHEDULE,
    COMPUTE_ENVIRONMENT,
    NODE_GROUP,
    SCHEDULE,
)
from modelyard_policies.graph import UNKNOWN

DEV = {"stage": "development"}
LISTED = [{"key": "stage", "value": "staging", "propagateAtLaunch": True}]


def batch(least, tags=DEV, state="ENABLED"):
    properties = {"computeResources": {"minVcpus": least}, "tags": tags, "state": state}
    return {"pool": (COMPUTE_ENVIRONMENT, properties)}


def group(least, schedule=None):
    pool = (AUTO_SCALING_GROUP, {"minSize": least, "name": "web", "tags": LISTED})
    found = (
        {}
        if schedule is None
        else {"night": (AUTO_SCALING_SCHEDULE, {"autoscalingGroupName": "web", **schedule})}
    )
    return {"pool": pool, **found}


CASES = {
    "bad": {
        "Batch": (batch(4), "pool: computeResources.minVcpus: keeps 4 vCPUs up day and night"),
        "Auto Scaling": (group("2"), "pool: minSize: keeps 2 machines up day and night"),
        "Auto Scaling, with a schedule that keeps some": (
            group(2, {"minSize": 1, "desiredCapacity": 1}),
            "pool: minSize: keeps 2 machines up day and night",
        ),
        "EKS": (
            {"pool": (NODE_GROUP, {"scalingConfig": {"minSize": 1}, "tags": {"stage": "Dev"}})},
            "pool: scalingConfig.minSize: keeps 1 machines up day and night",
        ),
    },
    "good": {
        "no minimum": (batch(0),),
        "nothing said": (batch(None),),
        "a schedule": (
            batch(4) | {"night": (SCHEDULE, {"target": {"input": UNKNOWN}}, {"target": ["pool"]})},
        ),
        "idle nodes go": (batch(4, {**DEV, "idle-shutdown-minutes": "30"}),),
        "Auto Scaling's own schedule": (group(2, {"minSize": 0}),),
    },
    "unknown": {
        "a minimum that isn't known": (
            batch(UNKNOWN),
            "pool: computeResources.minVcpus: can't be judged: not known before the deployment",
        ),
        "a schedule that may be for it": (
            batch(4) | {"night": (SCHEDULE, {"target": UNKNOWN})},
            "night: target: can't be judged: may refer to this resource, which isn't known yet",
        ),
    },
    "not applicable": {
        "production": (batch(4, {"stage": "production"}),),
        "nothing said of the stage": (batch(4, {}),),
        "disabled": (batch(4, state="DISABLED"),),
    },
}


def test_verdict(case, check):
    check("CE4", case)
