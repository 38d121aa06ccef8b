"""The environment azure-dev up in a sandbox that runs its jobs and serves its blobs, and jobs for it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from patience import GONE_SECONDS, eventually
from previewing import ROOT

from modelyard.environment.load import load_environment
from modelyard.outputs.azure import AzureLaunchTarget
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.backends import LaunchContext
from modelyard_launcher.backends.azure_ml.backend import AzureMlBackend
from modelyard_launcher.load import load_job
from modelyard_launcher.records import RunRecord
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.target import find_place, resolve_target
from modelyard_sandbox.environments import account_of, up
from modelyard_sandbox.sandbox import Sandbox

ENVIRONMENT = "azure-dev"
REGISTRIES = "2025-04-01"
MODELYARD = [sys.executable, "-m", "modelyard_cli.main"]
WORKLOADS = ROOT / "workloads"

CHEAP_POOL = {
    "name": "cheap",
    "instance_type": "Standard_D16ds_v5",
    "max_nodes": 2,
    "max_nodes_per_job": 2,
    "capacity": {"mode": "spot"},
}
"""Machines without a GPU that Azure may take back; the environment as shipped has only such with one."""


@dataclass
class AzureDev:
    """The environment, and the project that jobs are submitted from."""

    sandbox: Sandbox
    project: Path
    resolved: ResolvedTarget
    access: AzureAccess
    variables: dict[str, str]
    """With which a process finds the sandbox."""

    @classmethod
    def up_in(cls, sandbox: Sandbox, project: Path) -> AzureDev:
        """Bring it up in a sandbox that serves blobs; no engine is asked."""
        stacks = project / "stacks"
        stacks.mkdir()
        shutil.copy(ROOT / "Pulumi.yaml", project)
        shutil.copy(ROOT / "stacks" / "__main__.py", stacks)
        document = yaml.safe_load((ROOT / "stacks" / f"Pulumi.{ENVIRONMENT}.yaml").read_text())
        document["config"]["modelyard:environment"]["compute"].append(CHEAP_POOL)
        (stacks / f"Pulumi.{ENVIRONMENT}.yaml").write_text(yaml.safe_dump(document))
        environment = load_environment(ENVIRONMENT, root=project)
        up(environment, sandbox, program=stacks / "__main__.py")
        place = find_place(ENVIRONMENT, None, project=project)
        assert isinstance(place.access, AzureAccess)
        variables = sandbox.variables_of(account_of(environment))
        return cls(sandbox, project, resolve_target(place), place.access, variables)

    @property
    def target(self) -> AzureLaunchTarget:
        target = self.resolved.target
        assert isinstance(target, AzureLaunchTarget)
        return target

    @property
    def store(self) -> Any:
        return self._context.runs.store

    @property
    def _context(self) -> LaunchContext:
        return LaunchContext(self.project, self.access, self.target.stores.checkpoints.uri)

    def backend(self) -> AzureMlBackend:
        return AzureMlBackend(self._context, look_up_seconds=0.5)

    def import_image(self, name: str) -> None:
        """Have the registry copy an image, as `az acr import` does."""
        registry = self.target.registry.partition(".")[0]
        found = self.access.arm().pages(
            f"/subscriptions/{self.target.subscription_id}/resourceGroups/{self.target.resource_group}"
            "/providers/Microsoft.ContainerRegistry/registries",
            REGISTRIES,
        )
        (id_,) = [each["id"] for each in found if each["name"].lower() == registry]
        source = {"registryUri": "docker.io", "sourceImage": f"library/{name}"}
        self.access.arm().post(
            f"{id_}/importImage", REGISTRIES, {"source": source, "targetTags": [name], "mode": "Force"}
        )

    def prepare_dataset(self) -> None:
        """Write the digits into the environment's own container."""
        subprocess.run(
            [sys.executable, str(WORKLOADS / "cnn" / "prepare_dataset.py"), self.target.stores.datasets.uri],
            env={**os.environ, **self.variables},
            check=True,
            capture_output=True,
        )

    def job(self, workload: str, sizes: str, envs: dict[str, str], **fields: Any) -> Path:
        """The job's file of a workload, in a copy of its directory; options behind its own count."""
        directory = self.project / f"{workload}-{uuid.uuid4().hex[:8]}"
        shutil.copytree(WORKLOADS / workload, directory, ignore=shutil.ignore_patterns("__pycache__"))
        path = directory / "job.yaml"
        document = yaml.safe_load(path.read_text())
        document["run"] += f" {sizes}"
        document["envs"] |= {"OMP_NUM_THREADS": "1", **envs}
        document["resources"] |= fields.pop("resources", {})
        path.write_text(yaml.safe_dump({**document, **fields}))
        return path

    def submit(self, job: Path) -> RunRecord:
        """Submit a job, and let it run."""
        backend = self.backend()
        plan = backend.plan(load_job(job), self.resolved)
        return backend.submit(plan, detach=True, on_line=lambda *_: None, on_event=lambda _: None)

    def again(self, record: RunRecord) -> RunRecord:
        """Submit a run once more, and let it run."""
        return self.backend().resubmit(
            record, self.resolved, detach=True, on_line=lambda *_: None, on_event=lambda _: None
        )

    def over(self, record: RunRecord) -> RunRecord:
        """A run's last record, once it is over."""
        backend = self.backend()

        def ended() -> RunRecord | None:
            found = backend.refresh(record)
            return found if found.finished else None

        return eventually(ended)

    def command(self, *arguments: str) -> list[str]:
        """A `modelyard job` command for the environment."""
        return [*MODELYARD, "job", *arguments, "--env", ENVIRONMENT]

    def record(self, run_id: str) -> RunRecord:
        """A run's record as it is written."""
        return RunRecord.model_validate(self.stored(f"runs/{run_id}/run.json"))

    def stored(self, key: str) -> Any:
        """A document in the checkpoint store."""
        content = self.store.get(key)
        assert content is not None, key
        return json.loads(content)

    def lines(self, record: RunRecord, rank: int = 0) -> list[str]:
        """What a rank has written in all its attempts."""
        return self.backend().read_log(record, rank).data.decode().splitlines()

    def metrics(self, record: RunRecord) -> list[dict[str, Any]]:
        """The first node's metrics."""
        content: bytes = self.store.get(f"runs/{record.run_id}/metrics/0.jsonl")
        return [json.loads(line) for line in content.splitlines()]

    def newest_checkpoint(self, run_id: str) -> int:
        """Step of the newest checkpoint that is whole; 0 if there is none."""
        keys = self.store.keys(f"checkpoints/{run_id}/")
        found = [re.fullmatch(r".+/step-(\d+)/manifest\.json", key) for key in keys]
        return max((int(each[1]) for each in found if each), default=0)

    def processes(self) -> dict[int, str]:
        """Every process of its nodes, with its command line: all are told where this sandbox's blobs are."""
        told = f"MODELYARD_BLOB_ENDPOINT={self.access.blob_root}\0".encode()
        found: dict[int, str] = {}
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and told in (entry / "environ").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
        return found

    def runtime_of(self, rank: int) -> int:
        """The process of a node's runtime: that which has started its program."""
        for pid, line in self.processes().items():
            program = Path(f"/proc/{pid}/environ").read_bytes()
            if "train.py" in line and f"NODE_RANK={rank}\0".encode() in program:
                while "runtime.pyz" not in (line := _command(pid)):
                    assert pid > 1, line
                    pid = _parent(pid)
                return pid
        raise AssertionError(self.processes())

    def leave_nothing(self) -> None:
        """No process of its jobs is left, or will be in a moment."""
        try:
            eventually(lambda: not self.processes(), GONE_SECONDS)
        finally:
            for pid in self.processes():
                os.kill(pid, 9)


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
