"""The commands that take an account's stack as they take an environment."""

from __future__ import annotations

from typing import Any

import pytest

from modelyard_cli.main import run


def test_preview_shows_an_accounts_resources_findings_and_cost(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["preview", "account"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("account on aws eu-central-1: ")
    assert "cloudtrail Trail" in out
    assert "configuration items recorded" in out
    assert "\nenergy" not in out
    assert "\nrecovery" not in out


@pytest.mark.parametrize("command", ["preview", "check"])
def test_a_document_says_which_of_the_two_a_stack_is(command: str, answer: Any) -> None:
    assert run([command, "account", "--format", "json"]) == 0
    document = answer()
    assert (document["environment"], document["account"]) == (None, "account")
    assert run([command, "dev", "--format", "json"]) in (0, 1)
    document = answer()
    assert document["environment"] == "dev"
    if command == "preview":
        assert document["account"] is None


def test_an_account_passes_the_policies(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "account"]) == 0
    assert "account passes" in capsys.readouterr().out


def test_jobs_run_in_environments_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["job", "plan", "workloads/cnn/job.yaml", "--env", "account"]) == 2
    said = capsys.readouterr().err
    assert "this stack builds an account, and an environment is wanted here" in said
