"""Jobs that AWS Batch can't run are refused before any call, each with its own message."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from launcher.invalid_batch_jobs import INVALID_BATCH_JOBS, InvalidBatchJob
from launcher.invalid_jobs import INVALID_SPECS

from modelyard.errors import InputError, Problem, SurroundingsError
from modelyard.outputs import LaunchTarget
from modelyard_launcher.access import S3Access
from modelyard_launcher.backends import LaunchContext
from modelyard_launcher.backends.aws_batch.backend import BatchBackend
from modelyard_launcher.load import load_job
from modelyard_launcher.plan import Plan, ResolvedTarget

REGION = "eu-central-1"
POOL = {
    "name": "cpu",
    "queue_arn": f"arn:aws:batch:{REGION}:123456789012:job-queue/cpu",
    "instance_type": "c7i.4xlarge",
    "accelerator": None,
    "accelerators_per_node": 0,
    "vcpus": 16,
    "memory_mib": 32_768,
    "max_nodes": 8,
    "max_nodes_per_job": 4,
    "capacity": "on_demand",
    "fabric": {"efa_interfaces": 0, "environment": {}},
}
HOST = {
    "entrypoint_path": "/opt/modelyard/entrypoint",
    "notices_path": "/run/modelyard/notices",
    "scratch_path": "/scratch",
}


def target(**changes: Any) -> LaunchTarget:
    return LaunchTarget.model_validate(
        {
            "environment": "dev",
            "cloud": "aws",
            "account_id": "123456789012",
            "region": REGION,
            "stores": {
                "datasets": {"uri": "s3://d", "region": REGION},
                "checkpoints": {"uri": "s3://c", "region": REGION},
            },
            "registry": {"repository_url": f"123456789012.dkr.ecr.{REGION}.amazonaws.com/dev"},
            "roles": {
                "job_role_arn": "arn:aws:iam::123456789012:role/job",
                "execution_role_arn": "arn:aws:iam::123456789012:role/execution",
            },
            "log_group": "/modelyard/dev/jobs",
            "pools": [POOL, {**POOL, "name": "spot", "capacity": "spot", "max_nodes_per_job": 1}],
            "host": HOST,
            "tags": {"environment": "dev"},
            **changes,
        }
    )


def plan(directory: Path, fields: dict[str, Any], changes: dict[str, Any] | None = None) -> Plan:
    """The plan of a job; whoever called anybody would be stopped: nothing but this machine can be reached."""
    path = directory / "job.yaml"
    document = {"name": "cnn", "image": "cnn:1.0", "run": "true", **fields}
    path.write_text(yaml.safe_dump({name: value for name, value in document.items() if value is not None}))
    context = LaunchContext(directory, S3Access("aws", REGION), "s3://c")
    resolved = ResolvedTarget(target(**(changes or {})), "file", "the file target.json")
    return BatchBackend(context).plan(load_job(path), resolved)


def refusal(directory: Path, fields: dict[str, Any], changes: dict[str, Any] | None = None) -> Problem:
    with pytest.raises(InputError) as error:
        plan(directory, fields, changes)
    (problem,) = error.value.problems
    return problem


@pytest.mark.parametrize("row", INVALID_BATCH_JOBS, ids=lambda row: row.id)
def test_a_job_that_batch_cant_run_is_refused_at_its_line(tmp_path: Path, row: InvalidBatchJob) -> None:
    problem = refusal(tmp_path, row.fields, row.target)
    assert problem.field == row.field
    assert problem.message.startswith(row.message)
    assert problem.file == str(tmp_path / "job.yaml")
    assert problem.line is not None
    assert problem.allowed
    assert problem.mend


@pytest.mark.parametrize(
    "row", [row for row in INVALID_BATCH_JOBS if row.allowed is not None], ids=lambda row: row.id
)
def test_what_is_just_allowed_is_planned(tmp_path: Path, row: InvalidBatchJob) -> None:
    assert plan(tmp_path, row.allowed or {}, row.allowed_target).calls


def test_a_target_that_says_nothing_of_its_host_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SurroundingsError) as error:
        plan(tmp_path, {}, {"host": None})
    assert error.value.message == (
        "the target of dev says nothing of what its nodes have for containers: it was written by an older "
        "modelyard"
    )
    assert error.value.mend == "bring the environment up with `pulumi up`, which writes it anew"


@pytest.mark.parametrize("name", ["CORP\\ada", "ada;lovelace", "a" * 300], ids=["domain", "sign", "long"])
def test_whatever_a_user_is_called_they_can_submit(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", name)
    (submission,) = [call for call in plan(tmp_path, {}).calls if call.operation == "SubmitJob"]
    owner = submission.request["tags"]["modelyard:owner"]
    assert owner.startswith(("CORP_ada@", "ada_lovelace@", "a" * 250))
    assert len(owner) <= 256


def test_sixty_invalid_jobs_are_refused_each_with_its_own_message() -> None:
    told = {(row.field, row.message) for row in (*INVALID_SPECS, *INVALID_BATCH_JOBS)}
    assert len(told) >= 60
    assert len({row.id for row in INVALID_BATCH_JOBS}) == len(INVALID_BATCH_JOBS)
