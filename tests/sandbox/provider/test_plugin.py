"""The provider's process and the Pulumi home that it is installed in."""

from __future__ import annotations

import importlib.metadata
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from patience import PATIENCE_SECONDS
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from modelyard.errors import SurroundingsError
from modelyard_sandbox.pulumi_home import pulumi_environment
from modelyard_sandbox.sandbox import Sandbox

VERSION = importlib.metadata.version("pulumi-aws")


@pytest.fixture
def variables(sandbox: Sandbox, account_id: str) -> dict[str, str]:
    return pulumi_environment(sandbox, account_id, "eu-central-1")


@pytest.fixture
def plugin(variables: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The installed plugin, started as the engine does, in a folder that shadows a module of ours."""
    (tmp_path / "modelyard_sandbox").mkdir()
    home = Path(variables["PULUMI_HOME"])
    executable = home / "plugins" / f"resource-aws-v{VERSION}" / "pulumi-resource-aws"
    with subprocess.Popen(
        [executable, "127.0.0.1:1"],
        cwd=tmp_path,
        env={**variables, "PATH": os.environ["PATH"]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def test_the_plugin_serves_the_version_of_the_sdk_and_leaves_with_the_engine(
    plugin: subprocess.Popen[str],
) -> None:
    assert plugin.stdin is not None
    assert plugin.stdout is not None
    port = int(plugin.stdout.readline())
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        assert ResourceProviderStub(channel).GetPluginInfo(Empty()).version == VERSION
    plugin.stdin.close()  # as the system does for an engine that is killed
    assert plugin.wait(PATIENCE_SECONDS) == 0


def test_the_plugin_leaves_quietly_when_it_is_interrupted(plugin: subprocess.Popen[str]) -> None:
    assert plugin.stdout is not None
    assert plugin.stdout.readline()
    plugin.send_signal(signal.SIGINT)
    assert plugin.wait(PATIENCE_SECONDS) == 0


def test_all_that_pulumi_writes_stays_in_the_sandboxs_directory(
    sandbox: Sandbox, variables: dict[str, str], account_id: str
) -> None:
    directory = str(sandbox.directory)
    assert variables["PULUMI_HOME"] == f"{directory}/pulumi-home"
    assert variables["PULUMI_BACKEND_URL"] == f"file://{directory}/pulumi-state"
    assert variables["MODELYARD_SANDBOX_DIR"] == directory
    assert variables["AWS_ENDPOINT_URL"] == sandbox.endpoint
    assert account_id in variables["AWS_ACCESS_KEY_ID"]
    assert {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_SKIP_UPDATE_CHECK"} <= variables.keys()
    assert variables["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "true"
    for name in ("pulumi-home", "pulumi-state"):
        assert (sandbox.directory / name).stat().st_mode & 0o077 == 0


def test_a_sandbox_that_does_not_run_has_no_environment(tmp_path: Path) -> None:
    with pytest.raises(SurroundingsError, match="no sandbox runs in"):
        pulumi_environment(Sandbox(tmp_path), "123456789012", "eu-central-1")
    assert list(tmp_path.iterdir()) == []


def test_the_plugin_starts_without_the_sdk_which_others_can_still_import() -> None:
    program = (
        "import json, sys\n"
        "from modelyard_sandbox.provider import plugin, messages\n"
        "before = 'pulumi' in sys.modules\n"
        "import pulumi\n"
        "from pulumi.runtime.proto import provider_pb2\n"
        "print(json.dumps([before, messages.pb is provider_pb2, pulumi.Output.__name__]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [False, True, "Output"]
