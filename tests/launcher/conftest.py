"""What the launcher's tests share: a project, targets on real stores, jobs, and a look at the processes that run."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from blob_fixtures import ServedBlobs, served_blobs
from patience import PATIENCE_SECONDS
from s3_server import serving_s3

from modelyard.outputs import LaunchTarget
from modelyard_cli.main import run
from modelyard_launcher.access import S3Access
from modelyard_launcher.backends import LaunchContext
from modelyard_launcher.backends.local.backend import LocalBackend
from modelyard_launcher.load import LoadedJob, load_job
from modelyard_launcher.records import RunRecord
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.stores import Access

__all__ = ["served_blobs"]

ACCOUNT_ID = "123456789012"
REGION = "eu-central-1"
MODELYARD = [sys.executable, "-m", "modelyard_cli.main"]


def pool(name: str = "cpu", **changes: object) -> dict[str, Any]:
    """A pool of a target."""
    return {
        "name": name,
        "queue_arn": f"arn:aws:batch:{REGION}:{ACCOUNT_ID}:job-queue/{name}",
        "instance_type": "c7i.4xlarge",
        "accelerator": None,
        "accelerators_per_node": 0,
        "vcpus": 16,
        "memory_mib": 32_768,
        "max_nodes": 4,
        "max_nodes_per_job": 4,
        "capacity": "on_demand",
        "fabric": {"efa_interfaces": 0, "environment": {}},
        **changes,
    }


GPU_POOL = pool(
    "h100",
    instance_type="p5.48xlarge",
    accelerator="H100",
    accelerators_per_node=8,
    vcpus=192,
    memory_mib=2_097_152,
    fabric={"efa_interfaces": 32, "environment": {"FI_PROVIDER": "efa"}},
)


def target_document(datasets: str, checkpoints: str, *pools: dict[str, Any]) -> dict[str, Any]:
    """A modelyard.target/1."""
    return {
        "schema": "modelyard.target/1",
        "environment": "dev",
        "cloud": "aws",
        "account_id": ACCOUNT_ID,
        "region": REGION,
        "stores": {
            "datasets": {"uri": datasets, "region": REGION},
            "checkpoints": {"uri": checkpoints, "region": REGION},
        },
        "registry": {"repository_url": f"{ACCOUNT_ID}.dkr.ecr.{REGION}.amazonaws.com/dev"},
        "roles": {
            "job_role_arn": "arn:aws:iam::1:role/job",
            "execution_role_arn": "arn:aws:iam::1:role/execution",
        },
        "log_group": "/modelyard/dev/jobs",
        "pools": list(pools or (pool(),)),
    }


@dataclass
class Yard:
    """A project with a target, in which jobs are written, planned and run."""

    project: Path
    target: LaunchTarget
    access: Access
    marker: str = field(default_factory=lambda: uuid.uuid4().hex)
    """In the environment of every process that a job of this yard starts."""

    @property
    def target_file(self) -> Path:
        path = self.project / "target.json"
        path.write_text(self.target.model_dump_json(by_alias=True))
        return path

    def backend(self, grace_seconds: float = 5.0) -> LocalBackend:
        context = LaunchContext(self.project, self.access, self.target.stores.checkpoints.uri)
        return LocalBackend(context, grace_seconds=grace_seconds)

    def write_job(self, run: str, **fields: object) -> Path:
        path = self.project / "job.yaml"
        envs = {"MARKER": self.marker, **fields.pop("envs", {})}  # type: ignore[dict-item]
        path.write_text(yaml.safe_dump({"name": "try", "run": run, "envs": envs, **fields}))
        return path

    def load(self, run: str, **fields: object) -> LoadedJob:
        return load_job(self.write_job(run, **fields))

    def resolved(self) -> ResolvedTarget:
        return ResolvedTarget(self.target, "file", "the file target.json")

    def run(self, run: str, *, grace_seconds: float = 5.0, **fields: object) -> tuple[RunRecord, list[str]]:
        """Run a job to its end; its record, and its lines with the rank in front."""
        lines: list[str] = []
        backend = self.backend(grace_seconds)
        record = backend.submit(
            backend.plan(self.load(run, **fields), self.resolved()),
            detach=False,
            on_line=lambda rank, line: lines.append(f"[{rank}] {line}"),
            on_event=lambda _: None,
        )
        return record, lines

    def start(self, run: str, *arguments: str, **fields: object) -> subprocess.Popen[str]:
        """Submit a job by the command line, as a process."""
        return subprocess.Popen(
            [*MODELYARD, "job", "submit", str(self.write_job(run, **fields)), *self.here, *arguments],
            cwd=self.project,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def start_job(self, job: Path) -> subprocess.Popen[str]:
        """Submit a job's file by the command line, as a process."""
        return subprocess.Popen(
            [*MODELYARD, "job", "submit", str(job), *self.here],
            cwd=self.project,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )

    def modelyard(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """A command, to its end."""
        return subprocess.run(
            [*MODELYARD, *arguments],
            cwd=self.project,
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def job(self, *arguments: str) -> Any:
        """The JSON that a `modelyard job` command writes."""
        out = io.StringIO()
        with contextlib.chdir(self.project), contextlib.redirect_stdout(out):
            assert run(["job", *arguments, *self.where, "--format", "json"]) == 0, arguments
        return json.loads(out.getvalue())

    @property
    def where(self) -> list[str]:
        return ["--target", str(self.target_file)]

    @property
    def here(self) -> list[str]:
        """The same, for commands that may go to the cloud's own backend."""
        return [*self.where, "--backend", "local"]

    def processes(self) -> dict[int, str]:
        """Every process that carries this yard's marker, with its command line."""
        found: dict[int, str] = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if f"MARKER={self.marker}".encode() in (entry / "environ").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
        return found

    def runtimes(self) -> dict[int, str]:
        """The runtimes of the nodes of this yard's runs, with their command lines."""
        found: dict[int, str] = {}
        scratch = f"MODELYARD_NOTICES={self.project}/".encode()
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and scratch in (entry / "environ").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
        return {pid: command for pid, command in found.items() if "guard.py" not in command}

    def runtime_of(self, rank: int) -> int:
        """The process of a node's runtime."""
        for pid, command in self.runtimes().items():
            environ = Path(f"/proc/{pid}/environ").read_bytes()
            if "runtime.pyz" in command and f"NODE_RANK={rank}".encode() in environ:
                return pid
        raise AssertionError(f"no runtime of rank {rank} in {self.runtimes()}")

    def attempts(self, run_id: str) -> Path:
        """Where a run's attempts lie."""
        return self.project / "checkpoints" / "runs" / run_id / "attempts"

    def stored(self, key: str) -> bytes:
        content = self.backend()._context.runs.store.get(key)
        assert content is not None, key
        return content


@pytest.fixture(autouse=True)
def no_aws_of_ones_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("AWS_", "MODELYARD_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    """A project whose stores are directories."""
    document = target_document(f"file://{tmp_path}/datasets", f"file://{tmp_path}/checkpoints")
    made = Yard(tmp_path, LaunchTarget.model_validate(document), S3Access("aws", REGION))
    yield made
    left = made.processes()
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not left, "processes were left behind"


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """A real server of S3's protocol on this machine."""
    with serving_s3() as endpoint:
        yield endpoint


@pytest.fixture
def unused_port() -> Iterator[int]:
    """A port that nothing listens at, and that is given to nobody else meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture
def s3_access(s3_endpoint: str) -> S3Access:
    keys = {
        "AWS_ACCESS_KEY_ID": f"AKIASAND{ACCOUNT_ID}",
        "AWS_SECRET_ACCESS_KEY": "sandbox-only-not-a-secret",
    }
    return S3Access("sandbox", REGION, s3_endpoint, keys)


@pytest.fixture
def s3_client(s3_access: S3Access) -> Any:
    return boto3.client(
        "s3",
        region_name=REGION,
        endpoint_url=s3_access.endpoint_url,
        aws_access_key_id=s3_access.credentials["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=s3_access.credentials["AWS_SECRET_ACCESS_KEY"],
    )


@pytest.fixture
def s3_yard(tmp_path: Path, s3_access: S3Access, s3_client: Any) -> Iterator[Yard]:
    """A project whose stores are buckets, and which a sandbox's record leads to."""
    names = [f"{purpose}-{uuid.uuid4().hex}" for purpose in ("datasets", "checkpoints")]
    for name in names:
        s3_client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    record = tmp_path / ".modelyard" / "sandbox" / "server.json"
    record.parent.mkdir(parents=True)
    assert s3_access.endpoint_url is not None
    port = int(s3_access.endpoint_url.rpartition(":")[2])
    record.write_text(json.dumps({"pid": os.getpid(), "started": "1", "port": port}))
    document = target_document(*(f"s3://{name}" for name in names))
    made = Yard(tmp_path, LaunchTarget.model_validate(document), s3_access)
    yield made
    assert not made.processes(), "processes were left behind"


@pytest.fixture
def blob_yard(tmp_path: Path, served_blobs: ServedBlobs) -> Iterator[Yard]:
    """A project whose stores are containers of Azure, which a sandbox serves."""
    document = target_document(served_blobs.container(), f"{served_blobs.container()}/team")
    made = Yard(tmp_path, LaunchTarget.model_validate(document), served_blobs.access)
    yield made
    assert not made.processes(), "processes were left behind"
