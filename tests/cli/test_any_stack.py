"""`modelyard check` and `modelyard preview` of programs and files that aren't modelyard's own."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from previewing import ROOT

from modelyard_cli.main import run

Answer = Callable[[], Any]
PROGRAM = """\
import pulumi, pulumi_aws as aws

pulumi.log.warn("careful")
ami = aws.ec2.get_ami_output(owners=["amazon"])
zones = aws.get_availability_zones()
aws.ec2.Instance("machine", ami=ami.id, instance_type="c5.2xlarge")
aws.s3.Bucket("data", bucket="data")
aws.iam.get_policy_document_output(statements=[{"resources": [aws.kms.Key("key").arn]}])
pulumi.StackReference("organization/network/dev")
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of somebody else's with one stack."""
    root = tmp_path / "shop"
    root.mkdir()
    (root / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (root / "Pulumi.dev.yaml").write_text("config:\n  aws:region: us-east-1\n")
    (root / "__main__.py").write_text(PROGRAM)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    return root


def told(document: Any) -> list[tuple[str, ...]]:
    """The findings, but for where a line is named from."""
    names = ("rule", "verdict", "urn", "property", "message")
    return [tuple(finding[name] for name in names) for finding in document["findings"]]


@pytest.mark.usefixtures("shop")
def test_a_program_is_judged_with_what_has_to_be_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--program", "shop"]) == 1
    text = capsys.readouterr().out
    assert "bucket-versioning" in text
    assert "shop/__main__.py:7" in text
    said = [line.rstrip() for line in text.splitlines()]
    assert said[
        said.index("  unknown, for nobody answers it: aws:ec2/getAmi:getAmi at shop/__main__.py:4") :
    ] == [
        "  unknown, for nobody answers it: aws:ec2/getAmi:getAmi at shop/__main__.py:4",
        "  unknown: the outputs of the stack organization/network/dev",
        "  answer them in a file that --answers names",
        "  1 data source waits for what only the deployment will know: aws:iam/getPolicyDocument:getPolicyDocument",
        "  aws:index/getAvailabilityZones:getAvailabilityZones: zones of the catalog, named by letters from a on; which name",
        "  stands for which zone is the account's own",
        "  the program says (warning): careful",
        said[-1],
    ]
    assert said[-1].startswith("shop/dev doesn't pass")


@pytest.mark.usefixtures("shop")
def test_a_programs_verdict_is_a_document(answer: Answer) -> None:
    assert run(["check", "--program", "shop", "--stack", "dev", "--format", "json"]) == 1
    document = answer()
    assert (document["schema"], document["ok"], document["cloud"]) == ("modelyard.check/1", False, "aws")
    assert (document["environment"], document["account"], document["file"]) == (None, None, None)
    assert document["program"] == {"project": "shop", "stack": "dev", "directory": "shop"}
    notes = document["notes"]
    token = "aws:ec2/getAmi:getAmi"
    assert notes["unanswered"] == [{"token": token, "reason": "no answer", "sources": ["shop/__main__.py:4"]}]
    assert [note["sources"] for note in notes["waiting"]] == [["shop/__main__.py:8"]]
    assert notes["stacks"] == ["organization/network/dev"]
    assert notes["messages"] == [{"severity": "warning", "text": "careful"}]
    assert (notes["connections"], notes["unusedAnswers"], notes["remarks"]) == ([], [], [])


@pytest.mark.usefixtures("shop")
def test_a_programs_preview_has_resources_findings_and_what_is_priced(answer: Answer) -> None:
    assert run(["preview", "--program", "shop", "--format", "json"]) == 0
    document = answer()
    assert list(document)[:7] == ["schema", "environment", "account", "program", "file", "cloud", "notes"]
    assert [each["name"] for each in document["resources"]] == ["shop-dev", "data", "key", "machine"]
    assert document["rules"]["failed"] > 0
    items = {item["what"]: item["usd"]["expected"] for item in document["cost"]["items"]}
    assert set(items) == {"machine c5.2xlarge", "KMS keys"}
    assert items["machine c5.2xlarge"] > 100
    assert {"disks of machines, and what they send", "other buckets' content"} <= {
        entry["what"] for entry in document["cost"]["unpriced"]
    }
    assert (document["energy"], document["recovery"], document["changes"]) == (None, None, None)


@pytest.mark.usefixtures("shop")
def test_a_programs_preview_is_readable(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["preview", "--program", "shop"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "shop/dev on aws us-east-1: 3 resources"
    headings = [line for line in lines if line in ("to know", "policies", "cost", "energy", "recovery")]
    assert headings == ["to know", "policies", "cost"]


def test_a_preview_of_a_program_is_compared_with_what_it_was(shop: Path, answer: Answer) -> None:
    run(["preview", "--program", "shop", "--format", "json"])
    Path("base.json").write_text(json.dumps(answer()))
    (shop / "__main__.py").write_text(PROGRAM.replace('bucket="data"', 'bucket="other"'))
    assert run(["preview", "--program", "shop", "--base", "base.json", "--format", "json"]) == 0
    changes = answer()["changes"]["resources"]
    assert [(each["kind"], each["properties"]) for each in changes] == [("replace", ["bucket"])]
    assert run(["preview", "--file", "base.json", "--base", "base.json", "--format", "json"]) == 0
    assert answer()["changes"]["resources"] == []


@pytest.mark.usefixtures("shop")
def test_a_preview_that_was_written_is_judged_as_its_program(answer: Answer) -> None:
    run(["preview", "--program", "shop", "--format", "json"])
    Path("preview.json").write_text(json.dumps(answer()))
    run(["check", "--program", "shop", "--format", "json"])
    ours = answer()
    assert run(["check", "--file", "preview.json", "--format", "json"]) == 1
    theirs = answer()
    assert told(theirs) == told(ours)
    assert theirs["file"] == {"path": "preview.json", "form": "modelyard preview --format json"}
    assert (theirs["program"], theirs["notes"]["unanswered"]) == (None, [])


def test_standard_input_is_a_file(
    answer: Answer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = {
        "urn": "urn:pulumi:dev::shop::aws:s3/bucket:Bucket::data",
        "type": "aws:s3/bucket:Bucket",
        "custom": True,
    }
    state = json.dumps({"version": 3, "deployment": {"resources": [bucket]}}).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(state)))
    assert run(["check", "--file", "-"]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("shop/dev doesn't pass")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert run(["check", "--file", "-"]) == 2
    assert capsys.readouterr().err == (
        "standard input: --file\n"
        "  it is empty: the command that wrote it may have failed\n"
        "  given: standard input\n"
        "  allowed here: what `pulumi preview --json`, `pulumi stack export` or `modelyard preview --format json` wrote\n"
        "  mend: write it with `pulumi preview --json > preview.json` or `pulumi stack export --file state.json`\n"
    )


def test_what_a_preview_leaves_out_is_neither_missed_nor_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    bucket = {
        "urn": "urn:pulumi:dev::shop::aws:s3/bucket:Bucket::data",
        "type": "aws:s3/bucket:Bucket",
        "custom": True,
    }
    steps = [{"op": "update", "urn": bucket["urn"], "newState": bucket}]
    preview = {"config": {}, "steps": steps, "changeSummary": {"same": 3, "update": 1}}
    file = tmp_path / "preview.json"
    file.write_text(json.dumps(preview))
    assert run(["check", "--file", str(file), "--rule", "bucket-versioning"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert (
        last
        == "shop/dev passes: nothing fails; 1 can't be judged yet, the rest of the stack isn't in the file"
    )
    file.write_text(json.dumps({**preview, "changeSummary": {"update": 1}}))
    assert run(["check", "--file", str(file), "--rule", "bucket-versioning"]) == 1


def test_a_file_of_nothing_passes_and_says_that_there_was_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "state.json"
    file.write_text('{"version": 3, "deployment": {}}')
    assert run(["check", "--file", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2] == "  it has no resources of a cloud: there was nothing to judge"
    assert lines[-1].startswith("state.json passes")


@pytest.mark.usefixtures("shop")
def test_answers_are_given_by_a_file(answer: Answer) -> None:
    Path("answers.yaml").write_text(
        "schema: modelyard.answers/1\n"
        "data_sources: {'aws:ec2/getAmi:getAmi': [{result: {id: ami-1}}], 'a:b:c': [{result: {}}]}\n"
        "stacks: {organization/network/dev: {vpc: vpc-1}}\n"
    )
    run(["preview", "--program", "shop", "--answers", "answers.yaml", "--format", "json"])
    document = answer()
    [machine] = [each for each in document["resources"] if each["name"] == "machine"]
    assert machine["properties"]["ami"] == "ami-1"
    assert document["notes"]["unanswered"] == document["notes"]["stacks"] == []
    assert document["notes"]["unusedAnswers"] == ["data_sources.a:b:c[0]"]


@pytest.mark.parametrize("command", ["check", "preview"])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name one thing to look at: ENV, --program DIR or --file FILE"),
        (["dev", "--file", "a"], "name one thing to look at: ENV, --program DIR or --file FILE; these are several"),
        (["--program", "a", "--file", "a"], "name one thing to look at: ENV, --program DIR or --file FILE; these are several"),
        (["dev", "--stack", "dev"], "--stack goes with --program DIR"),
        (["--file", "a", "--answers", "b"], "--answers goes with --program DIR"),
    ],
)  # fmt: skip
def test_one_thing_is_looked_at(
    command: str, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, *arguments]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"Error: {message}"


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("command", ["check", "preview"])
def test_a_fault_of_a_program_is_bad_input_and_a_document(command: str, answer: Answer) -> None:
    Path("shop/__main__.py").write_text("import pulumi\npulumi.Config().require('size')\n")
    assert run([command, "--program", "shop", "--format", "json"]) == 2
    document = answer()
    assert (document["schema"], document["exitCode"]) == ("modelyard.error/1", 2)
    [problem] = document["problems"]
    assert (problem["file"], problem["line"], problem["field"]) == ("shop/__main__.py", 2, "shop:size")


@pytest.mark.parametrize("stack", ["dev", "account"])
def test_a_stack_of_our_own_is_judged_alike_by_its_name_and_as_any_program(
    stack: str, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    run(["check", stack, "--format", "json"])
    by_name = answer()
    run(["check", "--program", ".", "--stack", stack, "--format", "json"])
    as_program = answer()
    assert told(as_program) == told(by_name)
    assert as_program["rules"] == by_name["rules"]
    assert {by_name["environment"], by_name["account"]} == {stack, None}


def test_a_file_is_read_without_any_clouds_sdk(imported: Callable[..., set[str]], tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text('{"version": 3, "deployment": {}}')
    modules = imported(["check", "--file", str(file)])
    assert not {"pulumi_aws", "pulumi_azure_native", "boto3", "moto"} & modules
