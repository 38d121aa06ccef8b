"""How fast the real engine brings `dev` up in a sandbox, and what a resource costs there.

Needs the engine (`make engine`). Run with the environment's own Python from the project's directory:
`python benchmarks/pulumi_up.py`.
"""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from modelyard_sandbox.pulumi_home import pulumi_environment
from modelyard_sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[1]
ACCOUNT, REGION = "123456789012", "eu-central-1"
UP_TARGET_SECONDS = 20
RESOURCE_TARGET_MILLISECONDS = 60
STACK = ("--stack", "dev", "--non-interactive")


def engine_directory() -> Path:
    """Where `pulumi` is; leaves with a message if it is nowhere."""
    found = runpy.run_path(str(ROOT / "tools" / "pulumi" / "build.py"))["find_bin_directory"]()
    if found is None:
        sys.exit("there is no Pulumi engine: install pulumi, or build it with `make engine`")
    return Path(found)


def project_in(directory: Path) -> Path:
    """A copy of the project: the engine writes into a stack's file."""
    project = directory / "project"
    shutil.copytree(ROOT / "stacks", project / "stacks")
    shutil.copy(ROOT / "Pulumi.yaml", project)
    (project / ".venv").symlink_to(ROOT / ".venv")
    return project


def seconds(environment: dict[str, str], project: Path, *arguments: str) -> float:
    """What `pulumi ARGUMENTS` takes from start to exit."""
    started = time.perf_counter()
    subprocess.run(
        ["pulumi", *arguments, *STACK], cwd=project, env=environment, check=True, capture_output=True
    )
    return time.perf_counter() - started


def resources_in(sandbox: Sandbox) -> int:
    """How many resources of the cloud the stack holds, by the engine's own state."""
    (state,) = (sandbox.directory / "pulumi-state").rglob("stacks/**/dev.json")
    resources = json.loads(state.read_text())["checkpoint"]["latest"]["resources"]
    return sum(resource["type"].startswith("aws:") for resource in resources)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        project, sandbox = project_in(directory), Sandbox(directory / "sandbox")
        sandbox.start(lifeline=True)
        tools = [str(engine_directory()), str(Path(sys.executable).parent), os.environ["PATH"]]
        path = os.pathsep.join(tools)
        environment = {**os.environ, **pulumi_environment(sandbox, ACCOUNT, REGION), "PATH": path}
        seconds(environment, project, "stack", "init")
        up = seconds(environment, project, "up", "--yes")
        resources = resources_in(sandbox)
        print(f"pulumi up dev, with its preview: {up:.1f} s (target {UP_TARGET_SECONDS} s)")
        same = seconds(environment, project, "up", "--yes", "--skip-preview")
        print(f"pulumi up without a change:      {same:.1f} s")
        print(f"pulumi refresh:                  {seconds(environment, project, 'refresh', '--yes'):.1f} s")
        gone = seconds(environment, project, "destroy", "--yes", "--skip-preview")
        print(f"pulumi destroy:                  {gone:.1f} s")
        whole = seconds(environment, project, "up", "--yes", "--skip-preview")
        print(
            f"{resources} resources: {(whole - same) / resources * 1_000:.0f} ms each, above an `up` that "
            f"changes nothing (target {RESOURCE_TARGET_MILLISECONDS} ms)"
        )
        sandbox.stop()


if __name__ == "__main__":
    main()
