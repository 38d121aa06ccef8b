"""The primary region is lost in the middle of a training run, and the run ends in the recovery region.

In the sandbox: Batch starts every node as a process, buckets are replicated, and a region that is lost answers
nobody and ends what runs there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from patience import PATIENCE_SECONDS, eventually

from modelyard_sandbox.sandbox import Sandbox

REPOSITORY = Path(__file__).parents[3]
MODELYARD = [sys.executable, "-m", "modelyard_cli.main"]
PRIMARY, RECOVERY = "us-east-1", "us-west-2"
ACCOUNT = "234567890123"
EPOCHS = 120


@dataclass
class Two:
    """An environment in two regions, up in a sandbox of its own."""

    project: Path
    sandbox: Sandbox

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*MODELYARD, *arguments],
            cwd=self.project,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*MODELYARD, *arguments],
            cwd=self.project,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def environ(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "MODELYARD_SANDBOX_DIR": str(self.sandbox.directory),
        }

    def s3(self, region: str) -> Any:
        return self.sandbox.client("s3", region, ACCOUNT)

    def objects(self, region: str, prefix: str) -> list[str]:
        found = self.s3(region).list_objects_v2(Bucket=bucket(region), Prefix=prefix)
        return [each["Key"] for each in found.get("Contents", [])]

    def record(self, run_id: str) -> dict[str, Any]:
        """The run's record in the recovery region."""
        key = f"runs/{run_id}/run.recovery.json"
        return json.loads(self.s3(RECOVERY).get_object(Bucket=bucket(RECOVERY), Key=key)["Body"].read())


def bucket(region: str) -> str:
    return f"staging-checkpoints-{ACCOUNT}-{region}"


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    project = tmp_path_factory.mktemp("two")
    shutil.copy(REPOSITORY / "Pulumi.yaml", project)
    shutil.copytree(
        REPOSITORY / "workloads", project / "workloads", ignore=shutil.ignore_patterns("__pycache__")
    )
    (project / "stacks").mkdir()
    shutil.copy(REPOSITORY / "stacks" / "__main__.py", project / "stacks")
    stack = yaml.safe_load((REPOSITORY / "stacks" / "Pulumi.staging.yaml").read_text())
    (project / "stacks" / "Pulumi.staging.yaml").write_text(yaml.safe_dump(with_gangs_of_cpus(stack)))
    made = Two(project, Sandbox(project / "sandbox"))
    made.sandbox.start(lifeline=True)
    try:
        up = made.run("sandbox", "up", "staging")
        assert up.returncode == 0, up.stderr
        prepared = subprocess.run(
            [
                sys.executable,
                str(project / "workloads/cnn/prepare_dataset.py"),
                f"s3://staging-datasets-{ACCOUNT}-{PRIMARY}",
            ],
            env={**os.environ, **made.sandbox.environment_variables(ACCOUNT, PRIMARY)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert prepared.returncode == 0, prepared.stderr
        yield made
    finally:
        made.sandbox.stop()


def with_gangs_of_cpus(stack: dict[str, Any]) -> dict[str, Any]:
    """Staging with two-node jobs on its CPU pools, whose queues are always open."""
    environment = stack["config"]["modelyard:environment"]
    del environment["working_hours"]
    for place, zone in ((environment, "use1-az1"), (environment["recovery"], "usw2-az1")):
        pool = next(pool for pool in place["compute"] if pool["name"] == "cpu")
        pool |= {"max_nodes_per_job": 2, "zone_id": zone}
        pool.pop("min_nodes", None)
        pool.pop("idle_shutdown_minutes", None)
    return stack


def test_a_run_goes_on_in_the_recovery_region_from_the_copied_checkpoint(
    two: Two, compiled_once: dict[str, str]
) -> None:
    job = two.project / "workloads" / "cnn" / "job.yaml"
    document = yaml.safe_load(job.read_text())
    document |= {"run": f"python train.py --epochs {EPOCHS}", "recovery": "recovery_region"}
    document["envs"] |= compiled_once
    job.write_text(yaml.safe_dump(document))
    submitted = two.run("job", "submit", str(job), "--env", "staging", "--detach")
    assert submitted.returncode == 0, submitted.stderr
    run_id = submitted.stdout.strip()
    supervisor = two.start(
        "job", "supervise", run_id, "--env", "staging", "--region-lost-after", "3s", "--every", "1s"
    )
    copied = re.compile(rf"checkpoints/{run_id}/step-(\d+)/manifest\.json")
    try:
        eventually(
            lambda: [key for key in two.objects(RECOVERY, f"checkpoints/{run_id}/") if copied.fullmatch(key)]
        )
        lost = two.run("sandbox", "rehearse", "region-loss", "--region", PRIMARY)
        assert lost.returncode == 0, lost.stderr
        out, err = supervisor.communicate(timeout=PATIENCE_SECONDS)
    finally:
        if supervisor.poll() is None:
            supervisor.send_signal(signal.SIGKILL)
            supervisor.communicate()
        two.run("sandbox", "rehearse", "nothing")
    assert supervisor.returncode == 0, err
    assert f"{PRIMARY} doesn't answer: " in err
    went_on = re.search(
        # (the next checkpoint may have been on its way when the region was lost)
        rf"run {run_id} goes on in {RECOVERY} from step ([\d,]+)(?: \(\d newer passed over\))?, "
        r"([\d,]+) steps lost: "
        r"its region hasn't answered for 0:0\d:\d\d",
        err,
    )
    assert went_on, err
    from_step = int(went_on[1].replace(",", ""))
    assert from_step > 0
    moved = re.search(rf"moved to {RECOVERY}: \d+s and ([\d,]+) steps lost, went on from step ([\d,]+)", out)
    assert moved, out
    assert int(moved[2].replace(",", "")) == from_step
    record = two.record(run_id)
    assert (record["state"], record["moved"]) == ("succeeded", True)
    assert [(each["region"], each["recovery"]) for each in record["submissions"]] == [
        (PRIMARY, False),
        (RECOVERY, True),
    ]
    attempts = {each["name"]: each["region"] for each in record["attempts"]}
    assert attempts["002-01"] == RECOVERY
    key = f"runs/{run_id}/result.json"
    result = json.loads(two.s3(RECOVERY).get_object(Bucket=bucket(RECOVERY), Key=key)["Body"].read())
    assert result["epoch"] == EPOCHS
