"""`modelyard check` of projects: whose files are in force, how lines are named, what the figures say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from previewing import ROOT

from modelyard_cli.main import run

PROGRAM = """\
import pulumi_aws as aws

bucket = aws.s3.Bucket("scratch", bucket="acme-scratch")
aws.s3.BucketVersioning(
    "scratch", bucket=bucket.bucket, versioning_configuration={"status": "Suspended"}
)
"""
SUPPRESSION = """\
schema: modelyard.suppressions/1
suppressions:
  - rule: bucket-versioning
    resource: scratch
    reason: It is made again within an hour.
    owner: data-platform
    expires: 2026-12-31
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a program in a folder of it."""
    monkeypatch.chdir(tmp_path)
    folder = Path("infra")
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    (folder / "__main__.py").write_text(PROGRAM)
    return folder


def check(*arguments: str) -> int:
    return run(["check", "--program", "infra", "--rule", "ST4", "--today", "2026-11-26", *arguments])


def test_the_files_beside_a_program_are_in_force(project: Path) -> None:
    Path("modelyard.suppressions.yaml").write_text(SUPPRESSION)
    assert check() == 1
    (project / "modelyard.suppressions.yaml").write_text(SUPPRESSION)
    assert check() == 0


def test_a_project_may_be_named_by_its_file(project: Path) -> None:
    (project / "modelyard.suppressions.yaml").write_text(SUPPRESSION)
    arguments = ["--rule", "ST4", "--today", "2026-11-26", "--output", "json=out.json"]
    assert run(["check", "--program", "infra/Pulumi.yaml", *arguments]) == 0
    (finding,) = json.loads(Path("out.json").read_text())["findings"]
    assert (finding["source"], bool(finding["suppression"])) == ("infra/__main__.py:4", True)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("command", ["check", "preview"])
def test_a_projects_directory_in_the_place_of_an_environment_is_told_of(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, "infra"]) == 2
    told = "Error: infra is a project's directory: judge its program by --program infra"
    assert told in capsys.readouterr().err


@pytest.mark.usefixtures("project")
def test_a_preview_names_lines_as_a_check_does(answer: Callable[[], Any]) -> None:
    assert run(["preview", "--program", "infra", "--format", "json"]) == 0
    sources = [resource["source"] for resource in answer()["resources"]]
    assert "infra/__main__.py:4" in sources


def test_connections_are_named_so_too(project: Path, answer: Callable[[], Any]) -> None:
    program = (
        "import socket\ntry:\n    socket.create_connection(('192.0.2.1', 80))\nexcept Exception:\n    pass\n"
    )
    (project / "__main__.py").write_text(program)
    assert check("--format", "json") == 0
    told = ["a connection to 192.0.2.1:80 at infra/__main__.py:3"]
    assert answer()["notes"]["connections"] == told


def test_lines_are_named_from_the_working_directory_on(project: Path) -> None:
    assert check("--output", "sarif=out.sarif", "--output", "json=out.json") == 1
    (finding,) = json.loads(Path("out.json").read_text())["findings"]
    assert finding["source"] == "infra/__main__.py:4"
    (result,) = json.loads(Path("out.sarif").read_text())["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "infra/__main__.py", "uriBaseId": "%SRCROOT%"}


def test_lines_of_data_sources_are_named_so_too(project: Path) -> None:
    program = 'image = aws.ec2.get_ami_output(owners=["amazon"], most_recent=True)\n'
    (project / "__main__.py").write_text(PROGRAM + program)
    check("--output", "json=out.json", "--output", "markdown=out.md")
    document = json.loads(Path("out.json").read_text())
    (note,) = document["notes"]["unanswered"]
    assert note["sources"] == ["infra/__main__.py:7"]
    assert any("infra/__main__.py:7" in remark for remark in document["remarks"])
    assert "infra/__main__.py:7" in Path("out.md").read_text()


def test_an_environment_is_compared_with_the_yaml_that_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Callable[[], Any]
) -> None:
    monkeypatch.chdir(ROOT)
    text = Path("stacks/Pulumi.dev.yaml").read_text()
    before = tmp_path / "Pulumi.dev.yaml"
    before.write_text(text.replace("max_nodes: 4", "max_nodes: 3"))
    assert text != before.read_text()
    assert run(["check", "dev", "--base", str(before), "--format", "json"]) == 0
    document = answer()
    figures = {item["name"]: item for item in document["figures"]}
    maximum = figures["cost a month, maximum"]
    assert 0 < maximum["before"] < maximum["after"]
    assert figures["cost a month, idle"]["before"] == figures["cost a month, idle"]["after"]
    assert {item["status"] for item in document["findings"]} <= {"old"}


def test_a_kept_preview_and_a_kept_report_have_the_same_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    preview, report = tmp_path / "preview.json", tmp_path / "report.json"
    run(["preview", "dev", "--format", "json"])
    preview.write_text(capsys.readouterr().out)
    run(["check", "dev", "--output", f"json={report}"])
    found: list[Any] = []
    for base in (preview, report):
        capsys.readouterr()
        assert run(["check", "dev", "--base", str(base), "--format", "json"]) == 0
        document = json.loads(capsys.readouterr().out)
        found.append(document["figures"])
        assert all(item["before"] == item["after"] for item in document["figures"])
        assert document["fixed"] == []
    assert found[0] == found[1]
    assert len(found[0]) > 5
