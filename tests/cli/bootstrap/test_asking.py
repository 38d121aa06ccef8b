"""The question before bootstrap begins, where somebody can answer and where nobody can."""

from __future__ import annotations

import io
from typing import Any

import click
import pytest
from previewing import ROOT


class Terminal(io.StringIO):
    """A terminal at which nothing more will be typed."""

    def isatty(self) -> bool:
        return True


def test_where_nobody_can_answer_yes_has_to_be_said_before(
    account: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert account.bootstrap("--apply") == 2
    said = capsys.readouterr().err
    assert "--apply asks before it begins, and nobody can answer here: say --yes as well" in said
    assert account.client("iam").list_roles()["Roles"] == []


def test_who_leaves_without_an_answer_interrupts(
    account: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(""))
    assert account.bootstrap("--apply") == 130
    assert "modelyard: interrupted" in capsys.readouterr().err
    assert account.client("iam").list_roles()["Roles"] == []


def test_the_stack_of_an_account_is_completed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    from modelyard_cli.commands.bootstrap import aws_command

    [argument] = [each for each in aws_command.params if each.name == "environment"]
    offered = argument.shell_complete(click.Context(aws_command), "acc")
    assert [item.value for item in offered] == ["account"]
