"""`modelyard check` of an environment on Azure, alone and beside another version of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from previewing import ROOT

from modelyard_cli.main import run

PROD = ROOT / "stacks" / "Pulumi.azure-prod.yaml"


@pytest.fixture
def weak(tmp_path: Path) -> Path:
    """azure-prod with a lock that can be taken away, and datasets in one region."""
    path = tmp_path / "Pulumi.azure-prod.yaml"
    text = PROD.read_text()
    for strong, loose in (
        ("redundancy: gzrs", "redundancy: zrs"),
        ("delete_lock: true", "delete_lock: false"),
    ):
        assert text.count(strong) == 1
        text = text.replace(strong, loose)
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["azure-dev", "azure-prod"])
def test_the_shipped_environments_pass(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", name]) == 0
    out = capsys.readouterr().out
    assert out.endswith(f"{name} passes: nothing fails\n")
    assert re.search(r"rules: \d+ passed, 0 failed, 0 unknown, \d+ not applicable\n", out)


def test_a_weaker_version_is_told_from_the_shipped_one(
    weak: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", str(weak), "--base", str(PROD)]) == 1
    out = capsys.readouterr().out
    said = " ".join(out.split())
    assert "medium storage-geo-redundant BK11 fail, new" in said
    assert (
        "storage StorageAccount azure-prod-storage-datasets: sku.name is Standard_ZRS, which keeps no copy in "
        "another region at components/modelyard/azure/storage.py:"
    ) in said
    assert "medium backup-vault-guarded BK12 fail, new" in said
    assert "azure-prod doesn't pass: 2 findings fail" in said


def test_what_a_change_mends_is_told_as_fixed(weak: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "azure-prod", "--base", str(weak)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "fixed: storage-geo-redundant on azure-prod-storage-datasets: is Standard_ZRS, which keeps no copy in "
        "another region"
    ) in said
    assert "fixed: backup-vault-guarded on azure-prod-backup: no lock keeps it from being deleted" in said
    assert "azure-prod passes: nothing fails" in said


def test_what_was_written_of_the_base_serves_as_the_base(
    weak: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "azure-prod", "--format", "json"]) == 0
    base = tmp_path / "base.json"
    base.write_text(capsys.readouterr().out)
    assert run(["check", str(weak), "--base", str(base), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [(each["rule"], each["status"]) for each in found] == [
        ("storage-geo-redundant", "new"),
        ("backup-vault-guarded", "new"),
    ]
