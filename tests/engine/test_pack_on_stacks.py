"""Rules that ask about the whole stack, under the real engine."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from previewing import ROOT

if TYPE_CHECKING:
    from conftest import Engine


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project: the engine writes into a stack's file."""
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    return tmp_path


def preview(engine: Engine, project: Path, stack: str) -> str:
    engine.run(["stack", "init", stack], project)
    done = engine.run(["preview", "--stack", stack, "--policy-pack", str(ROOT / "policies")], project)
    return done.stdout


def test_a_stack_without_a_budget_is_told_so(engine: Engine, project: Path) -> None:
    stack = project / "stacks" / "Pulumi.dev.yaml"
    stack.write_text(stack.read_text().partition("    budget:")[0])
    out = preview(engine, project, "dev")
    assert "no Budget says when this stack costs too much" in out, out
    assert "stack-budget" in out


def test_prod_is_told_of_nothing_but_what_is_not_known(engine: Engine, project: Path) -> None:
    out = preview(engine, project, "prod")
    assert "[mandatory]" not in out, out
    told = re.findall(r"\[advisory\] \[severity: \w+\] +(\S+)", out)
    # What policies of IAM allow on keys, queues and topics that don't exist yet.
    assert set(told) == {"no-decrypt-on-all-keys", "no-privilege-escalation", "policy-no-full-access"}, out


def test_azure_prod_is_told_of_nothing(engine: Engine, project: Path) -> None:
    out = preview(engine, project, "azure-prod")
    assert "Policies:" in out, out
    assert "[mandatory]" not in out, out
    assert "[advisory]" not in out, out


def test_azure_prod_whose_datasets_are_in_one_region_is_told_so(engine: Engine, project: Path) -> None:
    stack = project / "stacks" / "Pulumi.azure-prod.yaml"
    stack.write_text(stack.read_text().replace("redundancy: gzrs", "redundancy: zrs"))
    out = preview(engine, project, "azure-prod")
    told = re.findall(r"\[advisory\] \[severity: (\w+)\] +(\S+)", out)
    assert told == [("medium", "storage-geo-redundant")], out
    assert "sku.name: is Standard_ZRS, which keeps no copy in another region" in out, out
