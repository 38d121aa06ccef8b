"""The document of a preview on Azure, what people read of it, and what changes."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from previewing import ROOT
from rich.console import Console

from modelyard_cli.commands.preview import command
from modelyard_preview.environment import Preview
from modelyard_preview.report.text import print_preview


def page(preview: Preview, width: int) -> str:
    """What is written on a terminal without colour."""
    file = io.StringIO()
    print_preview(preview, Console(file=file, width=width, color_system=None))
    return file.getvalue()


def test_the_document_follows_its_contract(preview: Preview):
    document = json.loads(json.dumps(preview.as_json()))
    assert list(document) == [
        *("schema", "environment", "account", "cloud", "resources", "findings", "rules", "unchecked"),
        *("cost", "energy", "recovery", "changes"),
    ]
    assert document["schema"] == "modelyard.preview/1"
    assert (document["environment"], document["cloud"]) == (preview.environment.name, "azure")
    assert (document["account"], document["changes"]) == (None, None)
    keys = {
        *("urn", "type", "name", "custom", "parent", "properties", "dependencies", "propertyDependencies"),
        *("protect", "region", "source", "provider"),
    }
    urns = {each["urn"] for each in document["resources"]}
    for each in document["resources"]:
        assert set(each) <= keys, set(each) - keys
        assert keys - {"provider"} <= set(each)
        assert {each["parent"], *each["dependencies"]} <= {*urns, None}
        made = (each["urn"], each["source"])
        assert each["type"] == "pulumi:pulumi:Stack" or each["source"].startswith(
            ("components/", "stacks/")
        ), made
    assert set(document["cost"]) >= {"items", "unpriced", "usd", "budget"}
    assert document["findings"] == []
    assert document["rules"]["failed"] == 0


def test_unknowns_are_marked_and_nothing_secret_is_in_it(preview: Preview):
    text = json.dumps(preview.as_json())
    assert '{"unknown": true}' in text
    assert "04da6b54-80e4-46f7-96ec-b56ff0331ba9" not in text  # (Pulumi's own mark of what is unknown)


@pytest.mark.parametrize("width", [60, 120])
def test_the_report_fits_its_terminal(preview: Preview, width: int):
    lines = page(preview, width).splitlines()
    assert max(map(len, lines)) <= width
    for title in ("resources", "policies", "cost", "energy", "recovery"):
        assert title in lines


def test_the_report_says_what_is_in_the_document(prod: Preview):
    text = page(prod, 120)
    assert f"azure-prod on azure {prod.environment.regions.primary}: " in text
    assert "rules: " in text
    assert ", 0 failed, " in text
    assert "pool h100: Standard_ND96isr_H100_v5, on demand" in text
    assert "machines that build images" in text
    assert f"checkpoints: versioned, replicated to {prod.environment.regions.recovery}" in text
    assert "compliance lock" in text
    assert "at least" in text


def run(*arguments: str) -> Any:
    """`modelyard preview` with arguments, in this process."""
    return CliRunner().invoke(command, list(arguments), catch_exceptions=False)


def test_against_itself_nothing_changes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    done = run("azure-dev", "--base", "stacks/Pulumi.azure-dev.yaml", "--format", "json")
    changes = json.loads(done.stdout)["changes"]
    assert [
        value for key, value in changes.items() if isinstance(value, list) and key != "jobs" and value
    ] == []


def test_a_size_that_changes_is_shown_as_a_pool_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    document = yaml.safe_load((ROOT / "stacks/Pulumi.azure-dev.yaml").read_text())
    environment = document["config"]["modelyard:environment"]
    environment["compute"][1]["instance_type"] = "Standard_NC8as_T4_v3"
    base = tmp_path / "before.yaml"
    base.write_text(yaml.safe_dump(environment))
    done = run("azure-dev", "--base", str(base), "--format", "json")
    changes = json.loads(done.stdout)["changes"]
    assert "azure-dev-cluster-gpu" in json.dumps(changes)
    shown = run("azure-dev", "--base", str(base)).stdout
    assert "changes" in shown.splitlines()
    assert "gpu" in shown.partition("policies")[0].rpartition("changes")[2]


def test_pools_without_a_price_are_told_beside_the_totals(dev: Preview, prod: Preview):
    told = page(dev, 110)
    assert "  at least" in told
    assert (
        "these of pools have no price, and may be most of the cost:\n    pool gpu: Standard_NC4as_T4_v3, spot\n"
        in told
    )
    assert "these of pools" not in page(prod, 110)
