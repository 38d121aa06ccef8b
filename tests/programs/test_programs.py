"""Programs as other teams write them, and what a security engineer names in each.

Beside each program stands `expected.yaml`: `fails` and `unknown`, with a reason for each; `hygiene`, what is
right and mentioned in passing; `answered`, what is unknown until the answers beside the program are given;
`unanswered` data sources and stacks; `literals`, secrets that stand in the program; `unchecked` types, which no
rule looks at; and `beyond`, what the engineer would name as well and no rule does.
"""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelyard_cli.main import run

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROGRAMS = sorted(path.parent.name for path in HERE.glob("*/Pulumi.yaml"))
ANSWERED = [name for name in PROGRAMS if (HERE / name / "answers.yaml").exists()]
FORMATS = ("json", "sarif", "junit", "markdown", "summary")

Check = Callable[..., dict[str, Any]]
Key = tuple[str, str, str]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """Judges a program as `modelyard check --program` does, and gives the document."""
    monkeypatch.chdir(ROOT)

    def call(name: str, *options: str) -> dict[str, Any]:
        code = run(["check", "--program", f"tests/programs/{name}", "--format", "json", *options])
        document = json.loads(capsys.readouterr().out)
        return {**document, "exit": code}

    return call


@cache
def expected(name: str) -> dict[str, Any]:
    return yaml.safe_load((HERE / name / "expected.yaml").read_text(encoding="utf-8"))


def wanted(name: str, *sections: str) -> Counter[Key]:
    entries = [entry for section in sections for entry in expected(name).get(section, [])]
    return Counter((entry["rule"], entry["resource"], entry["property"]) for entry in entries)


def found(document: dict[str, Any], verdict: str) -> Counter[Key]:
    findings = [each for each in document["findings"] if each["verdict"] == verdict]
    return Counter((each["code"], resource(each["urn"]), each["property"] or "") for each in findings)


def resource(urn: str) -> str:
    """`Bucket data` for a bucket, `Stack` for the stack."""
    kind, name = type_of(urn), urn.split("::")[-1]
    return kind if kind == "Stack" else f"{kind} {name}"


def type_of(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2].rpartition(":")[2]


def secrets(name: str) -> list[str]:
    """What is encrypted in the stack's file, and the secrets that stand in the program."""
    (file,) = (HERE / name).glob("Pulumi.*.yaml")
    config = yaml.safe_load(file.read_text(encoding="utf-8"))["config"]
    encrypted = [
        value["secure"] for value in config.values() if isinstance(value, dict) and "secure" in value
    ]
    return encrypted + expected(name).get("literals", [])


def referred(notes: dict[str, Any]) -> list[str]:
    """Data sources, then stacks, that nobody answers."""
    stacks = [f"pulumi:pulumi:StackReference {stack}" for stack in notes["stacks"]]
    return [each["token"] for each in (*notes["unanswered"], *notes["waiting"])] + stacks


@cache
def calls(file: Path) -> dict[tuple[int, str], ast.Call]:
    """The calls of a module by the line that they begin at and the last name of what is called."""
    found = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    return {
        (
            node.lineno,
            node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func),
        ): node
        for node in found
    }


def test_there_are_twelve() -> None:
    assert len(PROGRAMS) == 12


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_findings_are_those_that_a_security_engineer_names(name: str, check: Check) -> None:
    document = check(name)
    assert found(document, "fail") == wanted(name, "fails", "hygiene")
    assert found(document, "unknown") == wanted(name, "unknown", "answered")
    assert (document["exit"], document["ok"]) == (1, False)
    assert sorted(referred(document["notes"])) == sorted(expected(name)["unanswered"])
    assert document["unchecked"] == expected(name)["unchecked"]


@pytest.mark.parametrize("name", [name for name in PROGRAMS if expected(name)["hygiene"]])
def test_what_is_mentioned_in_passing_stops_nothing(name: str, check: Check) -> None:
    passing = wanted(name, "hygiene")
    severities = {
        each["severity"]
        for each in check(name)["findings"]
        if (each["code"], resource(each["urn"]), each["property"] or "") in passing
    }
    assert severities
    assert severities <= {"low", "medium"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_finding_points_at_the_call_that_makes_its_resource(name: str, check: Check) -> None:
    of_resources = [each for each in check(name)["findings"] if type_of(each["urn"]) != "Stack"]
    assert of_resources
    for finding in of_resources:
        file, _, line = finding["source"].rpartition(":")
        name_of_it = calls(ROOT / file)[int(line), type_of(finding["urn"])].args[0]
        if isinstance(name_of_it, ast.Constant):
            assert name_of_it.value == finding["urn"].split("::")[-1]


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_form_of_the_answer_holds_a_secret(
    name: str, check: Check, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = [tmp_path / form for form in FORMATS]
    outputs = [f"--output={form}={tmp_path / form}" for form in FORMATS]
    check(name, *outputs)
    written = [report.read_text(encoding="utf-8") for report in reports]
    run(["check", "--program", f"tests/programs/{name}"])
    written.append(capsys.readouterr().out)
    for text in written:
        assert len(text) > 500
        assert not [secret for secret in secrets(name) if secret in text]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_preview_shows_the_tree_and_no_encrypted_value(
    name: str, check: Check, capsys: pytest.CaptureFixture[str]
) -> None:
    del check  # (it moves to the project's root)
    directory = f"tests/programs/{name}"
    assert run(["preview", "--program", directory]) == 0
    text = capsys.readouterr().out
    assert run(["preview", "--program", directory, "--format", "json"]) == 0
    document = capsys.readouterr().out
    resources = json.loads(document)["resources"]
    made = [each for each in resources if each["custom"] and not each["type"].startswith("pulumi:providers:")]
    assert text.splitlines()[0].endswith(f": {len(made)} resources")
    tree = text.partition("\nresources\n")[2].partition("\n\n")[0]
    top = [each["name"] for each in made if each["parent"] == resources[0]["urn"]]
    assert top
    assert [each for each in top if each not in tree] == []
    assert not [secret for secret in secrets(name) if secret in text]
    literal = expected(name).get("literals", [])
    assert not [secret for secret in secrets(name) if secret in document and secret not in literal]


@pytest.mark.parametrize("name", ANSWERED)
def test_answers_make_what_was_unknown_known(name: str, check: Check) -> None:
    document = check(name, "--answers", f"tests/programs/{name}/answers.yaml")
    assert found(document, "fail") == wanted(name, "fails", "hygiene")
    assert found(document, "unknown") == wanted(name, "unknown")
    assert wanted(name, "answered")
    notes = document["notes"]
    assert referred(notes) == []
    assert notes["unusedAnswers"] == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_second_look_sees_the_same(name: str, check: Check) -> None:
    assert check(name) == check(name)
