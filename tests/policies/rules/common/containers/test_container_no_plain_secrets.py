import json

from modelyard_policies.aws.types import BUCKET, JOB_DEFINITION, TASK_DEFINITION
from modelyard_policies.azure.types import CONTAINER_GROUP
from modelyard_policies.graph import SECRET, UNKNOWN

ACCESS_KEY = "AKIA" + "Q" * 16
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"


def variables(**values):
    return [{"name": name, "value": value} for name, value in values.items()]


def task(*values, **container):
    containers = [{"environment": list(values), **container}]
    return {"web": (TASK_DEFINITION, {"containerDefinitions": json.dumps(containers)})}


def group(*values):
    return {"web": (CONTAINER_GROUP, {"containers": [{"environmentVariables": list(values)}]})}


FIRST = "web: containerDefinitions[0]"

CASES = {
    "bad": {
        "a password by its name": (
            task(*variables(REGION="eu-west-1", DB_PASSWORD="correct-horse")),
            f"{FIRST}.environment[1].value: holds a password in plain text",
        ),
        "an access key, whatever its name": (
            task(*variables(NOTE=ACCESS_KEY)),
            f"{FIRST}.environment[0].value: holds an AWS access key in plain text",
        ),
        "a password with a quote in it": (
            task(*variables(DB_PASSWORD='correct"horse\nbattery')),
            f"{FIRST}.environment[0].value: holds a password in plain text",
        ),
        "in a command": (
            task(command=["train.py", "--api-token", "d41d8cd98f00b204"]),
            f"{FIRST}: its command holds a token in plain text",
        ),
        "a job": (
            {
                "train": (
                    JOB_DEFINITION,
                    {
                        "containerProperties": json.dumps(
                            {
                                "environment": variables(
                                    WANDB_API_KEY="0123456789abcdef0123456789abcdef01234567"
                                )
                            },
                        ),
                    },
                ),
            },
            "train: containerProperties.environment[0].value: holds a key in plain text",
        ),
        "a job on EKS": (
            {
                "train": (
                    JOB_DEFINITION,
                    {
                        "eksProperties": {
                            "podProperties": {"containers": [{"envs": variables(DB_PASSWORD="hunter22")}]},
                        },
                    },
                ),
            },
            (
                "train: eksProperties.podProperties.containers[0].envs[0].value: holds a password in plain "
                "text"
            ),
        ),
        "Azure": (
            group(*variables(REDIS_PASSWORD="hunter22")),
            "web: containers[0].environmentVariables[0].value: holds a password in plain text",
        ),
        "beside one that isn't known": (
            group({"name": "A", "value": UNKNOWN}, *variables(REDIS_PASSWORD="hunter22")),
            "web: containers[0].environmentVariables[1].value: holds a password in plain text",
        ),
    },
    "good": {
        "nothing secret": (task(*variables(REGION="eu-west-1", MAX_TOKENS="4096")),),
        "where it is kept": (task(*variables(DB_PASSWORD=ARN, TOKEN_FILE="/run/secrets/token")),),
        "secrets by reference": (task(secrets=[{"name": "DB_PASSWORD", "valueFrom": ARN}]),),
        "Azure's secure value": (group({"name": "DB_PASSWORD", "secureValue": SECRET}),),
        "put together by the shell": (task(command=["sh", "-c", "login --password $DB_PASSWORD"]),),
        "no variables": (task(),),
    },
    "unknown": {
        "a value that is secret": (
            group({"name": "DB_PASSWORD", "value": SECRET}),
            "web: containers[0].environmentVariables[0].value: can't be judged: a secret",
        ),
        "variables that aren't known": (
            {"web": (CONTAINER_GROUP, {"containers": [{"environmentVariables": UNKNOWN}]})},
            "web: containers[0].environmentVariables: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"no containers": ({"data": (BUCKET, {})},)},
}


def test_verdict(case, check):
    check("CT3", case)
