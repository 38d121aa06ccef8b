"""Mutants of containers, of their images, and of clusters for them, on AWS."""

from mutating import Mutant, drop, mutant, put
from mutating.aws import CONTAINERS, IMAGE

TASK = "TaskDefinition server"
JOB = "JobDefinition train"
NODE = "nodeProperties.nodeRangeProperties[0].container"
CLUSTER = "Cluster serving"
REPOSITORY = "Repository prod-cluster-images"
SECRET = {"name": "DATABASE_PASSWORD", "value": "correct-horse-battery-staple"}

MUTANTS: dict[str, list[Mutant]] = {
    "CT1": [
        mutant(
            "by a tag",
            put(TASK, "containerDefinitions[0].image", IMAGE.replace("@", ":latest@")[:80]),
            given=CONTAINERS,
        ),
    ],
    "CT2": [
        mutant("privileged", put(TASK, "containerDefinitions[0].privileged", True), given=CONTAINERS),
        mutant("a job's node", put(JOB, f"{NODE}.privileged", True), given=CONTAINERS),
        mutant(
            "by a capability",
            put(TASK, "containerDefinitions[0].linuxParameters", {"capabilities": {"add": ["SYS_ADMIN"]}}),
            fails=f"{TASK}: containerDefinitions[0]",
            given=CONTAINERS,
        ),
    ],
    "CT3": [
        mutant(
            "a variable",
            put(TASK, "containerDefinitions[0].environment[+]", SECRET),
            fails=f"{TASK}: containerDefinitions[0].environment[1].value",
            given=CONTAINERS,
        ),
        mutant(
            "a word of a command",
            put(JOB, f"{NODE}.command", ["train", "--token=hf_" + "abcdefghijklmnopqrstuvwxyzABCDEFGH"]),
            fails=f"{JOB}: {NODE}",
            given=CONTAINERS,
        ),
    ],
    "CT4": [
        mutant(
            "written on", put(TASK, "containerDefinitions[0].readonlyRootFilesystem", False), given=CONTAINERS
        ),
        mutant("nothing is said", drop(JOB, f"{NODE}.readonlyRootFilesystem"), given=CONTAINERS),
        mutant("the machine's processes", put(TASK, "pidMode", "host"), given=CONTAINERS),
        mutant("the machine's memory", put(TASK, "ipcMode", "host"), given=CONTAINERS),
    ],
    "CT5": [mutant("off", put(REPOSITORY, "imageScanningConfiguration.scanOnPush", False))],
    "CT6": [
        mutant("tags move", put(REPOSITORY, "imageTagMutability", "MUTABLE")),
        mutant("ECR's own key", drop(REPOSITORY, "encryptionConfigurations[0].kmsKey")),
        mutant(
            "S3's own key",
            put(REPOSITORY, "encryptionConfigurations[0].encryptionType", "AES256"),
            fails=f"{REPOSITORY}: encryptionConfigurations[0].kmsKey",
        ),
        mutant("images stay", drop("LifecyclePolicy prod-cluster-images"), fails=REPOSITORY),
    ],
    "CT8": [
        mutant("public", put(CLUSTER, "vpcConfig.endpointPublicAccess", True), given=CONTAINERS),
        mutant(
            "secrets under EKS's own key",
            drop(CLUSTER, "encryptionConfig.provider"),
            fails=f"{CLUSTER}: encryptionConfig",
            given=CONTAINERS,
        ),
        mutant("no audit logs", put(CLUSTER, "enabledClusterLogTypes", ["api"]), given=CONTAINERS),
    ],
}
