"""Requests to AWS Batch that are within all limits, and changes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from modelyard_launcher.backends.aws_batch.measures import text_of

Request = dict[str, Any]
Change = Callable[[Request], None]

CONTAINER: Request = {
    "image": "registry/dev:cnn-1.0",
    "command": ["/opt/modelyard/entrypoint/run"],
    "environment": [{"name": "AWS_REGION", "value": "eu-central-1"}],
    "secrets": [{"name": "TOKEN", "valueFrom": "arn"}],
    "resourceRequirements": [
        {"type": "GPU", "value": "8"},
        {"type": "MEMORY", "value": "1024"},
        {"type": "VCPU", "value": "16"},
    ],
    "linuxParameters": {"sharedMemorySize": 512},
    "ulimits": [{"name": "memlock", "softLimit": -1, "hardLimit": -1}],
    "volumes": [{"name": "scratch", "host": {"sourcePath": "/scratch"}}],
}

DEFINITION: Request = {
    "jobDefinitionName": "dev-cnn-0123456789ab",
    "type": "container",
    "containerProperties": CONTAINER,
    "retryStrategy": {
        "attempts": 4,
        "evaluateOnExit": [
            {"onStatusReason": "Host EC2*", "action": "RETRY"},
            {"onExitCode": "241", "action": "RETRY"},
            {"onReason": "*", "action": "EXIT"},
        ],
    },
    "timeout": {"attemptDurationSeconds": 600},
    "tags": {"environment": "dev"},
}

GANG: Request = {
    **{name: value for name, value in DEFINITION.items() if name != "containerProperties"},
    "type": "multinode",
    "nodeProperties": {
        "numNodes": 2,
        "mainNode": 0,
        "nodeRangeProperties": [{"targetNodes": "0:", "container": CONTAINER}],
    },
}

SUBMISSION: Request = {
    "jobName": "cnn-20261126-120000-0000-1",
    "jobQueue": "q",
    "jobDefinition": "dev-cnn-0123456789ab",
    "containerOverrides": {"environment": [{"name": "MODELYARD_RUN_ID", "value": "x"}]},
    "tags": {"environment": "dev"},
}

GANG_SUBMISSION: Request = {
    **{name: value for name, value in SUBMISSION.items() if name != "containerOverrides"},
    "nodeOverrides": {"numNodes": 2, "nodePropertyOverrides": [{"targetNodes": "0:"}]},
}


class Row(NamedTuple):
    """A limit, a request at it, and one past it."""

    limit: str
    base: Request
    at: Change
    past: Change
    field: str
    message: str


def put(*path: str | int, value: Any) -> Change:
    """Set a place in a request."""

    def change(request: Request) -> None:
        place: Any = request
        for step in path[:-1]:
            place = place[step] if isinstance(place, list) else place.setdefault(step, {})
        place[path[-1]] = value

    return change


def in_container(*path: str | int, value: Any) -> Change:
    return put("containerProperties", *path, value=value)


def rule(**changes: str) -> Change:
    return put("retryStrategy", "evaluateOnExit", 0, value={"action": "RETRY", **changes})


def rules(count: int) -> Change:
    last = {"onReason": "*", "action": "EXIT"}
    made = [{"onExitCode": str(number), "action": "RETRY"} for number in range(count - 1)]
    return put("retryStrategy", "evaluateOnExit", value=[*made, last])


def tags(count: int) -> Change:
    return put("tags", value={f"tag{number}": "x" for number in range(count)})


def groups(count: int) -> Change:
    made = [{"targetNodes": f"{number}", "container": CONTAINER} for number in range(count - 1)]
    last = {"targetNodes": f"{count - 1}:", "container": CONTAINER}

    def change(request: Request) -> None:
        request["nodeProperties"] |= {"numNodes": 10, "nodeRangeProperties": [*made, last]}

    return change


def padded(size: int, place: Callable[[str], Change]) -> Change:
    """Make a request exactly so many bytes, by what is put somewhere."""

    def change(request: Request) -> None:
        place("")(request)
        place("x" * (size - len(text_of(request).encode())))(request)

    return change


def secrets(name: str) -> Change:
    return in_container("secrets", 0, "valueFrom", value=name)


def waits_for(text: str) -> Change:
    return put("jobQueue", value=text)


def variable(text: str) -> Change:
    return put("containerOverrides", "environment", 0, "value", value=text)


def overridden(length: int) -> Change:
    def change(request: Request) -> None:
        variable("")(request)
        variable("x" * (length - len(text_of(request["containerOverrides"]))))(request)

    return change


def jobs(count: int) -> Change:
    return put("dependsOn", value=[{"jobId": str(number)} for number in range(count)])


def amount(index: int, value: int) -> Change:
    return in_container("resourceRequirements", index, "value", value=str(value))
