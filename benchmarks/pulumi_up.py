"""How fast the real engine brings stacks up in a sandbox, and what a resource costs there.

Needs the engine (`make engine`). Run with the environment's own Python from the project's directory:
`python benchmarks/pulumi_up.py`, or with the names of stacks behind it; without one, `dev` and `azure-dev`.
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

from modelyard.environment import load_environment
from modelyard.environment.only import is_aws
from modelyard_sandbox.clouds import Account
from modelyard_sandbox.pulumi_home import environment_of
from modelyard_sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[1]
UP_TARGET_SECONDS = 20
RESOURCE_TARGET_MILLISECONDS = 60
STACKS = ("dev", "azure-dev")


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


def account_of(stack: str) -> Account:
    """The account or subscription that a stack is for, and its region."""
    environment = load_environment(stack, root=ROOT)
    if is_aws(environment):
        return Account("aws", environment.account_id, environment.regions.primary)
    return Account("azure", environment.subscription_id, environment.regions.primary)


def resources_in(sandbox: Sandbox, stack: str) -> int:
    """How many resources of the cloud the stack holds, by the engine's own state."""
    (state,) = (sandbox.directory / "pulumi-state").rglob(f"stacks/**/{stack}.json")
    resources = json.loads(state.read_text())["checkpoint"]["latest"]["resources"]
    return sum(resource["type"].startswith(("aws:", "azure-native:")) for resource in resources)


def measure(stack: str, directory: Path) -> None:
    """Preview a stack, bring it up, leave it as it is, refresh it, destroy it."""
    project, sandbox = project_in(directory), Sandbox(directory / "sandbox")
    sandbox.start(lifeline=True)
    tools = [str(engine_directory()), str(Path(sys.executable).parent), os.environ["PATH"]]
    path = os.pathsep.join(tools)
    environment = {**os.environ, **environment_of(sandbox, account_of(stack)), "PATH": path}

    def seconds(*arguments: str) -> float:
        """What `pulumi ARGUMENTS` takes from start to exit."""
        command = ["pulumi", *arguments, "--stack", stack, "--non-interactive"]
        started = time.perf_counter()
        subprocess.run(command, cwd=project, env=environment, check=True, capture_output=True)
        return time.perf_counter() - started

    seconds("stack", "init")
    preview, up = seconds("preview"), seconds("up", "--yes", "--skip-preview")
    same = seconds("up", "--yes", "--skip-preview")
    resources = resources_in(sandbox, stack)
    each = (up - same) / resources * 1_000
    print(f"{stack}: {resources} resources")
    print(f"  pulumi preview:             {preview:.1f} s")
    print(f"  pulumi up after a preview:  {up:.1f} s (target for both {UP_TARGET_SECONDS} s)")
    print(f"  pulumi up without a change: {same:.1f} s")
    print(f"  a resource, above that:     {each:.0f} ms (target {RESOURCE_TARGET_MILLISECONDS} ms)")
    print(f"  pulumi refresh:             {seconds('refresh', '--yes'):.1f} s")
    print(f"  pulumi destroy:             {seconds('destroy', '--yes', '--skip-preview'):.1f} s")
    sandbox.stop()


def main() -> None:
    for stack in sys.argv[1:] or STACKS:
        with tempfile.TemporaryDirectory() as name:
            measure(stack, Path(name))


if __name__ == "__main__":
    main()
