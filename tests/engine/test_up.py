"""The shipped stack dev under the real engine, from nothing to nothing, in a sandbox."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rehearsing import ACCOUNT, REGION, Rehearsal, rehearse_dev

from modelyard_launcher.target import find_place, resolve_target

if TYPE_CHECKING:
    from conftest import Engine

DATASETS = f"dev-datasets-{ACCOUNT}-{REGION}"
CHECKPOINTS = f"dev-checkpoints-{ACCOUNT}-{REGION}"


@pytest.fixture
def dev(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_dev(engine, tmp_path) as rehearsal:
        yield rehearsal


@pytest.mark.slow
def test_dev_comes_up_stays_as_it_is_and_what_changes_behind_its_back_is_mended(dev: Rehearsal) -> None:
    dev.up()
    dev.up("--expect-no-changes")
    dev.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    s3 = dev.client("s3")
    before = s3.get_public_access_block(Bucket=CHECKPOINTS)["PublicAccessBlockConfiguration"]
    assert set(before.values()) == {True}

    aws(dev, "s3api", "delete-public-access-block", "--bucket", CHECKPOINTS)
    open_wide = {**before, "BlockPublicPolicy": False}
    s3.put_public_access_block(Bucket=DATASETS, PublicAccessBlockConfiguration=open_wide)
    s3.put_bucket_versioning(Bucket=DATASETS, VersioningConfiguration={"Status": "Suspended"})
    found = dev.must("refresh", "--yes", "--skip-preview")
    assert "~ 2 updated" in found
    assert "- 1 deleted" in found
    mended = dev.up()
    assert "+ 1 created" in mended
    assert "~ 2 updated" in mended
    for bucket in (CHECKPOINTS, DATASETS):
        assert s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"] == before
    assert s3.get_bucket_versioning(Bucket=DATASETS)["Status"] == "Enabled"


@pytest.mark.slow
def test_the_aws_cli_and_the_launcher_find_what_the_engine_made(
    dev: Rehearsal, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    dev.up()
    assert {DATASETS, CHECKPOINTS} <= {item["Name"] for item in aws(dev, "s3api", "list-buckets")["Buckets"]}
    queues = aws(dev, "batch", "describe-job-queues")["jobQueues"]
    environments = aws(dev, "batch", "describe-compute-environments")["computeEnvironments"]
    assert {queue["jobQueueName"] for queue in queues} == {"dev-cpu", "dev-gpu"}
    assert {
        order["computeEnvironment"] for queue in queues for order in queue["computeEnvironmentOrder"]
    } == {environment["computeEnvironmentArn"] for environment in environments}
    (vpc,) = aws(dev, "ec2", "describe-vpcs", "--filters", "Name=tag:Name,Values=dev-network")["Vpcs"]
    assert vpc["CidrBlock"] == "10.32.0.0/20"
    (plan,) = aws(dev, "backup", "list-backup-plans")["BackupPlansList"]
    assert plan["BackupPlanName"] == "dev-backup"

    for name, value in {**engine.environment, **dev.variables}.items():
        monkeypatch.setenv(name, value)
    place = find_place("dev", None, project=dev.project)
    by_store = resolve_target(place)
    assert by_store.source == "store", by_store.note
    # Without the object that the environment wrote, who has access to the state is told by its outputs.
    dev.client("s3").delete_object(Bucket=CHECKPOINTS, Key="modelyard/target.json")
    by_state = resolve_target(place)
    assert (by_state.target, by_state.source) == (by_store.target, "stack")
    assert by_state.note == "`pulumi stack output launch_target --stack dev`"


@pytest.mark.slow
def test_tags_and_an_instance_type_change_dev_in_place_and_destroy_leaves_nothing(dev: Rehearsal) -> None:
    started = dev.listed()
    dev.up()
    (cpu,) = [item for item in _environments(dev) if "cpu" in item["computeEnvironmentName"]]
    assert cpu["computeResources"]["instanceTypes"] == ["c7i.4xlarge"]
    stack = dev.project / "stacks" / "Pulumi.dev.yaml"
    text = stack.read_text().replace("owner: ml-platform", "owner: ml-research")
    stack.write_text(text.replace("instance_type: c7i.4xlarge", "instance_type: c7i.8xlarge"))

    said = dev.up()
    assert " updated" in said
    assert not re.search(r"\d+ (created|deleted|replaced)", said)
    s3 = dev.client("s3")
    tags = s3.get_bucket_tagging(Bucket=CHECKPOINTS)["TagSet"]
    assert {"Key": "owner", "Value": "ml-research"} in tags
    (changed,) = [item for item in _environments(dev) if "cpu" in item["computeEnvironmentName"]]
    assert changed["computeEnvironmentArn"] == cpu["computeEnvironmentArn"]
    assert changed["computeResources"]["instanceTypes"] == ["c7i.8xlarge"]
    assert changed["tags"]["owner"] == "ml-research"
    assert len(dev.client("batch").describe_job_queues()["jobQueues"]) == 2

    for content in (b"one", b"two"):
        s3.put_object(Bucket=CHECKPOINTS, Key="run/step-1", Body=content)
    kind = "application/vnd.oci.image.manifest.v1+json"
    config = {
        "mediaType": "application/vnd.oci.image.config.v1+json",
        "digest": f"sha256:{'0' * 64}",
        "size": 2,
    }
    manifest = {"schemaVersion": 2, "mediaType": kind, "config": config, "layers": []}
    dev.client("ecr").put_image(
        repositoryName="dev/training", imageManifest=json.dumps(manifest), imageTag="1"
    )
    said = dev.must("destroy", "--yes", "--skip-preview")
    assert f"{CHECKPOINTS} was not empty; the sandbox emptied and deleted it, and AWS would refuse" in said
    assert "dev/training was not empty; the sandbox emptied and deleted it, and AWS would refuse" in said
    assert dev.listed() == started == set()


def test_an_account_that_dev_is_not_meant_for_is_refused_before_anything_is_made(dev: Rehearsal) -> None:
    stack = dev.project / "stacks" / "Pulumi.dev.yaml"
    stack.write_text(stack.read_text().replace(ACCOUNT, "210987654321"))
    said = dev.fails("up", "--yes", "--skip-preview")
    assert f"the provider allows the accounts 210987654321 only, and the credentials are of {ACCOUNT}" in said
    assert dev.listed() == set()


def aws(dev: Rehearsal, *arguments: str) -> Any:
    """What the AWS CLI answers to somebody with what `modelyard sandbox env` sets."""
    command = [Path(sys.executable).parent / "aws", *arguments, "--output", "json"]
    done = subprocess.run(
        command, env={**os.environ, **dev.variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout or "null")


def _environments(dev: Rehearsal) -> list[dict[str, object]]:
    return dev.client("batch").describe_compute_environments()["computeEnvironments"]
