"""What Batch takes as the properties of a container, in a definition and in a job's overrides.

Source: AWS Batch API reference, ContainerProperties, ContainerOverrides, ResourceRequirement, RetryStrategy,
EvaluateOnExit and JobTimeout, 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from modelyard_sandbox.moto_extensions.batch.answers import executing, one_of, require, within

Properties = Mapping[str, Any]

IMAGE_LENGTH_MAX = 255
MEMORY_MIB_MIN = 4
RESERVED_PREFIX = "AWS_BATCH"
RESOURCES = ("GPU", "MEMORY", "VCPU")
FARGATE_VCPUS = ("0.25", "0.5", "1", "2", "4", "8", "16", "32")
ROLE = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/[\w+=,.@/-]+")
ATTEMPTS_MAX = 10
CONDITIONS_MAX = 5
PATTERN_LENGTH_MAX = 512
TIMEOUT_SECONDS_MIN = 60


def check_container(properties: Properties, *, fargate: bool = False, complete: bool = True) -> None:
    """Refuse a container that no job can have.

    Args:
        properties: of a job definition, or of a range of its nodes.
        fargate: it is for Fargate, where other amounts and roles are asked for.
        complete: it says by itself how much memory and how many vCPUs it needs.
    """
    image = properties.get("image")
    require(image, executing("containerProperties must have an image"))
    require(
        len(str(image)) <= IMAGE_LENGTH_MAX,
        executing(f"image must have {IMAGE_LENGTH_MAX} characters at most"),
    )
    for member in ("jobRoleArn", "executionRoleArn"):
        arn = properties.get(member)
        require(not arn or ROLE.fullmatch(arn), executing(f"{member} {arn} is not the arn of a role"))
    require(
        not fargate or properties.get("executionRoleArn"),
        executing("executionRoleArn is required for Fargate"),
    )
    check_environment(properties)
    check_requirements(properties, fargate=fargate)
    missing = {"memory", "vcpus"} - given_requirements(properties) if complete else set[str]()
    require(not missing, executing(f"resourceRequirements must have {', '.join(sorted(missing))}"))


def check_environment(properties: Properties) -> None:
    """Refuse variables that are Batch's own."""
    for variable in properties.get("environment") or []:
        name = variable.get("name") or ""
        require(name, executing("an environment variable needs a name"))
        require(
            not name.startswith(RESERVED_PREFIX),
            executing(f"environment variable {name} must not start with {RESERVED_PREFIX}: Batch sets those"),
        )


def check_requirements(properties: Properties, *, fargate: bool = False) -> None:
    """Refuse amounts that are no amounts, and amounts said twice."""
    requirements: Sequence[Mapping[str, str]] = properties.get("resourceRequirements") or []
    kinds = [item.get("type", "") for item in requirements]
    require(len(set(kinds)) == len(kinds), executing("resourceRequirements names a type twice"))
    for item in requirements:
        kind, value = item.get("type", ""), item.get("value", "")
        one_of("resourceRequirements.type", kind, RESOURCES)
        require(not (fargate and kind == "GPU"), executing("GPU can't be required on Fargate"))
        fits = value in FARGATE_VCPUS if fargate and kind == "VCPU" else _is_amount(kind, value)
        # (kestra-io/plugin-aws#504)
        require(
            fits,
            executing(
                f"Value {value} for type {kind} in resourceRequirement is not valid. "
                "Please provide a numeric value."
            ),
        )
    if "memory" in properties:
        require(properties["memory"] >= MEMORY_MIB_MIN, executing("memory must be at least 4 MiB"))
    if "vcpus" in properties:
        require(properties["vcpus"] >= 1, executing("vcpus must be at least 1"))


def given_requirements(properties: Properties) -> set[str]:
    """Which of memory and vcpus a container says, in the one way or the other."""
    names = {"MEMORY": "memory", "VCPU": "vcpus"}
    required = {names.get(item["type"], "") for item in properties.get("resourceRequirements") or []}
    return (required | {name for name in names.values() if name in properties}) - {""}


def check_retries(strategy: Properties | None) -> None:
    """Refuse a retry strategy out of bounds."""
    if not strategy:
        return
    attempts, conditions = strategy.get("attempts"), strategy.get("evaluateOnExit") or []
    if attempts is not None:
        within("retryStrategy.attempts", attempts, 1, ATTEMPTS_MAX)
    require(not conditions or attempts is not None, "evaluateOnExit needs attempts")
    require(len(conditions) <= CONDITIONS_MAX, f"evaluateOnExit takes {CONDITIONS_MAX} conditions at most")
    for condition in conditions:
        one_of("evaluateOnExit.action", str(condition.get("action")).upper(), ("RETRY", "EXIT"))
        patterns = {name: condition[name] for name in condition.keys() - {"action"}}
        for name, pattern in patterns.items():
            require(
                len(pattern) <= PATTERN_LENGTH_MAX,
                f"{name} must have {PATTERN_LENGTH_MAX} characters at most",
            )
        code = str(patterns.get("onExitCode", "0"))
        require(code.removesuffix("*").isdigit() or code == "*", f"onExitCode {code} must be a number")


def check_timeout(timeout: Properties | None) -> None:
    """Refuse a timeout under a minute."""
    if timeout:
        seconds = timeout.get("attemptDurationSeconds", 0)
        require(
            seconds >= TIMEOUT_SECONDS_MIN,
            f"attemptDurationSeconds must be at least {TIMEOUT_SECONDS_MIN}, not {seconds}",
        )


def _is_amount(kind: str, value: str) -> bool:
    least = MEMORY_MIB_MIN if kind == "MEMORY" else 1
    return value.isascii() and value.isdigit() and int(value) >= least
