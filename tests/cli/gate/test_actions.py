"""The actions and workflows of the gate: what they may do, and that their scripts do it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from previewing import ROOT

ACTIONS = {"check": ROOT / "action.yml", "comment": ROOT / "gate" / "comment" / "action.yml"}
WORKFLOWS = ROOT / "examples" / "pull-request-gate" / ".github" / "workflows"
SCRIPTS = sorted((ROOT / "gate").glob("*.sh"))


def steps_of(action: Path) -> list[dict]:
    return yaml.safe_load(action.read_text())["runs"]["steps"]


def workflow(name: str) -> dict:
    # YAML 1.1 takes `on` for a truth value.
    document = yaml.safe_load((WORKFLOWS / name).read_text())
    return {"on" if key is True else key: value for key, value in document.items()}


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_nothing_that_a_pull_request_names_is_put_into_a_script(action):
    for step in steps_of(action):
        assert "${{" not in step.get("run", ""), step["name"]


def test_the_comment_job_checks_nothing_out_and_runs_nothing_of_the_pull_requests():
    (job,) = workflow("modelyard-comment.yml")["jobs"].values()
    used = [step["uses"] for step in (*job["steps"], *steps_of(ACTIONS["comment"])) if "uses" in step]
    assert [name.partition("@")[0] for name in used] == ["modelyard/modelyard/gate/comment"]
    assert job["if"] == "github.event.workflow_run.event == 'pull_request'"


def test_the_comment_job_starts_on_the_end_of_the_check_by_its_name():
    assert workflow("modelyard-comment.yml")["on"]["workflow_run"] == {
        "workflows": [workflow("modelyard-check.yml")["name"]],
        "types": ["completed"],
    }


def test_each_job_may_do_what_it_needs_and_no_more():
    assert workflow("modelyard-check.yml")["on"] == "pull_request"
    assert workflow("modelyard-check.yml")["permissions"] == {"contents": "read"}
    assert workflow("modelyard-comment.yml")["permissions"] == {"actions": "read", "pull-requests": "write"}
    (job,) = workflow("modelyard-check.yml")["jobs"].values()
    assert job["steps"][0]["with"] == {"fetch-depth": 2, "persist-credentials": False}


def test_the_inputs_of_the_check_are_all_used():
    text = ACTIONS["check"].read_text()
    for name in yaml.safe_load(text)["inputs"]:
        assert f"${{{{ inputs.{name} }}}}" in text, name


def test_the_artifact_has_the_name_that_the_comment_job_looks_for():
    from modelyard_cli.gate.posting import ARTIFACT

    upload = next(step for step in steps_of(ACTIONS["check"]) if "uses" in step)
    assert upload["with"]["name"] == ARTIFACT


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_clean(script):
    shellcheck = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([shellcheck, script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_hook_runs_a_command_that_there_is():
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["entry"] == "modelyard check"
    assert hook["pass_filenames"] is False
    seen = re.compile(hook["files"])
    ours = ("modelyard.suppressions.yaml", "infra/modelyard.policies.yaml")
    assert all(map(seen.search, ("stacks/Pulumi.dev.yaml", "Pulumi.yaml", "infra/__main__.py", *ours)))
    assert not seen.search("README.md")


@pytest.fixture
def runner(tmp_path: Path) -> dict[str, str]:
    """A checkout as `pull_request` has it: a merge whose first parent is the base. Answers the job's variables."""
    checkout = tmp_path / "checkout"
    shutil.copytree(
        ROOT / "tests" / "programs" / "web-server",
        checkout / "web",
        ignore=shutil.ignore_patterns("__pycache__"),
    )

    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=ann", "-c", "user.email=ann@example.com"]
        subprocess.run(
            ["git", *identity, *arguments], cwd=checkout, check=True, capture_output=True, text=True
        )

    git("init", "--initial-branch=main", ".")
    git("add", ".")
    git("commit", "-m", "base")
    git("checkout", "-b", "wider")
    program = checkout / "web" / "__main__.py"
    program.write_text(
        program.read_text().replace('"from_port": 80, "to_port": 80', '"from_port": 0, "to_port": 65535')
    )
    git("commit", "-a", "-m", "wider")
    git("checkout", "main")
    git("merge", "--no-ff", "-m", "merge", "wider")
    binaries = tmp_path / "runner" / "modelyard" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "modelyard").symlink_to(Path(sys.executable).with_name("modelyard"))
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")},
        "RUNNER_TEMP": str(tmp_path / "runner"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "STACKS": "\n  program:web  \n",
        "FAIL_ON": "new",
        "FAIL_ON_UNKNOWN": "false",
        "ANSWERS": "",
        "CHECKOUT": str(checkout),
    }


def run_check(runner: dict[str, str], **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(ROOT / "gate" / "check.sh")],
        cwd=runner["CHECKOUT"],
        env={**runner, **changes},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_check_of_a_merge_tells_what_the_pull_request_brings(runner):
    for _ in range(2):  # a job that is run again finds what the first one left
        done = run_check(runner)
        assert done.returncode == 1, done.stderr
    report = Path(runner["RUNNER_TEMP"], "modelyard-report")
    assert f"report={report}\n" in Path(runner["GITHUB_OUTPUT"]).read_text()
    comment = (report / "comment.md").read_text()
    assert "opens every TCP port to the whole internet" in comment
    assert "security-group-no-world-ports" in Path(runner["GITHUB_STEP_SUMMARY"]).read_text()


def test_what_is_named_as_a_stack_is_never_run(runner, tmp_path):
    done = run_check(runner, STACKS='$(touch "$RUNNER_TEMP/pwned")\n; touch $RUNNER_TEMP/pwned')
    assert done.returncode == 2
    assert not Path(runner["RUNNER_TEMP"], "pwned").exists()


def test_what_is_named_as_a_stack_is_no_option(runner):
    done = run_check(runner, STACKS="--help")
    assert (done.returncode, done.stdout) == (2, "")
    assert "this names nothing that can be judged" in done.stderr


def test_what_another_checkout_left_is_no_hindrance(runner):
    Path(runner["RUNNER_TEMP"], "modelyard-base").mkdir()
    assert run_check(runner).returncode == 1


def test_a_checkout_without_its_base_says_how_to_check_out(runner):
    shallow = Path(runner["CHECKOUT"]).with_name("shallow")
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", f"file://{runner['CHECKOUT']}", str(shallow)], check=True
    )
    done = run_check({**runner, "CHECKOUT": str(shallow)})
    assert done.returncode == 3
    assert (
        "::error::there is no base to compare with: check out with fetch-depth: 2, on pull_request"
        in done.stderr
    )
