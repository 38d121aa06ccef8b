"""`modelyard sandbox` with the environments on Azure, as people use it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modelyard_cli.main import run
from modelyard_sandbox.azurite import install
from modelyard_sandbox.azurite.install import OLDEST_NODE, installed, version
from modelyard_sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[3]
LOOPBACK = r"http://127\.0\.0\.1:\d+"


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A sandbox's directory of its own; whatever server the commands start there is ended."""
    monkeypatch.setenv("MODELYARD_SANDBOX_DIR", str(tmp_path / "sandbox"))
    monkeypatch.chdir(ROOT)
    yield tmp_path / "sandbox"
    Sandbox(tmp_path / "sandbox").stop()


@pytest.fixture
def without_azurite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that has Node.js, or what says it is, and no Azurite."""
    binaries = tmp_path / "bin"
    binaries.mkdir()
    node = binaries / "node"
    node.write_text(f"#!/bin/sh\necho v{OLDEST_NODE}.0.0\n")
    node.chmod(0o755)
    monkeypatch.setenv("PATH", str(binaries), prepend=":")
    monkeypatch.setenv(install.CACHE_VARIABLE, str(tmp_path / "none"))
    return node


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    """The JSON that a command writes."""
    assert run(["sandbox", *arguments, "--format", "json"]) == code
    return json.loads(capsys.readouterr().out)


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> list[str]:
    """The lines that a command writes."""
    assert run(["sandbox", *arguments]) == code
    return capsys.readouterr().out.splitlines()


@pytest.mark.usefixtures("without_azurite")
def test_azure_dev_comes_up_once_and_goes_down_to_nothing(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    up = said(capsys, "up", "azure-dev")
    assert (up["schema"], up["environment"], up["notes"]) == ("modelyard.sandbox/1", "azure-dev", [])
    assert up["created"] > 100
    assert json.loads(up["outputs"]["launch_target"])["schema"] == "modelyard.target/1"
    assert up["blobEndpoint"] is None

    again = told(capsys, "up", "azure-dev")
    assert re.fullmatch(rf"azure-dev is up in the sandbox at {LOOPBACK} \(\d+\.\d s\)", again[0])
    assert again[1] == f"  {up['created']} unchanged"

    status = said(capsys, "status")
    assert status["environments"] == [{"name": "azure-dev", "resources": up["created"]}]
    assert (status["azureEndpoint"], status["blobEndpoint"]) == (up["endpoint"], None)
    line = "  blobs of Azure's accounts: not served; `modelyard sandbox start` starts them"
    assert line in told(capsys, "status")

    down = said(capsys, "down", "azure-dev")
    assert (down["deleted"], down["remaining"], down["others"]) == (up["created"], [], [])
    assert any(
        re.match(r"the name of the key vault kv-\S+ stays taken until \d", said_)
        for said_ in down["leftovers"]
    )
    assert down["running"] is False
    assert Sandbox(directory).server() is None


@pytest.mark.usefixtures("without_azurite")
def test_what_azure_keeps_is_told_backups_with_what_ends_them(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    created = said(capsys, "up", "azure-prod")["created"]
    down = said(capsys, "down", "azure-prod", code=1)
    assert (down["deleted"], down["running"]) == (created - 2, True)
    vault, group = down["remaining"]
    assert vault.startswith("azure-native:dataprotection:BackupVault 'azure-prod-backup' (")
    kept = (
        "soft-deleted backup instances datasets.\n    mend: let the days pass that deleted backups are kept, as "
        "by `modelyard sandbox clock --forward 15d`, and then again"
    )
    assert vault.endswith(kept)
    assert group.startswith("azure-native:resources:ResourceGroup 'azure-prod-group' (")
    assert group.endswith(kept)
    told(capsys, "clock", "--forward", "15d")
    lines = told(capsys, "down", "azure-prod")
    assert lines[1] == "  checked by listing: nothing of it remains"
    own = "  Azure keeps: the resource group NetworkWatcherRG with the network watchers that Azure made is Azure's own"
    assert own in lines
    assert (
        lines[-1]
        == "  the server has ended, and with it what Azure would keep: every name is free here again"
    )
    assert Sandbox(directory).server() is None


@pytest.mark.usefixtures("directory", "without_azurite")
def test_env_names_the_subscription_and_the_sandbox_alone(capsys: pytest.CaptureFixture[str]) -> None:
    started = said(capsys, "start")
    variables = said(capsys, "env", "azure-dev")["variables"]
    assert variables["ARM_SUBSCRIPTION_ID"] == "1d3c8f52-7a40-4e6b-9c15-2f0b6a7d8e91"
    assert variables["ARM_TENANT_ID"] == "6f2a9c17-0b5d-4c38-8e7a-914d3b6c5f20"
    assert variables["MODELYARD_ARM_ENDPOINT"] == started["azureEndpoint"]
    assert variables["AWS_ENDPOINT_URL"] == started["endpoint"], "AWS is the sandbox's as well"
    assert "MODELYARD_BLOB_ENDPOINT" not in variables, "nobody serves them"
    assert variables.keys() >= {"MODELYARD_SANDBOX_DIR", "PULUMI_HOME", "PULUMI_BACKEND_URL", "NO_PROXY"}
    on_aws = said(capsys, "env", "dev")["variables"]
    assert on_aws["ARM_SUBSCRIPTION_ID"] == f"00000000-0000-0000-0000-{on_aws['AWS_ACCESS_KEY_ID'][-12:]}"


@pytest.mark.usefixtures("directory")
def test_start_serves_blobs_where_this_machine_can(capsys: pytest.CaptureFixture[str]) -> None:
    if installed() is None:
        pytest.skip("Azurite isn't installed here: `modelyard sandbox start --blobs` installs it")
    lines = told(capsys, "start")
    assert re.fullmatch(rf"  blobs of Azure's accounts: {LOOPBACK}", lines[2])
    started = said(capsys, "start")
    assert lines[2].endswith(started["blobEndpoint"])
    assert started["blobsMissing"] is None
    assert lines[2] in told(capsys, "status")
    assert said(capsys, "status")["blobEndpoint"] == started["blobEndpoint"]
    assert said(capsys, "env", "azure-dev")["variables"]["MODELYARD_BLOB_ENDPOINT"] == started["blobEndpoint"]


@pytest.mark.usefixtures("directory", "without_azurite")
def test_start_says_that_azurite_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    problem = f"Azurite {version()} isn't installed here: the sandbox goes on without blobs"
    mend = "`modelyard sandbox start --blobs` installs it: half a minute and 360 MB, once"
    assert told(capsys, "start")[2] == f"  no blobs of Azure's accounts: {problem}; mend: {mend}"
    started = said(capsys, "start")
    assert (started["blobEndpoint"], started["blobsMissing"]) == (None, {"problem": problem, "mend": mend})


@pytest.mark.usefixtures("directory")
def test_start_says_that_node_is_missing_or_too_old(
    without_azurite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    without_azurite.write_text("#!/bin/sh\necho v1.0.0\n")
    missing = said(capsys, "start")["blobsMissing"]
    assert missing == {
        "problem": f"{without_azurite} is v1.0.0, and Azurite {version()} needs v{OLDEST_NODE} or newer: the "
        "sandbox goes on without blobs",
        "mend": "install Node.js 22 or newer, and put it first on PATH",
    }
    assert run(["sandbox", "start", "--blobs"]) == 3, "asked for by itself it is an error"
    assert "needs v20 or newer: the sandbox goes on without blobs" in capsys.readouterr().err
