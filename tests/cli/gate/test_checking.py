"""Both halves of the gate: stacks beside those of a base, and the comment that comes of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from local_github import State, archive, event, local_github, pull
from previewing import ROOT

from modelyard_cli.gate.rendering import MARKER, body, comment
from modelyard_cli.gate.stacks import gated_stacks
from modelyard_cli.main import run
from modelyard_policies.reports.markdown.comment import COMMENT_CHARACTERS

OPENED = """
aws.vpc.SecurityGroupIngressRule(
    "admin",
    security_group_id=group.id,
    cidr_ipv4="0.0.0.0/0",
    ip_protocol="tcp",
    from_port=3389,
    to_port=3389,
)
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a base beside it, each with the same program."""
    for name in ("base", "head"):
        shutil.copytree(
            ROOT / "tests" / "programs" / "web-server",
            tmp_path / name / "web",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    monkeypatch.chdir(tmp_path / "head")
    return tmp_path


def checked(checkout: Path, *arguments: str) -> int:
    return run(
        [
            "gate",
            "check",
            "program:web",
            "--base",
            str(checkout / "base"),
            "--output",
            "../report",
            *arguments,
        ]
    )


def report_of(checkout: Path) -> dict:
    return json.loads((checkout / "report" / "report.json").read_text())


def test_a_change_is_told_from_what_was_there(checkout, capfd):
    program = checkout / "head" / "web" / "__main__.py"
    program.write_text(program.read_text().replace("[", "[", 1) + OPENED)
    assert checked(checkout, "--fail-on", "new") == 1
    (report,) = report_of(checkout)["reports"]
    new = {
        (each["code"], each["urn"].rpartition("::")[2])
        for each in report["findings"]
        if each["status"] == "new"
    }
    assert ("NW1", "admin") in new
    assert all(name == "admin" for _, name in new)
    text = (checkout / "report" / "comment.md").read_text()
    assert text.startswith(f"{MARKER}\n")
    assert "`admin`" in text
    names = {file.name for file in (checkout / "report").iterdir()}
    assert names == {
        *("report.json", "comment.md", "summary.md"),
        *("web.json", "web.base.json", "web.sarif", "web.xml"),
    }
    assert "security-group-no-world-admin" in capfd.readouterr().out


def test_nothing_new_passes_where_only_new_findings_count(checkout, capsys):
    assert checked(checkout, "--fail-on", "new", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == report_of(checkout)
    assert checked(checkout) == 1


def suppress(place: Path, rule: str) -> None:
    place.joinpath("modelyard.suppressions.yaml").write_text(
        "schema: modelyard.suppressions/1\n"
        "suppressions:\n"
        f"  - rule: {rule}\n"
        '    resource: "*"\n'
        "    reason: a server that everybody may administer\n"
        "    owner: web-team\n"
        "    expires: 2999-12-31\n"
    )


def test_suppressions_are_those_of_the_base(checkout):
    suppress(checkout / "head" / "web", "NW1")
    suppress(checkout / "base" / "web", "NW3")
    checked(checkout)
    (report,) = report_of(checkout)["reports"]
    assert {(each["change"], each["rule"]) for each in report["pending"]} == {
        ("added", "security-group-no-world-admin"),
        ("removed", "security-group-no-open-egress"),
    }
    hidden = {each["code"] for each in report["findings"] if each["suppression"]}
    assert hidden == {"NW3"}


def test_a_stack_that_the_base_lacks_is_new_as_a_whole(checkout, capfd):
    shutil.rmtree(checkout / "base" / "web")
    assert checked(checkout, "--fail-on", "new") == 1
    assert "program:web: the base can't be judged, so everything counts as new" in capfd.readouterr().err
    text = (checkout / "report" / "comment.md").read_text()
    assert "- The base has no such stack, or one that can't be judged: all of it counts as new." in text


def test_a_check_that_ends_without_a_report_is_no_pass(checkout):
    checked(checkout)
    (checkout / "head" / "web" / "__main__.py").write_text("import posix\nposix._exit(0)\n")
    assert checked(checkout, "--fail-on", "new") == 2
    document = report_of(checkout)
    (problem,) = document["problems"]
    assert document["reports"] == []
    assert problem["said"] == "the check ended without a report: the program may have ended the process\n"
    assert not (checkout / "report" / "web.json").exists()


def test_modules_of_the_repository_are_none_of_modelyards(checkout):
    for name in ("click.py", "json.py", "modelyard_cli.py"):
        (checkout / "head" / name).write_text("raise SystemExit(0)\n")
    assert checked(checkout) == 1
    assert [report["ok"] for report in report_of(checkout)["reports"]] == [False]


def test_stacks_whose_names_are_alike_have_files_of_their_own():
    names = ["program:shop@dev", "shop-dev", "program:shop/dev", "program:web"]
    files = [stack.file_name for stack in gated_stacks(names)]
    assert files == ["shop-dev", "shop-dev-2", "shop-dev-3", "web"]


def test_the_answer_of_each_stack_is_the_end_of_what_is_told(checkout, capfd):
    shutil.copytree(checkout / "base" / "web", checkout / "base" / "new")
    shutil.copytree(checkout / "base" / "web", checkout / "head" / "new")
    (checkout / "head" / "new" / "__main__.py").write_text("")
    assert checked(checkout, "program:new", "program:none") == 2
    assert capfd.readouterr().out.splitlines()[-3:] == [
        "program:web: doesn't pass",
        "program:new: passes",
        "program:none: couldn't be judged",
    ]


def test_a_program_that_fails_is_told_in_the_comment_and_by_the_exit_code(checkout):
    program = checkout / "head" / "web" / "__main__.py"
    program.write_text("raise RuntimeError('<!-- @everyone `x` ``` -->')\n")
    assert checked(checkout) == 2
    document = report_of(checkout)
    assert document["reports"] == []
    text = (checkout / "report" / "comment.md").read_text()
    assert text.splitlines()[1:4:2] == ["## `program:web` couldn't be judged", "````"]
    assert "the program raises RuntimeError" in text


def test_the_tokens_of_the_job_are_hidden_from_programs(checkout, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("ACTIONS_RUNTIME_TOKEN", "secret")
    program = checkout / "head" / "web" / "__main__.py"
    program.write_text(
        "import os\nassert not [name for name, value in os.environ.items() if value == 'secret']\n"
        + program.read_text()
    )
    assert checked(checkout, "--fail-on", "new") == 0


@pytest.mark.parametrize("name", ["program:", "--base", "program:@dev"])
def test_a_name_of_nothing_is_refused(checkout, capsys, name):
    arguments = ["--base", str(checkout / "base"), "--output", str(checkout / "report"), "--", name]
    assert run(["gate", "check", *arguments]) == 2
    assert (
        "allowed here: the name of an environment, program:DIR, or program:DIR@STACK"
        in capsys.readouterr().err
    )
    assert not (checkout / "report").exists()


def test_the_comment_goes_to_the_pull_request(checkout, monkeypatch, capsys, tmp_path):
    checked(checkout)
    capsys.readouterr()
    document = (checkout / "report" / "report.json").read_text()
    (tmp_path / "event.json").write_text(json.dumps(event()))
    monkeypatch.setenv("GITHUB_TOKEN", "secret-token")
    with local_github(State(pulls=[pull()], archive=archive(report_json=document))) as github:
        arguments = ["--event", str(tmp_path / "event.json"), "--api", github.url, "--format", "json"]
        assert run(["gate", "comment", *arguments]) == 0
        answer = {"schema": "modelyard.posted/1", "done": "created", "pull": 5, "why": ""}
        assert json.loads(capsys.readouterr().out) == answer
        assert run(["gate", "comment", *arguments[:-2]]) == 0
        assert capsys.readouterr().out == "comment unchanged on pull request 5\n"
    (posted,) = github.comments
    assert posted["body"].startswith(f"{MARKER}\n## `web-server/dev` doesn't pass")


def test_a_comment_without_a_token_is_refused(monkeypatch, capsys, tmp_path):
    (tmp_path / "event.json").write_text(json.dumps(event()))
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    assert run(["gate", "comment", "--event", str(tmp_path / "event.json")]) == 3
    assert "mend: give the job GITHUB_TOKEN: ${{ github.token }}" in capsys.readouterr().err


def test_several_stacks_begin_with_a_line_for_each(checkout):
    checked(checkout)
    report = report_of(checkout)["reports"][0]
    better = {**report, "name": "web-server/<b>", "findings": []}
    failed = {"name": "program:none", "exitCode": 2, "said": "there is no such directory"}
    text = comment({"schema": "modelyard.gate/1", "reports": [report, better], "problems": [failed]})
    old = sum(finding["verdict"] == "fail" for finding in report["findings"])
    unknown = len(report["findings"]) - old
    assert text.startswith(
        f"{MARKER}\n"
        "## 1 of 3 stacks passes\n\n"
        "| stack | answer | new | fixed | old | unknown |\n"
        "| --- | --- | --: | --: | --: | --: |\n"
        "| `program:none` | couldn't be judged | · | · | · | · |\n"
        f"| `web-server/dev` | doesn't pass | · | · | {old} | {unknown} |\n"
        "| `web-server/<b>` | passes | · | · | · | · |\n"
    )


def test_many_stacks_share_one_comment(checkout):
    checked(checkout)
    report = report_of(checkout)["reports"][0]
    document = {"schema": "modelyard.gate/1", "reports": [report] * 30, "problems": []}
    text = comment(document)
    assert len(text) <= COMMENT_CHARACTERS
    assert text.count("## `web-server/dev` doesn't pass") == 30
    document = {"schema": "modelyard.gate/1", "reports": [report] * 80, "problems": []}
    assert comment(document).endswith("\n\n30 more in the full report.\n")


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"schema": "modelyard.gate/1"},
        {"schema": "modelyard.gate/1", "reports": {}, "problems": []},
        {"schema": "modelyard.gate/1", "reports": [1], "problems": []},
        {"schema": "modelyard.gate/1", "reports": [{}], "problems": []},
        {"schema": "modelyard.check/1", "reports": [], "problems": []},
    ],
)
def test_what_is_no_document_of_the_gates_is_refused(document):
    with pytest.raises(ValueError, match=r"schema|field"):
        body(document, 10_000)
