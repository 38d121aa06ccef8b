from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    AUTO_SCALING_SCHEDULE,
    COMPUTE_ENVIRONMENT,
    NODE_GROUP,
    SCHEDULE,
)
from modelyard_policies.azure import types as azure
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


def agents(**pool):
    return {"pool": (azure.AGENT_POOL, {"tags": DEV, **pool})}


def learning(kind, **inner):
    properties = {"computeType": kind, "properties": inner}
    return {"pool": (azure.ML_COMPUTE, {"tags": DEV, "properties": properties})}


def machine(tags=DEV, **schedule):
    found = {
        "night": (
            azure.SHUTDOWN_SCHEDULE,
            {"targetResourceId": UNKNOWN, **schedule},
            {"targetResourceId": ["vm"]},
        )
    }
    return {"vm": (azure.VIRTUAL_MACHINE, {"tags": tags}), **(found if schedule else {})}


def scale_set(capacity, *minima):
    profiles = [{"capacity": {"minimum": least, "maximum": "9"}} for least in minima]
    setting = {"enabled": True, "profiles": profiles, "targetResourceUri": UNKNOWN}
    found = {"scale": (azure.AUTOSCALE_SETTING, setting, {"targetResourceUri": ["pool"]})}
    return {
        "pool": (azure.VIRTUAL_MACHINE_SCALE_SET, {"sku": {"capacity": capacity}, "tags": DEV}),
        **(found if minima else {}),
    }


SHUTDOWN = {"status": "Enabled", "taskType": "ComputeVmShutdownTask"}
INSTANCE = "pool: properties.properties: keeps a machine up day and night"

CASES = {
    "bad": {
        "AKS": (
            agents(enableAutoScaling=True, minCount=2),
            "pool: minCount: keeps 2 machines up day and night",
        ),
        "AKS, of a fixed size": (agents(count=1), "pool: count: keeps a machine up day and night"),
        "AKS, of a size that isn't given": (agents(), "pool: count: keeps a machine up day and night"),
        "AKS, in the cluster": (
            {
                "pool": (
                    azure.MANAGED_CLUSTER,
                    {
                        "agentPoolProfiles": [
                            {"mode": "System", "count": 3},
                            {"mode": "User", "enableAutoScaling": True, "minCount": 1},
                        ],
                        "tags": DEV,
                    },
                )
            },
            "pool: agentPoolProfiles[1].minCount: keeps a machine up day and night",
        ),
        "Azure Machine Learning": (
            learning("AmlCompute", scaleSettings={"minNodeCount": 2, "maxNodeCount": 4}),
            "pool: properties.properties.scaleSettings.minNodeCount: keeps 2 machines up day and night",
        ),
        "a compute instance": (learning("ComputeInstance"), INSTANCE),
        "a compute instance that is only started": (
            learning("ComputeInstance", schedules={"computeStartStop": [{"action": "Start"}]}),
            INSTANCE,
        ),
        "a machine on Azure": (machine(), "vm: : keeps a machine up day and night"),
        "a machine on Azure, with a schedule that is off": (
            machine(taskType="ComputeVmShutdownTask"),
            "vm: : keeps a machine up day and night",
        ),
        "a scale set": (scale_set(3), "pool: sku.capacity: keeps 3 machines up day and night"),
        "a scale set that stays above zero": (
            scale_set(3, "2", "4"),
            "pool: sku.capacity: keeps 2 machines up day and night",
        ),
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
        "idle machines of a group go": (
            {
                "pool": (
                    AUTO_SCALING_GROUP,
                    {"minSize": 2, "tags": [*LISTED, {"key": "idle-shutdown-minutes", "value": "30"}]},
                )
            },
        ),
        "idle nodes go": (batch(4, {**DEV, "idle-shutdown-minutes": "30"}),),
        "Auto Scaling's own schedule": (group(2, {"minSize": 0}),),
        "AKS": (agents(enableAutoScaling=True, minCount=0),),
        "AKS, for the system": (agents(mode="System", count=3),),
        "AKS, where idle nodes go": (
            agents(enableAutoScaling=True, minCount=2, tags={**DEV, "idle-shutdown-minutes": "30"}),
        ),
        "Azure Machine Learning": (learning("AmlCompute", scaleSettings={"maxNodeCount": 4}),),
        "a compute instance that stops when idle": (
            learning("ComputeInstance", idleTimeBeforeShutdown="PT30M"),
        ),
        "a compute instance that is stopped": (
            learning("ComputeInstance", schedules={"computeStartStop": [{"action": "Stop"}]}),
        ),
        "a machine on Azure": (machine(**SHUTDOWN),),
        "a scale set": (scale_set(3, "0", "2"),),
    },
    "unknown": {
        "a minimum that isn't known": (
            batch(UNKNOWN),
            "pool: computeResources.minVcpus: can't be judged: not known before the deployment",
        ),
        "a pool of AKS that may be fixed": (
            agents(enableAutoScaling=UNKNOWN, minCount=2),
            "pool: enableAutoScaling: can't be judged: not known before the deployment",
        ),
        "a schedule that may be for it": (
            batch(4) | {"night": (SCHEDULE, {"target": UNKNOWN})},
            "night: target: can't be judged: may refer to this resource, which isn't known yet",
        ),
    },
    "not applicable": {
        "production on Azure": (machine({"stage": "production"}),),
        "production": (batch(4, {"stage": "production"}),),
        "nothing said of the stage": (batch(4, {}),),
        "disabled": (batch(4, state="DISABLED"),),
    },
}


def test_verdict(case, check):
    check("CE4", case)
