import json

from modelyard_policies.aws.types import BUCKET, JOB_DEFINITION, TASK_DEFINITION
from modelyard_policies.azure.types import CONTAINER_GROUP
from modelyard_policies.graph import SECRET, UNKNOWN

MASTER = {"privileged": True}
SAFE = {"privileged": False}


def task(*containers):
    return {"web": (TASK_DEFINITION, {"containerDefinitions": json.dumps(containers)})}


def job(**properties):
    return {"train": (JOB_DEFINITION, {key: json.dumps(value) for key, value in properties.items()})}


def group(*rights):
    return {"web": (CONTAINER_GROUP, {"containers": [{"securityContext": each} for each in rights]})}


def pod(*rights):
    containers = [{"image": "x", "securityContext": each} for each in rights]
    return {"train": (JOB_DEFINITION, {"eksProperties": {"podProperties": {"containers": containers}}})}


NODES = {
    "nodeRangeProperties": [
        {"targetNodes": "0:", "container": SAFE},
        {"targetNodes": "1:", "container": MASTER},
        {"targetNodes": "2:", "ecsProperties": {"taskProperties": [{"containers": [SAFE, MASTER]}]}},
        {
            "targetNodes": "3:",
            "eksProperties": {"podProperties": {"initContainers": [{"securityContext": MASTER}]}},
        },
    ],
}
RANGE = "train: nodeProperties.nodeRangeProperties"

CASES = {
    "bad": {
        "a task": (task(SAFE, MASTER), "web: containerDefinitions[1].privileged: is true"),
        "with capitals, and as text": (
            task({"Privileged": "true"}),
            "web: containerDefinitions[0].privileged: is true",
        ),
        "a job": (job(containerProperties=MASTER), "train: containerProperties.privileged: is true"),
        "a job of several containers": (
            job(ecsProperties={"taskProperties": [{"containers": [MASTER]}]}),
            "train: ecsProperties.taskProperties[0].containers[0].privileged: is true",
        ),
        "a job on EKS": (
            pod(SAFE, MASTER),
            "train: eksProperties.podProperties.containers[1].securityContext.privileged: is true",
        ),
        "a job of several nodes": (
            job(nodeProperties=NODES),
            f"{RANGE}[1].container.privileged: is true",
            f"{RANGE}[2].ecsProperties.taskProperties[0].containers[1].privileged: is true",
            (f"{RANGE}[3].eksProperties.podProperties.initContainers[0].securityContext.privileged: is true"),
        ),
        "Azure": (group(SAFE, MASTER), "web: containers[1].securityContext.privileged: is true"),
        "by a capability": (
            task({"linuxParameters": {"capabilities": {"add": ["NET_BIND_SERVICE", "SYS_ADMIN"]}}}),
            "web: containerDefinitions[0]: adds the capability SYS_ADMIN, which comes to privileged",
        ),
        "by files of the machine": (
            task({"linuxParameters": {"capabilities": {"add": ["DAC_READ_SEARCH"]}}}),
            "web: containerDefinitions[0]: adds the capability DAC_READ_SEARCH, which comes to privileged",
        ),
        "by a capability, on Azure": (
            group({"capabilities": {"add": ["cap_sys_module"]}}),
            "web: containers[0]: adds the capability CAP_SYS_MODULE, which comes to privileged",
        ),
        "beside one that isn't known": (
            group(UNKNOWN, MASTER),
            "web: containers[1].securityContext.privileged: is true",
        ),
    },
    "good": {
        "false": (task(SAFE),),
        "nothing said": (task({"image": "x"}),),
        "lesser capabilities": (task({"linuxParameters": {"capabilities": {"add": ["SYS_NICE"]}}}),),
        "nothing said, on Azure": ({"web": (CONTAINER_GROUP, {"containers": [{"image": "x"}]})},),
        "a job on EKS": (pod(SAFE, None),),
    },
    "unknown": {
        "not known": (
            group({"privileged": UNKNOWN}),
            "web: containers[0].securityContext.privileged: can't be judged: not known before the deployment",
        ),
        "secret": (
            {"train": (JOB_DEFINITION, {"containerProperties": SECRET})},
            "train: containerProperties: can't be judged: a secret",
        ),
        "no JSON": (
            {"web": (TASK_DEFINITION, {"containerDefinitions": "[{"})},
            "web: containerDefinitions: can't be judged: isn't JSON that can be read",
        ),
    },
    "not applicable": {
        "no containers": ({"data": (BUCKET, {})},),
        "a job without any": ({"train": (JOB_DEFINITION, {"type": "container"})},),
    },
}


def test_verdict(case, check):
    check("CT2", case)
