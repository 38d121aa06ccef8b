"""Environments with a mistake: `modelyard check` refuses each at its line, and creates nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from malformed_environments import MALFORMED, PROJECT, STACK, STACK_FILE, Malformed
from previewing import ROOT

from modelyard_cli.main import run

NO_PROGRAM = 'raise AssertionError("a program ran for an environment that is malformed")\n'


@pytest.fixture
def stack_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The stack's file of a project whose program must not be run."""
    monkeypatch.chdir(tmp_path)
    Path("Pulumi.yaml").write_text(PROJECT + "main: stacks\n")
    path = Path(STACK_FILE)
    path.parent.mkdir()
    path.write_text(STACK)
    (path.parent / "__main__.py").write_text(NO_PROGRAM)
    return path


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_the_environment_without_a_mistake_passes(
    stack_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = (ROOT / "stacks" / "__main__.py").read_text()
    (stack_file.parent / "__main__.py").write_text(program)
    assert run(["check", "dev"]) == 0
    assert "dev passes" in capsys.readouterr().out
    assert not Path(".modelyard").exists()


@pytest.mark.parametrize("mistake", MALFORMED, ids=lambda mistake: mistake.name)
def test_a_mistake_is_bad_input_at_its_line_and_nothing_is_created(
    mistake: Malformed, stack_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack_file.write_text(mistake.text)
    before = everything(tmp_path)
    assert run(["check", "dev"]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", mistake.said)
    assert err.startswith(f"{STACK_FILE}:")
    assert everything(tmp_path) == before


@pytest.mark.parametrize("mistake", MALFORMED[:3], ids=lambda mistake: mistake.name)
def test_a_mistake_is_a_document_when_json_is_asked(
    mistake: Malformed, stack_file: Path, answer: Callable[[], Any]
) -> None:
    stack_file.write_text(mistake.text)
    assert run(["check", "dev", "--format", "json"]) == 2
    document = answer()
    assert (document["schema"], document["exitCode"]) == ("modelyard.error/1", 2)
    for problem in document["problems"]:
        assert problem["file"] == STACK_FILE
        assert isinstance(problem["line"], int)
        assert problem["given"]
        assert problem["allowed"]
        assert problem["mend"]


@pytest.mark.parametrize("command", [["preview"], ["sandbox", "up"], ["sandbox", "down"], ["doctor"]], ids=" ".join)  # fmt: skip
def test_other_commands_refuse_it_in_the_same_words(
    command: list[str], stack_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mistake = MALFORMED[0]
    stack_file.write_text(mistake.text)
    before = everything(tmp_path)
    assert run([*command, "dev"]) == 2
    assert capsys.readouterr().err == mistake.said
    assert everything(tmp_path) == before


def test_a_plan_refuses_it_in_the_same_words(stack_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mistake = MALFORMED[0]
    stack_file.write_text(mistake.text)
    Path("job.yaml").write_text(json.dumps({"name": "a", "run": "true"}))
    assert run(["job", "plan", "job.yaml", "--env", "dev"]) == 2
    assert capsys.readouterr().err == mistake.said
