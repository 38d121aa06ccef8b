"""The doctor: what it finds missing, and what it says to do about it."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from previewing import ROOT

from modelyard.errors import SurroundingsError
from modelyard_cli import doctor, extras
from modelyard_cli.extras import EXTRAS, require_extras
from modelyard_cli.main import run
from modelyard_cli.surroundings import surroundings_error

Answer = Callable[[], Any]


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def hide(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    """Make modules look as if they weren't installed."""
    find = extras.find_spec

    def without(name: str, package: str | None = None) -> Any:
        return None if name in modules else find(name, package)

    monkeypatch.setattr(extras, "find_spec", without)


def found(document: dict[str, Any], name: str) -> dict[str, Any]:
    [finding] = [each for each in document["findings"] if each["name"] == name]
    return finding


def test_a_machine_with_everything_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 0
    assert "MISSING" not in capsys.readouterr().out


def test_with_an_environment_its_account_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "dev"]) == 3
    out = capsys.readouterr().out
    assert "ok  environment dev: its file is in order" in out
    assert out.count("MISSING") == 1
    assert "MISSING  account 123456789012: there are no AWS credentials here" in out


@pytest.mark.parametrize("extra", EXTRAS, ids=lambda extra: extra.name)
def test_each_module_of_an_extra_is_missed(
    extra: Any, monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    for module in extra.modules:
        with monkeypatch.context() as patched:
            hide(patched, module)
            # What is for one cloud is told of, and missed by nobody who is on another.
            assert run(["doctor", "--format", "json"]) == (3 if extra.for_everybody else 0)
            document = answer()
        assert document["missing"] == ([f"extra {extra.name}"] if extra.for_everybody else [])
        finding = found(document, f"extra {extra.name}")
        assert finding["detail"] == f"without {module}"
        assert f"modelyard[{extra.name}]" in finding["mend"]
        assert finding["neededFor"]


def test_what_is_missing_stands_out_in_the_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hide(monkeypatch, "moto", "jax")
    assert run(["doctor"]) == 3
    lines = capsys.readouterr().out.splitlines()
    place = lines.index(" MISSING  extra sandbox: without moto")
    assert lines[place + 1] == "          needed for: sandbox and demo"
    assert lines[place + 2].startswith("          mend: python -m pip install 'modelyard[sandbox]'")


def test_pulumi_is_offered_and_not_required(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: Answer
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(["doctor", "--format", "json"]) == 0
    document = answer()
    assert found(document, "pulumi")["found"] is False
    assert "make engine" in found(document, "pulumi")["mend"]
    command = tmp_path / "pulumi"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    assert run(["doctor", "--format", "json"]) == 0
    assert found(answer(), "pulumi")["detail"] == str(command)


def test_a_full_disk_is_told_with_what_is_needed(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
    usage = type(shutil.disk_usage("."))(10 << 30, 10 << 30, 0)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage)
    assert run(["doctor", "--format", "json"]) == 3
    assert found(answer(), "free disk")["mend"].startswith("free 2 GiB")


def test_a_machine_without_loopback_is_told_so(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
    class NoSocket:
        def __enter__(self) -> NoSocket:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def bind(self, _: object) -> None:
            raise OSError("no such address here")

    monkeypatch.setattr(socket, "socket", NoSocket)
    assert run(["doctor", "--format", "json"]) == 3
    assert found(answer(), "loopback")["detail"] == "no such address here"


def test_the_findings_are_shown_before_a_file_that_is_not_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.yaml").write_text("cloud: aws\n")
    assert run(["doctor", str(tmp_path / "mine.yaml")]) == 2
    out, err = capsys.readouterr()
    assert "ok  loopback" in out
    assert "name is missing" in err


def test_the_demo_asks_for_all_extras_before_it_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hide(monkeypatch, "keras", "sklearn")
    with pytest.raises(SurroundingsError, match="the extra `workloads` isn't installed: keras, sklearn"):
        require_extras()
    assert run(["demo"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "modelyard[workloads]" in err


def test_the_demo_on_azure_asks_for_its_extra_and_for_node_before_it_begins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hide(monkeypatch, "azure.storage.blob")
    require_extras("aws")
    assert run(["demo", "--cloud", "azure"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "the extra `azure` isn't installed: azure.storage.blob" in err
    monkeypatch.undo()
    monkeypatch.setenv("PATH", "/nowhere")
    assert run(["demo", "--cloud", "azure"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "Node.js isn't on PATH" in err


@pytest.mark.parametrize("module", ["azure", "azure.identity", "azure.storage", "pulumi_azure_native"])
def test_a_module_that_an_extra_brings_is_no_fault_of_modelyards(module: str) -> None:
    error = surroundings_error(ModuleNotFoundError(f"No module named {module!r}", name=module))
    assert error is not None
    assert error.message == f"{module} isn't installed: it comes with the extra `azure`"
    assert "modelyard[azure]" in error.mend


@pytest.mark.parametrize("module", [None, "modelyard_cli.gone", "azurelike", "pulumi"])
def test_any_other_module_is_one(module: str | None) -> None:
    assert surroundings_error(ModuleNotFoundError("gone", name=module)) is None
