"""What a plan says that will be called is what the environment's policies let who submits call, and nobody else."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from iam import is_allowed
from launcher.planning import loaded
from previewing import ROOT, dev_fields

from modelyard.environment import parse_environment
from modelyard.environment.aws.target import Provisioned, launch_target
from modelyard.outputs import LaunchTarget
from modelyard.planning.arns import Place
from modelyard.planning.policies.roles import ClusterNames
from modelyard.planning.policies.submitters import submitter_policy, viewer_policy
from modelyard_launcher.access import S3Access
from modelyard_launcher.backends import LaunchContext
from modelyard_launcher.backends.aws_batch.backend import BatchBackend
from modelyard_launcher.plan import Call
from modelyard_launcher.resolved import ResolvedTarget

PLACE = Place("123456789012", "eu-central-1")
CALLING = ROOT / "launcher" / "modelyard_launcher" / "backends" / "aws_batch"
SECRET = PLACE.arn("secretsmanager", "secret:dev/hub-AbCdEf")

JOBS: dict[str, dict[str, Any]] = {
    "one node": {"image": "cnn:1.0"},
    "an image by its digest, with a secret": {
        "image": f"cnn@sha256:{'0' * 64}",
        "secrets": {"HUB_TOKEN": f"{SECRET}:token::"},
    },
    "several nodes": {"image": "cnn:1.0", "num_nodes": 2},
    "a sweep": {"image": "cnn:1.0", "sweep": {"grid": {"LR": ["0.1", "0.2"], "DEPTH": ["2", "3"]}}},
    "a sweep of several nodes": {
        "image": "cnn:1.0",
        "num_nodes": 2,
        "sweep": {"grid": {"LR": ["0.1", "0.2"]}},
    },
    "files": {"image": "cnn:1.0", "workdir": "."},
}


def policies(environment: str) -> list[str]:
    """What who submits to an environment may do, but for keys."""
    names = ClusterNames(
        place=PLACE,
        environment=environment,
        repository=f"{environment}/training",
        log_group=f"/modelyard/{environment}/jobs",
        queues=(f"{environment}-cpu", f"{environment}-gpu"),
        job_role=f"{environment}-eu-central-1-job",
        execution_role=f"{environment}-eu-central-1-execution",
        node_log_group=f"/modelyard/{environment}/nodes",
    )
    store = f"{environment}-checkpoints-123456789012-eu-central-1"
    return [submitter_policy(names, store), viewer_policy(names, store)]


def target() -> LaunchTarget:
    """The target of `dev` as it is once that is up."""
    environment = parse_environment({**dev_fields(), "jobs": {"secrets": [SECRET]}})
    known = Provisioned(
        queue_arns={pool: PLACE.arn("batch", f"job-queue/dev-{pool}") for pool in ("cpu", "gpu")},
        repository_url="123456789012.dkr.ecr.eu-central-1.amazonaws.com/dev/training",
        job_role_arn=PLACE.iam("role/dev-eu-central-1-job"),
        execution_role_arn=PLACE.iam("role/dev-eu-central-1-execution"),
        log_group="/modelyard/dev/jobs",
        datasets_key_arn=None,
        checkpoints_key_arn=None,
    )
    return launch_target(environment, known)


def calls(directory: Path, job: dict[str, Any]) -> list[Call]:
    """The calls of a job's plan."""
    context = LaunchContext(directory, S3Access("aws", PLACE.region), target().stores.checkpoints.uri)
    resolved = ResolvedTarget(target(), "file", "the file target.json")
    plan = BatchBackend(context).plan(loaded(directory, job), resolved)
    return list(plan.calls)


LOOKS = ("DescribeJobDefinitions", "ListJobs")

Request = tuple[str, str, dict[str, str]]
"""Action, resource, and the keys of its conditions."""


def requests(call: Call) -> Iterator[Request]:
    """What IAM is asked for a call (Service Authorization Reference, 2026-11)."""
    asked = call.request
    if call.service == "s3":
        action = {"HeadObject": "GetObject"}.get(call.operation, call.operation)
        yield f"s3:{action}", f"arn:aws:s3:::{asked['Bucket']}/{asked['Key']}", {}
        return
    if call.operation in LOOKS:  # these take no resource
        yield f"batch:{call.operation}", "*", {}
        return
    yield from {
        "RegisterJobDefinition": _defined,
        "SubmitJob": _submitted,
    }[call.operation](asked)


def _defined(asked: dict[str, Any]) -> Iterator[Request]:
    definition = PLACE.arn("batch", f"job-definition/{asked['jobDefinitionName']}")
    nodes = asked.get("nodeProperties", {}).get("nodeRangeProperties", [])
    for container in [each["container"] for each in nodes] or [asked["containerProperties"]]:
        privileged = str(container.get("privileged", False)).lower()
        yield (
            "batch:RegisterJobDefinition",
            definition,
            {"batch:Image": container["image"], "batch:Privileged": privileged},
        )
        for role in ("jobRoleArn", "executionRoleArn"):
            yield "iam:PassRole", container[role], {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    yield "batch:TagResource", definition, {}


def _submitted(asked: dict[str, Any]) -> Iterator[Request]:
    job = PLACE.arn("batch", "job/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0")
    definition = asked["jobDefinition"]
    for resource in (asked["jobQueue"], PLACE.arn("batch", f"job-definition/{definition}"), job):
        yield "batch:SubmitJob", resource, {}
    yield "batch:TagResource", job, {}
    # What ends it later goes by the tags that it gets now.
    tags = {f"aws:ResourceTag/{key}": value for key, value in asked["tags"].items()}
    for action in ("batch:TerminateJob", "batch:CancelJob"):
        yield action, job, tags


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_who_submits_may_make_every_call_of_the_plan(tmp_path: Path, job: dict[str, Any]) -> None:
    planned = calls(tmp_path, job)
    assert {call.operation for call in planned} >= {"PutObject", "RegisterJobDefinition", "SubmitJob"}
    for call in planned:
        for request in requests(call):
            assert is_allowed(policies("dev"), *request), request


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_who_submits_to_another_environment_may_make_none_that_changes_anything(
    tmp_path: Path, job: dict[str, Any]
) -> None:
    for call in calls(tmp_path, job):
        asked = list(requests(call))
        if call.operation in LOOKS:
            assert is_allowed(policies("prod"), *asked[0])
        else:
            assert not all(is_allowed(policies("prod"), *request) for request in asked), call.operation
            assert not is_allowed(policies("prod"), *asked[0]), call.operation


def test_an_image_of_elsewhere_is_not_the_environments_to_run(tmp_path: Path) -> None:
    (defining,) = [
        call
        for call in calls(tmp_path, {"image": "ghcr.io/team/cnn:1.0"})
        if call.operation == "RegisterJobDefinition"
    ]
    assert not is_allowed(policies("dev"), *next(requests(defining)))


def test_every_operation_that_the_backend_knows_is_one_of_those_that_who_submits_may_do() -> None:
    session = botocore.session.Session()
    operations = {
        name: service
        for service in ("batch", "ec2", "ecs", "logs")
        for name in session.get_service_model(service).operation_names
    }
    known = {
        f"{operations[node.value]}:{node.value}"
        for path in CALLING.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in operations
    }
    assert known >= {"batch:SubmitJob", "batch:ListJobs", "batch:GetJobQueueSnapshot", "logs:GetLogEvents"}
    given = {
        action
        for policy in policies("dev")
        for statement in json.loads(policy)["Statement"]
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    }
    assert known - given == set()
