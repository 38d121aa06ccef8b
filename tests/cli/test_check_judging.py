"""`modelyard check` with its options: suppressions, configuration, a base, and reports in files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelyard_cli.main import run

Answer = Callable[[], Any]

BUCKET = "aws:s3/bucket:Bucket"
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"


def resource(name: str, status: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for token, properties in ((BUCKET, {}), (VERSIONING, {"versioningConfiguration": {"status": status}})):
        urn = f"urn:pulumi:prod::shop::{token}::{name}"
        inputs = {"bucket": name, **properties}
        made.append({"urn": urn, "type": token, "name": name, "properties": inputs, "source": "main.py:3"})
    return made


def preview(**buckets: str) -> str:
    resources = [each for name, status in buckets.items() for each in resource(name, status)]
    return json.dumps({"schema": "modelyard.preview/1", "environment": "prod", "resources": resources})


def suppression(resource: str = "a", expires: str = "2026-12-31", rule: str = "ST4") -> str:
    entry = f"{{rule: {rule}, resource: {resource}, reason: r, owner: o, expires: {expires}}}"
    return f"schema: modelyard.suppressions/1\nsuppressions:\n  - {entry}\n"


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a preview in which a bucket fails."""
    monkeypatch.chdir(tmp_path)
    Path("head.json").write_text(preview(a="Suspended"))
    return tmp_path


def check(*arguments: str) -> int:
    return run(
        ["check", "--file", "head.json", "--rule", "bucket-versioning", "--today", "2026-11-26", *arguments]
    )


def test_a_rule_may_be_named_by_id_or_code_and_others_aren_t_asked(answer: Answer) -> None:
    assert (
        run(
            ["check", "--file", "head.json", "--rule", "st4", "--rule", "bucket-tls-only", "--format", "json"]
        )
        == 1
    )
    document = answer()
    assert (set(document["judged"]), document["selected"]) == ({"bucket-versioning", "bucket-tls-only"}, True)


def test_a_misspelt_rule_is_bad_input_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--file", "head.json", "--rule", "bucket-versionin"]) == 2
    assert "there is no rule 'bucket-versionin'; did you mean 'bucket-versioning'?" in capsys.readouterr().err


def test_suppressions_of_the_project_are_read_by_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    assert check() == 1
    Path("modelyard.suppressions.yaml").write_text(suppression())
    assert check() == 0
    assert "1 is suppressed" in capsys.readouterr().out


def test_suppressions_may_be_another_file() -> None:
    Path("ours.yaml").write_text(suppression())
    assert check("--suppressions", "ours.yaml") == 0


def test_an_expired_suppression_is_a_no_by_the_day_that_is_given() -> None:
    Path("modelyard.suppressions.yaml").write_text(suppression())
    head = ["check", "--file", "head.json", "--rule", "ST4", "--today"]
    assert run([*head, "2026-12-31"]) == 0
    assert run([*head, "2027-01-01"]) == 1
    Path("head.json").write_text(preview(a="Enabled"))
    assert run([*head, "2027-01-01"]) == 1


def test_a_malformed_suppression_is_bad_input_at_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("modelyard.suppressions.yaml").write_text(suppression(expires="soon", rule="ST44"))
    assert check() == 2
    err = capsys.readouterr().err
    assert "modelyard.suppressions.yaml:3: suppressions[0].rule\n  there is no rule 'ST44'" in err
    assert "modelyard.suppressions.yaml:3: suppressions[0].expires\n  this is no day\n  given: soon" in err


def test_a_malformed_file_is_a_document_when_json_is_asked(answer: Answer) -> None:
    Path("modelyard.policies.yaml").write_text("schema: modelyard.policies/1\npolicies:\n  all: of\n")
    assert check("--format", "json") == 2
    (problem,) = answer()["problems"]
    assert (problem["file"], problem["line"], problem["field"], problem["given"]) == (
        "modelyard.policies.yaml",
        3,
        "policies.all",
        "of",
    )


def test_the_configuration_of_the_project_is_read_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    Path("modelyard.policies.yaml").write_text("schema: modelyard.policies/1\npolicies: {all: advisory}\n")
    assert check() == 0
    assert "1 only advises" in capsys.readouterr().out
    Path("strict.yaml").write_text("schema: modelyard.policies/1\n")
    assert check("--config", "strict.yaml") == 1


@pytest.mark.parametrize("option", ["--suppressions", "--config"])
def test_a_file_that_is_named_has_to_be_there(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(option, "nowhere.yaml") == 2
    assert f"nowhere.yaml: {option}\n  there is no such file" in capsys.readouterr().err
    assert check(option, ".") == 2
    assert "the file can't be read: is a directory" in capsys.readouterr().err
    Path("latin.yaml").write_bytes(b"# caf\xe9\n")
    assert check(option, "latin.yaml") == 2
    assert "the file isn't UTF-8" in capsys.readouterr().err


def test_what_a_change_makes_of_the_files_is_pending_and_not_in_force(answer: Answer) -> None:
    Path("modelyard.suppressions.yaml").write_text(suppression())
    Path("modelyard.policies.yaml").write_text("schema: modelyard.policies/1\npolicies: {all: disabled}\n")
    Path("base").mkdir()
    assert check("--policy-from", "base", "--format", "json") == 1
    assert [(item["kind"], item["change"], item["findings"]) for item in answer()["pending"]] == [
        ("suppression", "added", 1),
        ("configuration", "added", None),
    ]
    Path("base/modelyard.suppressions.yaml").write_text(suppression())
    assert check("--policy-from", "base") == 0


def test_files_that_are_named_are_found_in_the_base_too() -> None:
    Path("gate").mkdir()
    Path("base/gate").mkdir(parents=True)
    Path("gate/ours.yaml").write_text("schema: modelyard.suppressions/1\n")
    Path("base/gate/ours.yaml").write_text(suppression())
    assert check("--policy-from", "base", "--suppressions", "gate/ours.yaml") == 0


def test_the_base_has_to_be_a_directory(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--policy-from", "nowhere") == 2
    assert "there is no such directory" in capsys.readouterr().err


@pytest.fixture
def base(shop: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A report in which `a` failed already, and `gone` as well."""
    Path("head.json").write_text(preview(a="Suspended", gone="Suspended"))
    check("--output", "json=base.json")
    Path("head.json").write_text(preview(a="Suspended", b="Suspended"))
    capsys.readouterr()
    return "base.json"


def statuses(document: Any) -> dict[str, str]:
    return {item["urn"].rpartition("::")[2]: item["status"] for item in document["findings"]}


def test_a_report_is_a_base(base: str, answer: Answer) -> None:
    assert check("--base", base, "--format", "json") == 1
    document = answer()
    assert statuses(document) == {"a": "old", "b": "new"}
    assert [item["urn"].rpartition("::")[2] for item in document["fixed"]] == ["gone"]
    assert document["base"] == {"name": "base.json", "newRules": [], "notCompared": 0}


def test_a_preview_is_a_base_that_is_judged_now(answer: Answer) -> None:
    Path("base.json").write_text(preview(a="Suspended"))
    Path("head.json").write_text(preview(a="Suspended", b="Suspended"))
    Path("modelyard.suppressions.yaml").write_text(suppression(resource="b"))
    assert check("--base", "base.json", "--fail-on", "new", "--format", "json") == 0
    assert statuses(answer()) == {"a": "old", "b": "new"}


def test_only_new_findings_make_the_answer_no_where_that_is_asked(base: str) -> None:
    assert check("--base", base, "--fail-on", "new") == 1
    Path("head.json").write_text(preview(a="Suspended"))
    assert check("--base", base, "--fail-on", "new") == 0
    assert check("--base", base) == 1


def test_new_against_nothing_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--fail-on", "new") == 2
    assert "--fail-on new needs a base to be new against: give --base FILE" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "it holds a list"),
        ('{"schema": "modelyard.check/1"}', "the report can't be read: it has no list of findings"),
        ('{"schema": "modelyard.check/1", "findings": [{}]}', "findings[0]: 'rule' is missing"),
        ("{", "it is no JSON"),
    ],
)
def test_what_is_no_base_is_bad_input(text: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("base.json").write_text(text)
    assert check("--base", "base.json") == 2
    assert said in capsys.readouterr().err


def test_what_may_be_a_base_is_told(answer: Answer) -> None:
    Path("base.json").write_text('{"version": "2.1.0", "runs": []}')
    assert check("--base", "base.json", "--format", "json") == 2
    (problem,) = answer()["problems"]
    assert problem["allowed"] == (
        "what `modelyard check --format json`, `pulumi preview --json`, `pulumi stack export` or "
        "`modelyard preview --format json` wrote, or the YAML of an environment"
    )


@pytest.mark.parametrize(
    ("of", "is_told"), [("staging", True), ("shop/staging", True), ("prod", False), ("shop/prod", False)]
)
def test_a_base_of_another_stack_is_told(of: str, is_told: bool, base: str, answer: Answer) -> None:
    document = json.loads(Path(base).read_text())
    Path(base).write_text(json.dumps({**document, "name": of}))
    check("--base", base, "--format", "json")
    told = f"the base is of {of}, and this is prod: only what both have is compared"
    assert (told in answer()["remarks"]) is is_told


def test_a_base_that_isn_t_there_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--base", "nowhere.json") == 2
    assert "there is no such file" in capsys.readouterr().err


def test_what_is_unknown_fails_where_that_is_asked(answer: Answer) -> None:
    document = json.loads(preview(a="Enabled"))
    document["resources"][1]["properties"]["versioningConfiguration"] = {"status": {"unknown": True}}
    Path("head.json").write_text(json.dumps(document))
    assert check() == 0
    assert check("--fail-on-unknown", "--output", "json=out.json") == 1
    out = json.loads(Path("out.json").read_text())
    assert (out["failOn"]["unknown"], out["counts"]["unknown"], out["counts"]["decisive"]) == (True, 1, 1)


def test_one_run_writes_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    formats = ("text", "json", "sarif", "junit", "markdown", "summary")
    assert check(*(f"--output={name}=out.{name}" for name in formats), "--format", "junit") == 1
    starts = {name: Path(f"out.{name}").read_text() for name in formats}
    assert starts["junit"] == capsys.readouterr().out
    assert starts["text"].endswith("prod doesn't pass: 1 finding fails\n")
    assert json.loads(starts["json"])["schema"] == "modelyard.check/1"
    assert json.loads(starts["sarif"])["runs"][0]["results"][0]["ruleId"] == "bucket-versioning"
    assert starts["markdown"].startswith("<!-- modelyard:check:prod -->\n## `prod` doesn't pass")
    assert starts["summary"].startswith("## `prod` doesn't pass")


def test_lines_have_no_blanks_at_their_end(capsys: pytest.CaptureFixture[str]) -> None:
    check("--output", "text=out.txt")
    for text in (capsys.readouterr().out, Path("out.txt").read_text()):
        assert [line for line in text.splitlines() if line != line.rstrip()] == []
        assert "bucket-versioning" in text


def test_a_type_that_only_other_rules_look_at_is_not_unchecked(answer: Answer) -> None:
    run(["check", "--file", "head.json", "--rule", "allowed-machine-types", "--format", "json"])
    assert answer()["unchecked"] == []


def test_a_run_that_asks_no_rule_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    Path("modelyard.policies.yaml").write_text(
        "schema: modelyard.policies/1\npolicies: {bucket-versioning: disabled}\n"
    )
    assert check() == 0
    assert capsys.readouterr().out.splitlines()[-1] == "prod passes: no rule was asked"


def test_the_summary_of_a_step_is_added_to_what_stands_there(
    monkeypatch: pytest.MonkeyPatch, shop: Path
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(shop / "summary.md"))
    Path("summary.md").write_text("before\n")
    check("--output", f"summary={shop / 'summary.md'}")
    text = Path("summary.md").read_text()
    assert text.startswith("before\n## `prod`")
    check("--output", "summary=other.md")
    check("--output", "summary=other.md")
    assert text.removeprefix("before\n") == Path("other.md").read_text()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--output", "sarif"], "'sarif' isn't FORMAT=FILE with a format of text, json"),
        (["--output", "html=x"], "'html=x' isn't FORMAT=FILE"),
        (["--output", "json="], "'json=' isn't FORMAT=FILE"),
        (["--output", "json=x", "--output", "sarif=x"], "two reports can't go into one file: x"),
        (["--output", "json=x", "--output", "sarif=./x"], "two reports can't go into one file: ./x"),
    ],
)
def test_an_output_that_can_t_be_is_a_usage_error(
    given: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(*given) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_a_report_that_can_t_be_written_is_the_surroundings_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--output", "json=nowhere/out.json") == 3
    told = (
        "nowhere/out.json: no such file or directory\n  mend: check the path, or make the directory first\n"
    )
    assert told in capsys.readouterr().err
    assert check("--output", "json=.") == 3
    assert ".: is a directory\n  mend: name a file\n" in capsys.readouterr().err


def test_a_report_is_written_as_a_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(assessment: Any) -> str:
        raise KeyboardInterrupt

    Path("out.json").write_text("before")
    monkeypatch.setattr("modelyard_policies.reports.sarif.text", broken)
    assert check("--output", "json=out.json", "--output", "sarif=out.sarif") == 130
    assert sorted(path.name for path in Path().glob("*out.*")) == ["out.json"]
    assert Path("out.json").read_text() == "before"


def test_a_report_takes_the_place_of_an_older_one_with_its_rights(shop: Path) -> None:
    before, link = shop / "out.json", shop / "link.json"
    before.write_text("before")
    before.chmod(0o640)
    link.symlink_to(before)
    check("--output", f"json={link}")
    assert json.loads(before.read_text())["schema"] == "modelyard.check/1"
    check("--output", "sarif=out.json")
    assert json.loads(link.read_text())["version"] == "2.1.0"
    assert before.stat().st_mode & 0o777 == 0o640
    assert check("--output", "json=/dev/null") == 1
