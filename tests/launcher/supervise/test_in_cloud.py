"""What a supervisor in the environment is told."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
from launcher.aws_batch.test_refused_jobs import POOL, REGION, target

from modelyard.errors import SurroundingsError
from modelyard_launcher.access import S3Access
from modelyard_launcher.backends import LaunchContext
from modelyard_launcher.plan import Plan
from modelyard_launcher.records import RunRecord, now
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.supervise.in_cloud import plan_in_cloud

RUN = "cnn-20261101-110000-0000"
OPTIONS = ["--every", "15s; true $(id)"]


def planned(directory: Path, **changes: Any) -> Plan:
    """The plan of a supervisor in the environment for a run."""
    role = "arn:aws:iam::123456789012:role/"
    roles = {f"{name}_role_arn": role + name for name in ("job", "execution", "supervisor")}
    record = RunRecord.model_validate(
        {
            "run_id": RUN,
            "state": "running",
            "backend": "aws_batch",
            "environment": "dev",
            "pool": "cpu",
            "num_nodes": 1,
            "created": now(),
            "updated": now(),
            "plan_digest": "0",
            "job": {},
            "target": {},
            **changes,
        }
    )
    context = LaunchContext(directory, S3Access("aws", REGION), "s3://c")
    resolved = ResolvedTarget(target(roles=roles, pools=[POOL]), "file", "the file target.json")
    return plan_in_cloud(context, resolved, record, OPTIONS, "supervisor:1")


def test_what_it_is_told_is_told_word_by_word(tmp_path: Path) -> None:
    words = shlex.split(planned(tmp_path).job.run)
    assert words[:3] == ["modelyard", "job", "supervise"]
    assert words[3:] == [RUN, "--target", "s3://c", *OPTIONS]


def test_a_run_on_somebodys_machine_is_not_supervised_from_the_environment(tmp_path: Path) -> None:
    with pytest.raises(SurroundingsError) as refused:
        planned(tmp_path, backend="local", owner="ann@laptop")
    assert refused.value.message == (
        f"run {RUN} runs on ann@laptop, and nothing in the environment sees what goes on there"
    )
    assert refused.value.mend == "supervise it there, without --in-cloud"
