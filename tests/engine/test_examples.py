"""The programs in examples/, as their READMEs say to run them: up, unchanged, used, and gone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from previewing import ROOT
from rehearsing import ACCOUNT, REGION, Rehearsal, rehearse_project

from modelyard_policies.engine import evaluate
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Verdict
from modelyard_preview.engine.run import run_program

if TYPE_CHECKING:
    from conftest import Engine

EXAMPLES = ROOT / "examples"
ARCHIVE, FROM_YAML = EXAMPLES / "document-archive", EXAMPLES / "network-from-yaml"


def test_the_archive_breaks_no_rule_and_is_short() -> None:
    config = {
        "aws:region": REGION,
        "document-archive:accountId": ACCOUNT,
        "document-archive:zoneIds": '["euc1-az1", "euc1-az2"]',
    }
    program = ARCHIVE / "__main__.py"
    graph = run_program(program, project="document-archive", stack="try", config=config, root=ARCHIVE).graph
    report = evaluate(graph, all_rules())
    # Some rules wait for the ARNs of keys; none finds anything.
    assert {finding.verdict for finding in report.findings} <= {Verdict.UNKNOWN}
    # It is looked at: these have something to say of buckets, vaults and keys.
    for rule in ("bucket-customer-key-encryption", "bucket-tls-only", "backup-vault-lock", "key-rotation"):
        assert report.rules[rule] is Verdict.PASS
    assert len(program.read_text().splitlines()) < 100


@pytest.fixture
def archive(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    copied = copy(ARCHIVE, tmp_path)
    (copied / ".venv").symlink_to(ROOT / ".venv")
    with rehearse_project(engine, tmp_path, copied, "try") as rehearsal:
        yield rehearsal


def copy(example: Path, directory: Path) -> Path:
    """A copy: the engine writes into a stack's file, and what it finds there is a test's alone."""
    copied = directory / example.name
    shutil.copytree(example, copied, ignore=shutil.ignore_patterns("__pycache__", ".venv"))
    return copied


def says(rehearsal: Rehearsal, engine: Engine, example: Path, heading: str) -> str:
    """What the first commands below a heading of an example's README print, when they are run."""
    text = (example / "README.md").read_text()
    (section,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    commands = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)[0]
    done = subprocess.run(
        ["sh", "-euc", commands],
        cwd=rehearsal.project,
        env={
            **engine.environment,
            **rehearsal.variables,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{engine.environment['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.slow
def test_the_archive_comes_up_brings_a_lost_document_back_and_leaves_nothing(
    archive: Rehearsal, engine: Engine
) -> None:
    before = archive.listed()
    archive.up()
    assert "unchanged" in archive.up("--expect-no-changes")
    outputs = archive.outputs()
    s3, bucket = archive.client("s3"), outputs["documents"]

    said = says(archive, engine, ARCHIVE, "Back up, lose, bring back")
    assert said.rstrip().endswith("Signed in 1998")
    versions = s3.list_object_versions(Bucket=bucket, Prefix="contracts/1.txt")
    assert (len(versions["Versions"]), len(versions["DeleteMarkers"])) == (2, 1)
    assert s3.get_object(Bucket=bucket, Key="contracts/1.txt")["Body"].read() == b"Signed in 1998\n"

    # Nobody deletes a backup by hand, until the lock's policy is taken away.
    backup, vault = archive.client("backup"), {"BackupVaultName": outputs["vault"]}
    (point,) = backup.list_recovery_points_by_backup_vault(**vault)["RecoveryPoints"]
    assert point["ResourceArn"] == f"arn:aws:s3:::{bucket}"
    with pytest.raises(ClientError, match="AccessDeniedException"):
        backup.delete_recovery_point(**vault, RecoveryPointArn=point["RecoveryPointArn"])
    says(archive, engine, ARCHIVE, "Leave")
    assert archive.listed() == before
    kms = archive.client("kms")
    states = [
        kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] for key in kms.list_keys()["Keys"]
    ]
    assert states == ["PendingDeletion"] * 3


def test_the_readmes_figures_are_the_estimates() -> None:
    # 2 endpoints in 2 zones, 730 hours, at 0.012 dollars; 3 keys at a dollar.
    assert "About 38 dollars a month in eu-central-1" in (ARCHIVE / "README.md").read_text()
    assert round(2 * 2 * 730 * 0.012 + 3) == 38


@pytest.fixture
def from_yaml(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    if shutil.which("pulumi-language-yaml", path=engine.environment["PATH"]) is None:
        pytest.skip("there is no language host for Pulumi YAML: `make engine` builds one")
    if not (engine.command.parents[1] / "language_host").is_dir():
        pytest.skip(
            "Pulumi's own language host installs the plugin's requirements, for which there is no network"
        )
    copied = copy(FROM_YAML, tmp_path)
    settings = (copied / "Pulumi.yaml").read_text()
    assert "path: ../../components/" in settings
    (copied / "Pulumi.yaml").write_text(settings.replace("path: ../..", f"path: {ROOT}"))
    with rehearse_project(engine, tmp_path, copied, "try") as rehearsal:
        yield rehearsal


@pytest.mark.slow
def test_a_network_is_made_from_yaml_stays_and_leaves_nothing(from_yaml: Rehearsal) -> None:
    before = from_yaml.listed()
    from_yaml.up()
    assert "unchanged" in from_yaml.up("--expect-no-changes")
    subnets = from_yaml.outputs()["subnets"]
    found = from_yaml.client("ec2").describe_subnets(SubnetIds=list(subnets.values()))["Subnets"]
    assert {subnet["AvailabilityZoneId"] for subnet in found} == set(subnets) == {"euc1-az1", "euc1-az2"}
    endpoints = from_yaml.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    assert {endpoint["ServiceName"].rpartition(".")[2] for endpoint in endpoints} == {"s3", "kms"}
    from_yaml.must("destroy", "--yes", "--skip-preview")
    assert from_yaml.listed() == before


def test_what_yaml_misspells_is_told_with_the_nearest_argument(from_yaml: Rehearsal) -> None:
    program = from_yaml.project / "Pulumi.yaml"
    program.write_text(program.read_text().replace("interfaceServices:", "interfaceService:"))
    said = from_yaml.fails("preview")
    assert "interfaceService" in said
    assert json.loads(from_yaml.must("stack", "export"))["deployment"].get("resources", []) == []
