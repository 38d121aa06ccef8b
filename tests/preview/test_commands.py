"""`modelyard preview` and `modelyard check`."""

from __future__ import annotations

import gc
import json
import shutil
from pathlib import Path

import pytest

from modelyard_cli.main import run

ROOT = Path(__file__).parents[2]
BAD_PROGRAM = """\
import pulumi_aws as aws

aws.s3.Bucket("data", bucket="data")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the shipped environment dev and a program that breaks rules."""
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    (tmp_path / "stacks").mkdir()
    shutil.copy(ROOT / "stacks" / "Pulumi.dev.yaml", tmp_path / "stacks")
    (tmp_path / "stacks" / "__main__.py").write_text(BAD_PROGRAM, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.usefixtures("here")
def test_the_preview_of_dev_is_json_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["preview", "dev", "--format", "json"]) == 0
    written = capsys.readouterr()
    assert json.loads(written.out)["schema"] == "modelyard.preview/1"
    assert written.err == ""


@pytest.mark.usefixtures("here")
def test_the_preview_of_dev_is_readable(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["preview", "dev"]) == 0
    assert "dev on aws eu-central-1" in capsys.readouterr().out


@pytest.mark.usefixtures("here")
def test_dev_passes_its_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "dev"]) == 0
    assert "dev passes" in capsys.readouterr().out


@pytest.mark.usefixtures("project")
def test_a_rule_that_fails_makes_the_answer_no(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "dev"]) == 1
    text = capsys.readouterr().out
    assert "bucket-versioning" in text
    assert "stacks/__main__.py:3" in text
    assert "dev doesn't pass" in text


@pytest.mark.usefixtures("project")
def test_the_verdict_in_json_carries_the_findings(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "dev", "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["ok"], document["environment"]) == (
        "modelyard.check/1",
        False,
        "dev",
    )
    assert document["rules"]["failed"] == len(
        {finding["rule"] for finding in document["findings"] if finding["verdict"] == "fail"}
    )
    assert all(finding["remediation"] for finding in document["findings"])


@pytest.mark.usefixtures("project")
def test_findings_do_not_change_the_exit_code_of_a_preview(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["preview", "dev", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["rules"]["failed"] > 0


def test_an_environment_anywhere_runs_the_program_of_the_project_around(
    project: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "mine.yaml"
    shutil.copy(project / "stacks" / "Pulumi.dev.yaml", elsewhere)
    assert run(["preview", str(elsewhere), "--format", "json"]) == 0
    resources = json.loads(capsys.readouterr().out)["resources"]
    assert [resource["name"] for resource in resources] == ["modelyard-dev", "data"]


def test_without_a_program_the_answer_says_where_it_was_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.yaml"
    shutil.copy(ROOT / "stacks" / "Pulumi.dev.yaml", file)
    monkeypatch.chdir(tmp_path)
    assert run(["preview", str(file)]) == 2
    error = capsys.readouterr().err
    assert "no program to run" in error
    assert "mend: " in error


@pytest.mark.usefixtures("project")
def test_a_bad_environment_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    file = Path("stacks/Pulumi.dev.yaml")
    file.write_text(file.read_text(encoding="utf-8").replace("cloud: aws", "cloud: awz"), encoding="utf-8")
    assert run(["check", "dev"]) == 2
    assert "stacks/Pulumi.dev.yaml:" in capsys.readouterr().err


@pytest.mark.usefixtures("here")
def test_a_command_leaves_the_collector_on(capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", "dev"])
    assert gc.isenabled()
    gc.unfreeze()
    assert capsys.readouterr().err == ""
