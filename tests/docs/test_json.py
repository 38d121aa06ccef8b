"""docs/json.md says what the commands write."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from modelyard_cli.main import run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "json.md").read_text()


def documented(command: str) -> tuple[str, set[str]]:
    """The schema and the fields that the page gives for a command."""
    row = next(line for line in PAGE.splitlines() if re.match(rf"\| .*`{command}`", line))
    _, _, schema, fields, _ = row.split("|")
    return schema.strip(" `"), set(re.findall(r"`(\w+)`", fields))


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("preview ENV", ["preview", "dev"]),
        ("check ENV", ["check", "dev"]),
        ("sandbox status", ["sandbox", "status"]),
        ("sandbox down", ["sandbox", "down", "azure-dev"]),
        ("job plan", ["job", "plan", "workloads/cnn/job.yaml", "--env", "dev"]),
        ("retire ENV", ["retire", "dev", "--offline"]),
        ("retire ENV", ["retire", "azure-dev"]),
        ("doctor", ["doctor"]),
    ],
)
def test_a_command_writes_the_fields_that_are_documented(command, arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("MODELYARD_SANDBOX_DIR", str(tmp_path))
    assert run([*arguments, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    schema, fields = documented(command)
    assert document.pop("schema") == schema
    assert set(document) == fields


def test_an_error_is_a_document_too(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert run(["check", "nowhere", "--format", "json"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert document.pop("schema") == "modelyard.error/1"
    assert set(document) == {"exitCode", "message", "problems"}
    assert set(document["problems"][0]) == set(
        re.findall(r"`(\w+)`", PAGE.split("## A problem")[1].split("##")[0])
    )


def test_a_resource_and_a_finding_have_the_fields_that_are_documented(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    run(["preview", "dev", "--format", "json"])
    resource = json.loads(capsys.readouterr().out)["resources"][0]
    section = PAGE.split("## A resource")[1].split("##")[0]
    assert set(resource) == set(re.findall(r"`(\w+)`", section))


def test_a_finding_of_the_doctor_has_the_fields_that_are_documented(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert run(["doctor", "--format", "json"]) == 0
    section = PAGE.split("## A finding of the doctor")[1].split("##")[0]
    for finding in json.loads(capsys.readouterr().out)["findings"]:
        assert set(finding) <= set(re.findall(r"`(\w+)`", section))
