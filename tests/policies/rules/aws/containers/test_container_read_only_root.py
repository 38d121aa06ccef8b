import json

from modelyard_policies.aws.types import BUCKET, JOB_DEFINITION, TASK_DEFINITION
from modelyard_policies.graph import UNKNOWN

SHUT = {"readonlyRootFilesystem": True}


def task(*containers, **properties):
    return {"web": (TASK_DEFINITION, {"containerDefinitions": json.dumps(containers), **properties})}


def job(**properties):
    return {"train": (JOB_DEFINITION, {key: json.dumps(value) for key, value in properties.items()})}


def pod(*rights):
    containers = [{"image": "x", "securityContext": each} for each in rights]
    return {"train": (JOB_DEFINITION, {"eksProperties": {"podProperties": {"containers": containers}}})}


UNSET = "readonlyRootFilesystem: is unset, so the container can change its image"

CASES = {
    "bad": {
        "nothing said": (task(SHUT, {}), f"web: containerDefinitions[1].{UNSET}"),
        "a job": (job(containerProperties={}), f"train: containerProperties.{UNSET}"),
        "a job of several nodes": (
            job(nodeProperties={"nodeRangeProperties": [{"container": SHUT}, {"container": {}}]}),
            f"train: nodeProperties.nodeRangeProperties[1].container.{UNSET}",
        ),
        "a job on EKS": (
            pod({"readOnlyRootFileSystem": False}),
            (
                "train: eksProperties.podProperties.containers[0].securityContext.readOnlyRootFileSystem: "
                "is false, so the container can change its image"
            ),
        ),
        "the machine's processes and memory": (
            task(SHUT, pidMode="host", ipcMode="host"),
            "web: pidMode: is host",
            "web: ipcMode: is host",
        ),
        "the machine's processes, in a job": (
            job(ecsProperties={"taskProperties": [{"pidMode": "host", "containers": [SHUT]}]}),
            "train: ecsProperties.taskProperties[0].pidMode: is host",
        ),
        "whatever else isn't known": (
            {"web": (TASK_DEFINITION, {"containerDefinitions": UNKNOWN, "pidMode": "host"})},
            "web: pidMode: is host",
        ),
    },
    "good": {
        "read-only": (task(SHUT, pidMode="task"),),
        "a job": (job(containerProperties=SHUT),),
        "a job of several nodes on EKS": (
            job(
                nodeProperties={
                    "nodeRangeProperties": [
                        {
                            "eksProperties": {
                                "podProperties": {
                                    "containers": [{"securityContext": {"readOnlyRootFilesystem": True}}],
                                },
                            },
                        },
                    ],
                },
            ),
        ),
        "a job for Windows": (
            {
                "train": (
                    JOB_DEFINITION,
                    {
                        "containerProperties": {
                            "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2019_CORE"}
                        }
                    },
                )
            },
        ),
        "Windows": (task({}, runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}),),
    },
    "unknown": {
        "definitions that aren't known": (
            {"web": (TASK_DEFINITION, {"containerDefinitions": UNKNOWN})},
            "web: containerDefinitions: can't be judged: not known before the deployment",
        ),
        "a setting that isn't known": (
            pod({"readOnlyRootFileSystem": UNKNOWN}),
            (
                "train: eksProperties.podProperties.containers[0].securityContext.readOnlyRootFileSystem: "
                "can't be judged: not known before the deployment"
            ),
        ),
    },
    "not applicable": {"no containers": ({"data": (BUCKET, {})},)},
}


def test_verdict(case, check):
    check("CT4", case)
