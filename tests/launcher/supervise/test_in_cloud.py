"""What a supervisor in the environment is told."""

from __future__ import annotations

import shlex
from pathlib import Path

from launcher.aws_batch.test_refused_jobs import POOL, REGION, target

from modelyard_launcher.access import S3Access
from modelyard_launcher.backends import LaunchContext
from modelyard_launcher.records import RunRecord, now
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.supervise.in_cloud import plan_in_cloud


def test_what_it_is_told_is_told_word_by_word(tmp_path: Path) -> None:
    role = "arn:aws:iam::123456789012:role/"
    roles = {f"{name}_role_arn": role + name for name in ("job", "execution", "supervisor")}
    where = target(roles=roles, pools=[POOL])
    record = RunRecord(
        run_id="cnn-20261101-110000-0000",
        state="running",
        backend="aws_batch",
        environment="dev",
        pool="cpu",
        num_nodes=1,
        created=now(),
        updated=now(),
        plan_digest="0",
        job={},
        target={},
    )
    context = LaunchContext(tmp_path, S3Access("aws", REGION), "s3://c")
    resolved = ResolvedTarget(where, "file", "the file target.json")
    plan = plan_in_cloud(context, resolved, record, ["--every", "15s; true $(id)"], "supervisor:1")
    words = shlex.split(plan.job.run)
    assert words[:3] == ["modelyard", "job", "supervise"]
    assert words[3:] == [record.run_id, "--target", "s3://c", "--every", "15s; true $(id)"]
