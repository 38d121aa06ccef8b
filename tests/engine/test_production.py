"""prod and staging, from the first `pulumi up` to the last `pulumi destroy`, as `modelyard retire` says it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from patience import eventually
from rehearsing import Rehearsal, rehearse_stack

if TYPE_CHECKING:
    from conftest import Engine

CI = "arn:aws:iam::{}:role/ci"
FINAL = {"aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey"}
"""What waits for its end after the last destroy."""


@pytest.fixture
def prod(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_stack(engine, tmp_path, "prod") as rehearsal:
        yield rehearsal


@pytest.fixture
def staging(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_stack(engine, tmp_path, "staging") as rehearsal:
        yield rehearsal


def bootstrapped(rehearsal: Rehearsal) -> set[tuple[str, str]]:
    """Bootstrap the account; what stands in it then."""
    principal = CI.format(rehearsal.account)
    rehearsal.modelyard("bootstrap", "aws", rehearsal.stack, "--apply", "--yes", "--principal", principal)
    return rehearsal.listed()


def up_twice(rehearsal: Rehearsal) -> None:
    rehearsal.must("preview")
    rehearsal.up()
    assert "unchanged" in rehearsal.up("--expect-no-changes")
    state = rehearsal.project / "state.json"
    rehearsal.must("stack", "export", "--file", str(state))
    document = json.loads(
        rehearsal.modelyard("preview", rehearsal.stack, "--base", str(state), "--format", "json")
    )
    assert document["changes"]["resources"] == []


def write(rehearsal: Rehearsal) -> None:
    """Data, a checkpoint, and a backup, as an environment in use has them."""
    account, (primary, _) = rehearsal.account, rehearsal.regions
    s3, backup = rehearsal.client("s3"), rehearsal.client("backup")
    datasets = f"{rehearsal.stack}-datasets-{account}-{primary}"
    s3.put_object(Bucket=datasets, Key="corpus/part-0", Body=b"data")
    s3.put_object(Bucket=datasets, Key="corpus/part-0", Body=b"more data")
    s3.put_object(Bucket=checkpoints(rehearsal), Key="runs/a/step-1", Body=b"weights")
    job = backup.start_backup_job(
        BackupVaultName=f"{rehearsal.stack}-backup",
        ResourceArn=f"arn:aws:s3:::{datasets}",
        IamRoleArn=f"arn:aws:iam::{account}:role/{rehearsal.stack}-{primary}-backup",
        Lifecycle={"DeleteAfterDays": 14},
    )["BackupJobId"]
    eventually(lambda: backup.describe_backup_job(BackupJobId=job)["State"] == "COMPLETED")


def checkpoints(rehearsal: Rehearsal) -> str:
    return f"{rehearsal.stack}-checkpoints-{rehearsal.account}-{rehearsal.regions[0]}"


def promote(rehearsal: Rehearsal, days: int) -> None:
    rehearsal.client("s3").put_object(
        Bucket=checkpoints(rehearsal),
        Key="keep/a/step-1",
        Body=b"weights",
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=rehearsal.sandbox.clock() + timedelta(days=days),
    )


def retirement(rehearsal: Rehearsal) -> dict[str, Any]:
    return json.loads(rehearsal.modelyard("retire", rehearsal.stack, "--format", "json"))


def do(rehearsal: Rehearsal, engine: Engine, steps: list[dict[str, Any]]) -> None:
    """Do what steps say, as somebody would who copies their commands into a shell."""
    for step in steps:
        for command in step["commands"]:
            done = subprocess.run(
                ["sh", "-c", command],
                cwd=rehearsal.project,
                env={**engine.environment, **rehearsal.variables},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{step['title']}: {command}\n{done.stdout}\n{done.stderr}"


def nothing_remains(rehearsal: Rehearsal, before: set[tuple[str, str]]) -> None:
    """All that is left are keys that wait for their end, and then not even these."""
    left = rehearsal.listed() - before
    assert {kind for kind, _ in left} <= FINAL, left
    rehearsal.sandbox.clock(timedelta(days=31))
    assert rehearsal.listed() - before == set()


def test_prod_comes_up_refuses_to_go_and_goes_once_its_locks_have_ended(
    prod: Rehearsal, engine: Engine
) -> None:
    before = bootstrapped(prod)
    up_twice(prod)
    write(prod)
    promote(prod, days=365)

    there = prod.listed()
    refused = prod.fails("destroy", "--yes")
    assert "because it is protected" in refused
    assert prod.listed() == there > before

    # After its grace the lock of a vault is for good, until all in it has expired.
    prod.sandbox.clock(timedelta(days=4))
    plan = retirement(prod)
    held = {hold["subject"]: datetime.fromisoformat(hold["until"]) for hold in plan["holds"]}
    assert set(held) == {
        f"bucket {checkpoints(prod)}",
        f"bucket {checkpoints(prod).replace(prod.regions[0], prod.regions[1])}",
        f"vault prod-backup in {prod.regions[0]}",
    }
    at_once = [step for step in plan["steps"] if step["notBefore"] is None]
    later = [step for step in plan["steps"] if step["notBefore"] is not None]
    do(prod, engine, at_once[:-1])
    kept = prod.state()
    assert "backup/vault:Vault prod-backup" in kept
    assert "kms/key:Key prod-keys-backup" in kept
    assert "kms/key:Key prod-keys-checkpoints" in kept
    assert "kms/key:Key prod-keys-datasets" not in kept
    assert "ec2/vpc:Vpc prod-network" not in kept
    for kind in ("bucketPublicAccessBlock:BucketPublicAccessBlock", "bucketPolicy:BucketPolicy"):
        assert f"s3/{kind} prod-storage-checkpoints" in kept

    last = max(held.values())
    assert all(step["notBefore"] == last.isoformat(timespec="minutes") for step in later)
    prod.sandbox.clock(last - prod.sandbox.clock() + timedelta(minutes=1))
    do(prod, engine, [*later, at_once[-1]])
    nothing_remains(prod, before)


def test_staging_comes_up_and_goes_at_once_since_its_locks_can_be_taken_off(
    staging: Rehearsal, engine: Engine
) -> None:
    before = bootstrapped(staging)
    up_twice(staging)
    write(staging)
    plan = retirement(staging)
    assert plan["holds"] == []
    assert {step["notBefore"] for step in plan["steps"]} == {None}
    assert not [step for step in plan["steps"] if "unprotect" in step["title"]]
    do(staging, engine, plan["steps"])
    nothing_remains(staging, before)


def test_a_retirement_says_its_dates_in_utc(prod: Rehearsal) -> None:
    plan = json.loads(prod.modelyard("retire", "prod", "--offline", "--format", "json"))
    assert plan["schema"] == "modelyard.retirement/1"
    assert plan["asked"] is False
    assert all(datetime.fromisoformat(hold["until"]).tzinfo == UTC for hold in plan["holds"])
    text = " ".join(prod.modelyard("retire", "prod", "--offline").split())
    assert "the account was not asked" in text
    assert "what remains after the last step" in text
