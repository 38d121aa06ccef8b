"""The program in examples/ for Azure, as its README says to run it: up, unchanged and gone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from arming import SUBSCRIPTION, TENANT, standing
from previewing import ROOT
from rehearsing import Rehearsal, rehearse_project

from modelyard_policies.engine import evaluate
from modelyard_policies.registry import all_rules
from modelyard_policies.report import Report, Verdict
from modelyard_preview.engine.run import run_program
from modelyard_sandbox.azure.client import AzureCloud

if TYPE_CHECKING:
    from conftest import Engine

NAME = "document-archive-on-azure"
ARCHIVE = ROOT / "examples" / NAME
VAULT = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/archive"
    "/providers/Microsoft.DataProtection/backupVaults/archive-backup"
)


def judged(*, settled: bool) -> Report:
    config = {
        "azure-native:subscriptionId": SUBSCRIPTION,
        "azure-native:location": "westeurope",
        f"{NAME}:tenantId": TENANT,
        f"{NAME}:suffix": "try1",
        f"{NAME}:settled": str(settled).lower(),
    }
    program = ARCHIVE / "__main__.py"
    graph = run_program(program, project=NAME, stack="try", config=config, root=ARCHIVE).graph
    return evaluate(graph, all_rules())


def test_a_settled_archive_breaks_no_rule() -> None:
    report = judged(settled=True)
    assert [finding.message for finding in report.findings] == []
    # It is looked at: these have something to say of vaults, accounts, networks and backups.
    for rule in (
        "key-vault-private",
        "storage-customer-key",
        "virtual-network-flow-logs",
        "backup-vault-guarded",
    ):
        assert report.rules[rule] is Verdict.PASS


def test_before_it_is_settled_one_rule_fails_as_its_readme_says() -> None:
    assert {finding.rule for finding in judged(settled=False).findings} == {"backup-vault-immutable"}
    assert "(`backup-vault-immutable`)" in (ARCHIVE / "README.md").read_text()


@pytest.fixture
def archive(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    # A copy: the engine writes into a stack's file.
    copied = tmp_path / NAME
    shutil.copytree(ARCHIVE, copied, ignore=shutil.ignore_patterns("__pycache__", ".venv"))
    (copied / ".venv").symlink_to(ROOT / ".venv")
    with rehearse_project(engine, tmp_path, copied, "try") as rehearsal:
        yield rehearsal


def follow(rehearsal: Rehearsal, engine: Engine, heading: str) -> None:
    """Run the commands below a heading of the README, which must succeed."""
    (section,) = re.findall(
        rf"^## {heading}\n(.*?)(?=^## |\Z)", (ARCHIVE / "README.md").read_text(), re.DOTALL | re.MULTILINE
    )
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


@pytest.mark.slow
def test_the_archive_comes_up_stays_as_it_is_goes_and_leaves_nothing(
    archive: Rehearsal, engine: Engine
) -> None:
    azure = AzureCloud(archive.sandbox.must_run().azure_endpoint, SUBSCRIPTION)
    archive.up()
    archive.up("--expect-no-changes")
    vault = azure.get(VAULT, "2025-01-01")["properties"]["securitySettings"]
    assert vault["immutabilitySettings"]["state"] == "Disabled"

    follow(archive, engine, "Leave")
    assert standing(azure) == []


def test_the_readmes_figures_are_the_estimates() -> None:
    # A NAT gateway at 0.045 dollars and three endpoints at 0.01 for 730 hours, two zones at half a dollar.
    assert "About 56 dollars a month in westeurope" in (ARCHIVE / "README.md").read_text()
    assert round(730 * (0.045 + 3 * 0.01) + 2 * 0.5) == 56
