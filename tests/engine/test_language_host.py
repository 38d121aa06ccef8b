"""The language host under the real engine: programs run, say what went wrong, and end with it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from patience import GONE_SECONDS, PATIENCE_SECONDS, eventually

if TYPE_CHECKING:
    from conftest import Engine

STORE = """
import pulumi
import pulumi_aws as aws

class Store(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("tiny:index:Store", name)
        child = pulumi.ResourceOptions(parent=self)
        bucket = aws.s3.Bucket(f"{name}-data", bucket="the-data", tags={"owner": owner}, opts=child)
        policy = bucket.arn.apply(str.upper)
        aws.s3.BucketPolicy(f"{name}-policy", bucket=bucket.id, policy=policy, opts=child)

owner = pulumi.Config().require("owner")
Store("store")
"""


def project(directory: Path, program: str, runtime: str = "python") -> Path:
    """A Pulumi project called tiny."""
    directory.mkdir(exist_ok=True)
    (directory / "Pulumi.yaml").write_text(f"name: tiny\nruntime: {runtime}\n")
    (directory / "__main__.py").write_text(program)
    return directory


def descendants(pid: int) -> set[int]:
    """The processes below one, itself included, without the dead that nobody has waited for."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    )
    parents = {
        int(process): int(parent)
        for process, parent, state in (line.split() for line in listed.stdout.splitlines())
        if not state.startswith("Z")
    }
    found = {pid}
    while below := {process for process, parent in parents.items() if parent in found} - found:
        found |= below
    return found


def alive(pids: set[int]) -> set[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,stat="], capture_output=True, text=True, check=True)
    return pids & {
        int(pid) for pid, state in map(str.split, listed.stdout.splitlines()) if not state.startswith("Z")
    }


def test_a_preview_gives_the_graph_that_the_program_described(engine: Engine, tmp_path: Path) -> None:
    tiny = project(tmp_path / "tiny", STORE)
    (tiny / "Pulumi.dev.yaml").write_text("config:\n  tiny:owner: vision\n")
    preview = engine.preview(tiny, "dev")
    steps = {step["urn"]: step["newState"] for step in preview["steps"]}
    root = "urn:pulumi:dev::tiny::"
    bucket = f"{root}tiny:index:Store$aws:s3/bucket:Bucket::store-data"
    policy = f"{root}tiny:index:Store$aws:s3/bucketPolicy:BucketPolicy::store-policy"
    assert set(steps) == {
        f"{root}pulumi:pulumi:Stack::tiny-dev",
        f"{root}tiny:index:Store::store",
        bucket,
        policy,
    }
    # Just what the program said: no names, tags or defaults of a provider.
    assert steps[bucket]["inputs"] == {"bucket": "the-data", "tags": {"owner": "vision"}}
    assert steps[policy]["dependencies"] == [bucket]
    assert steps[bucket]["sourcePosition"] == "project:///__main__.py#9"
    assert "diagnostics" not in preview


def test_the_echo_provider_creates_nothing(engine: Engine, tmp_path: Path) -> None:
    tiny = project(tmp_path / "tiny", "import pulumi_aws\npulumi_aws.s3.Bucket('data')\n")
    engine.run(["stack", "init", "dev"], tiny)
    done = engine.run(["up", "--yes", "--skip-preview", "--stack", "dev"], tiny)
    assert done.returncode != 0
    assert (
        "the echo provider of aws is for previews of resources only: it can't create urn:pulumi:dev::"
        in done.stdout
    )


def test_a_program_that_raises_shows_its_own_traceback(engine: Engine, tmp_path: Path) -> None:
    program = "def wire():\n    raise ValueError('subnet 7 is too small')\n\nwire()\n"
    tiny = project(tmp_path / "tiny", program)
    engine.run(["stack", "init", "dev"], tiny)
    done = engine.run(["preview", "--stack", "dev"], tiny)
    assert done.returncode != 0
    assert f'File "{tiny}/__main__.py", line 2, in wire' in done.stdout
    assert "ValueError: subnet 7 is too small" in done.stdout
    # The host's own end, and the engine's patience with it, leave no trace.
    assert "pulumi-language-python" not in done.stdout + done.stderr


def test_an_exit_status_of_the_program_is_told(engine: Engine, tmp_path: Path) -> None:
    tiny = project(tmp_path / "tiny", "import os\nos._exit(7)\n")
    engine.run(["stack", "init", "dev"], tiny)
    done = engine.run(["preview", "--stack", "dev"], tiny)
    assert done.returncode != 0
    assert "the program ended with exit status 7" in done.stdout


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_engine_that_is_ended_leaves_no_process(
    engine: Engine, tmp_path: Path, how: signal.Signals
) -> None:
    program = (
        "import pathlib, subprocess, time\n"
        "subprocess.Popen(['sleep', '600'])\n"
        "pathlib.Path('started').touch()\n"
        "time.sleep(600)\n"
    )
    tiny = project(tmp_path / "tiny", program)
    engine.run(["stack", "init", "dev"], tiny)
    process = engine.start(["preview", "--stack", "dev"], tiny)
    eventually((tiny / "started").exists)
    started = descendants(process.pid)
    assert len(started) >= 4, "the engine, the host, the program and its own child"
    process.send_signal(how)
    stdout, stderr = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode != 0
    assert "Traceback" not in stdout + stderr
    eventually(lambda: not alive(started), GONE_SECONDS)


def own_host(engine: Engine) -> None:
    if not (engine.command.parents[1] / "language_host").is_dir():
        pytest.skip("this machine's engine comes with Pulumi's own language host")


def test_the_virtualenv_of_a_project_runs_its_programs(engine: Engine, tmp_path: Path) -> None:
    own_host(engine)
    python = tmp_path / "tiny" / "env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nRUN_BY="$0" exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    program = (
        "import os, pulumi\nclass Ran(pulumi.ComponentResource): pass\nRan('a:b:c', os.environ['RUN_BY'])\n"
    )
    tiny = project(tmp_path / "tiny", program, "{name: python, options: {virtualenv: env}}")
    urns = [step["urn"] for step in engine.preview(tiny, "dev")["steps"]]
    assert f"urn:pulumi:dev::tiny::a:b:c::{python}" in urns


def test_a_virtualenv_that_is_missing_is_named(engine: Engine, tmp_path: Path) -> None:
    own_host(engine)
    tiny = project(tmp_path / "tiny", "", "{name: python, options: {virtualenv: env}}")
    engine.run(["stack", "init", "dev"], tiny)
    done = engine.run(["preview", "--stack", "dev"], tiny)
    assert done.returncode != 0
    missing = os.path.join(tiny, "env", "bin", "python")  # noqa: PTH118
    assert f"the runtime option virtualenv is env, but there is no {missing}" in done.stdout + done.stderr


def test_a_plugin_written_in_python_is_run(engine: Engine, tmp_path: Path) -> None:
    plugin = tmp_path / "plugin"
    plugin.mkdir()
    (plugin / "PulumiPlugin.yaml").write_text("runtime: python\n")
    (plugin / "requirements.txt").write_text("pulumi\n")
    (plugin / "__main__.py").write_text(
        "from typing import TypedDict\n"
        "import pulumi\n"
        "from pulumi.provider.experimental import component_provider_host\n"
        "class RackArgs(TypedDict):\n"
        "    nodes: pulumi.Input[int]\n"
        "class Rack(pulumi.ComponentResource):\n"
        "    def __init__(self, name: str, args: RackArgs, opts: pulumi.ResourceOptions | None = None):\n"
        "        super().__init__('yard:index:Rack', name, {}, opts)\n"
        "component_provider_host(name='yard', components=[Rack])\n"
    )
    done = engine.run(["package", "get-schema", "./plugin"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert '"yard:index:Rack"' in done.stdout


def test_a_policy_pack_stops_what_it_forbids_and_nothing_else(engine: Engine, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\n")
    shutil.copyfile(Path(__file__).with_name("one_rule_pack.py"), pack / "__main__.py")
    program = "import os, pulumi_aws\npulumi_aws.s3.Bucket('data', bucket=os.environ['BUCKET'])\n"
    tiny = project(tmp_path / "tiny", program)
    engine.run(["stack", "init", "dev"], tiny)
    preview = ["preview", "--stack", "dev", "--policy-pack", str(pack)]
    allowed = engine.run(preview, tiny, {"BUCKET": "private"})
    assert allowed.returncode == 0, allowed.stdout
    refused = engine.run(preview, tiny, {"BUCKET": "public"})
    assert refused.returncode != 0
    assert "[mandatory]  no-public-name  (aws:s3:Bucket: data)" in refused.stdout
    assert "a bucket is called public" in refused.stdout
