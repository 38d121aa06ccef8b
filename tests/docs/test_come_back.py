"""The commands of the how-to about the recovery region, in their order, against prod in the sandbox."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from previewing import ROOT

from modelyard.environment.files import stack_config
from modelyard.environment.load import load_environment
from modelyard_sandbox.clouds import Account
from modelyard_sandbox.environments import Run, bring_up
from modelyard_sandbox.sandbox import Sandbox

PAGE = ROOT / "docs" / "how-to" / "come-back-in-another-region.md"
HERE, THERE = "us-east-1", "us-west-2"


class Prod:
    """prod in a sandbox of its own."""

    def __init__(self, sandbox: Sandbox, directory: Path) -> None:
        environment = load_environment("prod", root=ROOT)
        self.account = environment.account_id
        self.sandbox, self.directory = sandbox, directory
        program = ROOT / "stacks" / "__main__.py"
        account = Account("aws", self.account, HERE)
        run = Run(program, "modelyard", "prod", stack_config(environment), ROOT, account)
        for service in ("autoscaling", "spot", "batch", "ecs"):
            self.client("iam", HERE).create_service_linked_role(AWSServiceName=f"{service}.amazonaws.com")
        bring_up(run, sandbox)

    def client(self, service: str, region: str) -> Any:
        return self.sandbox.client(service, region, self.account)

    def back_up(self, resource_arn: str) -> None:
        """A backup with its copy, as the plan makes them."""
        backup, role = self.client("backup", HERE), f"arn:aws:iam::{self.account}:role/prod-{HERE}-backup"
        kept = {"IamRoleArn": role, "Lifecycle": {"DeleteAfterDays": 35}}
        job = backup.start_backup_job(BackupVaultName="prod-backup", ResourceArn=resource_arn, **kept)
        point = backup.describe_backup_job(BackupJobId=job["BackupJobId"])["RecoveryPointArn"]
        vault = f"arn:aws:backup:{THERE}:{self.account}:backup-vault:prod-backup-copies"
        backup.start_copy_job(
            RecoveryPointArn=point,
            SourceBackupVaultName="prod-backup",
            DestinationBackupVaultArn=vault,
            **kept,
        )

    def shell(self, commands: str) -> str:
        """What commands print."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        done = subprocess.run(
            ["sh", "-euc", commands],
            cwd=self.directory,
            env={"PATH": path, **self.sandbox.environment_variables(self.account, HERE)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture
def prod(tmp_path: Path) -> Iterator[Prod]:
    sandbox = Sandbox(tmp_path / "sandbox")
    sandbox.start(lifeline=True)
    yield Prod(sandbox, tmp_path)
    sandbox.stop()


@pytest.mark.slow
def test_the_page_leads_there_and_back(prod: Prod) -> None:
    account = prod.account
    datasets, checkpoints = (f"prod-{purpose}-{account}-{{}}" for purpose in ("datasets", "checkpoints"))
    here, there = prod.client("s3", HERE), prod.client("s3", THERE)
    here.put_object(Bucket=datasets.format(HERE), Key="corpus/0", Body=b"data")
    here.put_object(Bucket=checkpoints.format(HERE), Key="runs/r/7", Body=b"weights")
    (home,) = prod.client("efs", HERE).describe_file_systems()["FileSystems"]
    prod.back_up(home["FileSystemArn"])
    prod.back_up(f"arn:aws:s3:::{datasets.format(HERE)}")
    # Lost here, and the loss is copied.
    here.delete_object(Bucket=datasets.format(HERE), Key="corpus/0")

    page = PAGE.read_text()
    going, back = (
        part.split("\n## ")[0] for part in re.split(r"^## Go (?:there|back)\n", page, flags=re.M)[1:]
    )
    blocks = [re.findall(r"^```sh\n(.*?)^```", part, re.DOTALL | re.MULTILINE) for part in (going, back)]
    assert [len(found) for found in blocks] == [7, 2]
    said = prod.shell("\n".join(blocks[0]))
    assert "runs/r/7" in said

    target = json.loads((prod.directory / "target.json").read_text())
    assert (target["region"], target["recovery"]) == (THERE, True)
    queues = {pool["queue_arn"].rpartition("/")[2] for pool in target["pools"]}
    assert queues == {"prod-h100", "prod-cpu"}
    states = {
        queue["jobQueueName"]: queue["state"]
        for queue in prod.client("batch", HERE).describe_job_queues()["jobQueues"]
    }
    assert set(states.values()) == {"DISABLED"}
    restored = there.get_object(Bucket=datasets.format(THERE), Key="corpus/0")["Body"].read()
    assert restored == b"data"
    jobs = prod.client("backup", THERE).list_restore_jobs()["RestoreJobs"]
    assert sorted((job["ResourceType"], job["Status"]) for job in jobs) == [
        ("EFS", "COMPLETED"),
        ("S3", "COMPLETED"),
    ]
    batch = prod.client("batch", THERE)
    statuses = [
        job["status"]
        for status in ("SUBMITTED", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED")
        for job in batch.list_jobs(jobQueue="prod-cpu", jobStatus=status)["jobSummaryList"]
    ]
    assert len(statuses) == 1
    kept = {"Bucket": checkpoints.format(THERE), "Key": "keep/last/checkpoint"}
    assert there.get_object_retention(**kept)["Retention"]["Mode"] == "COMPLIANCE"

    there.put_object(Bucket=checkpoints.format(THERE), Key="runs/r/8", Body=b"more weights")
    prod.shell("\n".join([blocks[0][0], *blocks[1]]))
    returned = here.get_object(Bucket=checkpoints.format(HERE), Key="runs/r/8")["Body"].read()
    assert returned == b"more weights"
    for region in (HERE, THERE):
        found = prod.client("batch", region).describe_job_queues()["jobQueues"]
        assert {queue["state"] for queue in found} == {"ENABLED"}
