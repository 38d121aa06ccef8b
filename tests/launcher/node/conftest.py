"""Nodes as real processes: the packed runtime, stores that are directories or buckets, any number of ranks."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import pytest
from patience import PATIENCE_SECONDS
from s3_server import serving_s3

from modelyard_node import guard, keys
from modelyard_node.pack import runtime_archive
from modelyard_node.ports import free_port

REGION = "eu-central-1"
RUN = "try-20261126-120000-abcd"
PACE = {
    "MODELYARD_HEARTBEAT_SECONDS": "0.2",
    "MODELYARD_METRICS_SECONDS": "0.2",
    "MODELYARD_SILENCE_SECONDS": "40",
    "MODELYARD_PATIENCE_SECONDS": "20",
}
"""Quick where something comes of it, and in no hurry to give up: on a machine with much else to do nobody answers
for seconds. Tests of what happens then shorten it for themselves.
"""


class Started:
    """A node's process."""

    def __init__(self, process: subprocess.Popen[bytes], out: Path, err: Path) -> None:
        self.process = process
        self._out, self._err = out, err

    @property
    def out(self) -> str:
        return self._out.read_text(errors="replace")

    @property
    def err(self) -> str:
        return self._err.read_text(errors="replace")

    @property
    def said(self) -> list[str]:
        """What the runtime itself said."""
        return [
            line.removeprefix("modelyard: ")
            for line in self.err.splitlines()
            if line.startswith("modelyard:")
        ]

    def wait(self) -> int:
        return self.process.wait(timeout=PATIENCE_SECONDS)


class Files:
    """A store that is a directory."""

    variables: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir()
        self.uri = f"file://{directory}"

    def put(self, key: str, content: bytes) -> None:
        path = self.directory / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def get(self, key: str) -> bytes | None:
        with suppress(FileNotFoundError):
            return (self.directory / key).read_bytes()
        return None

    def all_keys(self) -> list[str]:
        return sorted(
            str(path.relative_to(self.directory)) for path in self.directory.rglob("*") if path.is_file()
        )


class Bucket:
    """A store that is a prefix of a bucket, on a real server of S3's protocol."""

    def __init__(self, endpoint: str) -> None:
        self.variables = {
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "AKIASAND123456789012",
            "AWS_SECRET_ACCESS_KEY": "sandbox-only-not-a-secret",
        }
        self.name = f"checkpoints-{uuid.uuid4().hex}"
        self.client: Any = boto3.client(
            "s3",
            region_name=REGION,
            endpoint_url=endpoint,
            aws_access_key_id=self.variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.variables["AWS_SECRET_ACCESS_KEY"],
        )
        self.client.create_bucket(Bucket=self.name, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.uri = f"s3://{self.name}/a prefix"

    def put(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key=f"a prefix/{key}", Body=content)

    def get(self, key: str) -> bytes | None:
        with suppress(self.client.exceptions.NoSuchKey):
            return self.client.get_object(Bucket=self.name, Key=f"a prefix/{key}")["Body"].read()
        return None

    def all_keys(self) -> list[str]:
        found = self.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return [item["Key"].removeprefix("a prefix/") for item in found]


class Nodes:
    """Starts the nodes of a run, and reads what they leave."""

    def __init__(self, directory: Path, store: Files | Bucket) -> None:
        self.directory, self.store = directory, store
        self.marker = uuid.uuid4().hex
        """In the environment of everything that is started."""
        self.notices = directory / "notices"
        self.notices.mkdir()
        self.scratch = directory / "scratch"
        self.scratch.mkdir()
        self.port = free_port()
        self.python = sys.executable
        self.sha256 = ""
        self.killed = False
        self._started: list[Started] = []
        packed, digest = runtime_archive()
        self.runtime = directory / f"{digest}.pyz"
        self.runtime.write_bytes(packed)

    def submit(self, run: str, **changes: Any) -> None:
        """Write the specification."""
        document = {
            "schema": "modelyard.spec/1",
            "run_id": RUN,
            "job": "try",
            "environment": "dev",
            "region": REGION,
            "num_nodes": 1,
            "distribution": "none",
            "setup": None,
            "run": run,
            "envs": {},
            "datasets_uri": "file:///datasets",
            "checkpoints_uri": self.store.uri,
            "gpus_per_node": 0,
            "files": [],
            "workdir": str(self.directory),
            "retry": {"attempts": 1, "exit_codes": None, "on_events": ["host_failure"]},
            "limits": {
                "timeout_seconds": None,
                "max_total_cost_usd": None,
                "deadline": None,
                "hourly_usd": None,
                "spent_before_usd": 0,
                **changes.pop("limits", {}),
            },
            "grace_seconds": 10,
            "preflight": None,
            "sweep": None,
            **changes,
        }
        content = json.dumps(document).encode()
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.num_nodes = document["num_nodes"]
        self.store.put(keys.spec_key(RUN, self.sha256), content)

    def archive(self, path: str, *members: tuple[tarfile.TarInfo, bytes]) -> dict[str, Any]:
        """Put an archive into the store; its entry in the specification."""
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w:gz") as archive:
            for member, data in members:
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
        digest = hashlib.sha256(content.getvalue()).hexdigest()
        self.store.put(keys.archive_key(digest), content.getvalue())
        return {"archive": digest, "size_bytes": len(content.getvalue()), "path": path}

    def start(
        self,
        rank: int = 0,
        *,
        guarded: bool = False,
        to: int | None = None,
        before: Sequence[str] = (),
        **variables: str,
    ) -> Started:
        """Start a node; under a guard, as on this machine, or alone, as in a container.

        `to` is a descriptor that takes its output instead of a file; `before` stands before its command.
        """
        number = len(self._started)
        out, err = (self.directory / f"{number}.{name}" for name in ("out", "err"))
        command = [self.python, "-I", str(self.runtime)]
        if guarded:
            command = [self.python, "-I", "-S", guard.__file__, "60", "exec " + " ".join(command)]
        with out.open("wb") as to_out, err.open("wb") as to_err:
            process = subprocess.Popen(
                [*before, *command],
                stdin=subprocess.PIPE if guarded else subprocess.DEVNULL,
                stdout=to_out if to is None else to,
                stderr=to_err,
                cwd=self.directory,
                start_new_session=True,
                env={
                    "PATH": os.environ["PATH"],
                    "MARKER": self.marker,
                    "MODELYARD_RUN_ID": RUN,
                    "MODELYARD_SUBMISSION": "1",
                    "MODELYARD_CHECKPOINTS": self.store.uri,
                    "MODELYARD_SPEC_SHA256": self.sha256,
                    "MODELYARD_NOTICES": str(self.notices),
                    "MODELYARD_ROOT": str(self.directory / "root"),
                    "MODELYARD_SCRATCH": str(self.scratch),
                    "NUM_NODES": str(self.num_nodes),
                    "NODE_RANK": str(rank),
                    "MASTER_ADDR": "127.0.0.1",
                    "MASTER_PORT": str(self.port),
                    **PACE,
                    **self.store.variables,
                    **variables,
                },
            )
        started = Started(process, out, err)
        self._started.append(started)
        return started

    def start_all(self, *, guarded: bool = False, **variables: str) -> list[Started]:
        return [self.start(rank, guarded=guarded, **variables) for rank in range(self.num_nodes)]

    def run(self, script: str, variables: dict[str, str] | None = None, **changes: Any) -> list[Started]:
        """Submit a job and run it to the end."""
        self.submit(script, **changes)
        started = self.start_all(**(variables or {}))
        for each in started:
            each.wait()
        return started

    def read(self, key: str) -> Any:
        content = self.store.get(key)
        return None if content is None else json.loads(content)

    def end(self, rank: int = 0, attempt: str = "001-01", run_id: str = RUN) -> Any:
        return self.read(keys.end_key(run_id, attempt, rank))

    def heartbeat(self, attempt: str = "001-01") -> Any:
        return self.read(keys.heartbeat_key(RUN, attempt))

    def lease(self, attempt: str = "001-01") -> Any:
        return self.read(keys.lease_key(RUN, attempt))

    def has(self, name: str) -> bool:
        return (self.directory / name).exists()

    def announce(self, **changes: object) -> None:
        """Put up a notice as the node's watcher does."""
        notice = {
            "schema": "modelyard.notice/1",
            "kind": "spot_interruption",
            "at": "2026-12-01T11:00:00Z",
            "drain_at": "2026-12-01T11:00:00Z",
            "leave": True,
            "source": "spot/instance-action",
            "written_at": "2026-12-01T10:58:00Z",
            **changes,
        }
        new = self.notices / "notice.new"
        new.write_text(json.dumps(notice) + "\n")
        new.replace(self.notices / "notice.json")

    def processes(self) -> dict[int, str]:
        """Every process that carries the marker, with its command line."""
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

    def runtime_of(self, rank: int) -> int:
        """The process of a rank's runtime, also behind its guard."""
        for pid, command in self.processes().items():
            variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            around = "guard.py" in command or "unshare" in command
            if ".pyz" in command and not around and f"NODE_RANK={rank}".encode() in variables:
                return pid
        raise AssertionError(f"rank {rank} has no runtime")

    def kill(self, rank: int) -> None:
        """Kill a rank's runtime, which has no time to clear up."""
        self.killed = True
        os.kill(self.runtime_of(rank), signal.SIGKILL)

    def close(self) -> None:
        left = self.processes()
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for each in self._started:
            each.wait()
            if each.process.stdin is not None:
                each.process.stdin.close()
        assert not left, f"processes were left behind: {left}"
        assert self.killed or not list(self.scratch.iterdir()), "files were left behind"


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Nodes with a store of files."""
    made = Nodes(tmp_path, Files(tmp_path / "store"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def node_s3_endpoint() -> Iterator[str]:
    with serving_s3() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(node_s3_endpoint: str) -> Iterator[Bucket]:
    made = Bucket(node_s3_endpoint)
    yield made
    made.client.close()


@pytest.fixture
def s3_nodes(tmp_path: Path, bucket: Bucket) -> Iterator[Nodes]:
    """Nodes with a bucket."""
    made = Nodes(tmp_path, bucket)
    yield made
    made.close()


@pytest.fixture(params=["files", "bucket"])
def any_nodes(request: pytest.FixtureRequest) -> Nodes:
    """Nodes with the one and with the other."""
    return request.getfixturevalue("nodes" if request.param == "files" else "s3_nodes")
