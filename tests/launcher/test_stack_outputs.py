"""The target by the stack's outputs: `pulumi` is asked last, and only where the store has none."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from modelyard.errors import SurroundingsError
from modelyard_launcher.stack_outputs import ask_pulumi
from modelyard_launcher.target import find_place, resolve_target, resolve_target_for_plan

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: p\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    shutil.copy(REPOSITORY / "stacks" / "Pulumi.dev.yaml", tmp_path / "stacks")
    return tmp_path


def pulumi(directory: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a `pulumi` on PATH that does as the script says."""
    path = directory / "bin" / "pulumi"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{path.parent}:/usr/bin:/bin")


def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the store be where nobody answers."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")


def test_the_stacks_outputs_are_asked_when_the_store_is_away(
    project: Path, yard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    away(monkeypatch)
    pulumi(project, f'[ "$1 $2 $3" = "stack output launch_target" ] && cat {yard.target_file}', monkeypatch)
    for resolve in (resolve_target, resolve_target_for_plan):
        resolved = resolve(find_place("dev", None, project=project))
        assert (resolved.target, resolved.source) == (yard.target, "stack")
        assert resolved.note == "`pulumi stack output launch_target --stack dev`"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'error: no stack named dev found' >&2; exit 255", "says: no stack named dev found"),
        ("exit 1", "says: nothing"),
        ("echo '{}'", "gives no modelyard.target/1: Field required"),
        ("echo nonsense", "gives no modelyard.target/1: Invalid JSON"),
    ],
)
def test_what_pulumi_says_stands_behind_what_the_store_said(
    project: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    away(monkeypatch)
    pulumi(project, script, monkeypatch)
    with pytest.raises(SurroundingsError, match=r"127\.0\.0\.1:9") as raised:
        resolve_target(find_place("dev", None, project=project))
    assert f"`pulumi stack output launch_target --stack dev` {said}" in raised.value.message


def test_without_pulumi_nobody_is_asked(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert ask_pulumi(project, "dev") is None


def test_outside_of_a_project_nobody_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pulumi(tmp_path, "exit 1", monkeypatch)
    assert ask_pulumi(tmp_path, "dev") is None
