"""Nodes that check themselves and each other: the packed runtime as real processes, each with a root of its own."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patience import PATIENCE_SECONDS

from modelyard_node import keys
from modelyard_node.pack import runtime_archive
from modelyard_node.ports import free_port

RUN = "try-20261126-120000-abcd"
ATTEMPT = "001-01"
"""What is waited for has happened by then, on a machine with much else to do."""

SITECUSTOMIZE = """
import os, sys, threading, time

RANKS = os.environ.get("TRY_RANKS", "").split(",")
HOW = os.environ.get("TRY_HOW")

def changed(real, torch):
    def all_reduce(tensor, *args, **kwargs):
        if HOW == "hangs":
            time.sleep(3600)
        result = real(tensor, *args, **kwargs)
        if HOW == "slow" and tensor.numel() > 1:  # what takes time is many bytes: single numbers are signs
            time.sleep(0.25)
        if HOW == "wrong":
            tensor.view(-1)[0] += 1
        return result
    return all_reduce

def wait():
    while not hasattr(sys.modules.get("torch.distributed"), "all_reduce"):
        time.sleep(0.005)
    module = sys.modules["torch.distributed"]
    module.all_reduce = changed(module.all_reduce, None)

if os.environ.get("NODE_RANK") in RANKS and any("allreduce.py" in word for word in sys.orig_argv):
    if HOW == "dies":
        sys.stderr.write("CUDA driver version is insufficient\\n")
        sys.stderr.flush()
        os._exit(1)
    threading.Thread(target=wait, daemon=True).start()
"""
"""Makes some nodes' own processes slow, wrong or dead, by variables of the tests alone."""


@dataclass
class Bucket:
    """A store that is a bucket; nodes reach it by the variables, tests by the client."""

    name: str
    client: Any
    variables: dict[str, str]


class Gang:
    """The nodes of one attempt."""

    def __init__(self, directory: Path, num_nodes: int = 1, bucket: Bucket | None = None) -> None:
        """Without a bucket, the store is a directory."""
        self.directory, self.num_nodes, self.bucket = directory, num_nodes, bucket
        self.store = directory / "store"
        self.checkpoints_uri = f"s3://{bucket.name}" if bucket else f"file://{self.store}"
        self.marker = uuid.uuid4().hex
        packed, digest = runtime_archive()
        self.runtime = directory / f"{digest}.pyz"
        self.runtime.write_bytes(packed)
        (directory / "scratch").mkdir()
        (directory / "site").mkdir()
        (directory / "site" / "sitecustomize.py").write_text(SITECUSTOMIZE)
        self.processes: list[subprocess.Popen[bytes]] = []
        self.port = free_port()
        self.python = Path(sys.executable)
        """What nodes are run by, and what stands first on their path."""

    def root(self, rank: int) -> Path:
        """Where a node's files are looked for."""
        return self.directory / f"root-{rank}"

    def has(self, rank: int, *files: str) -> None:
        """Let a node have devices, or other files."""
        for name in files:
            path = self.root(rank) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    def has_program(self, rank: int, name: str, text: str) -> None:
        """Let a node have a program that a shell runs."""
        path = self.root(rank) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def spec(self, preflight: dict[str, Any] | None, **changes: Any) -> bytes:
        document = {
            "schema": "modelyard.spec/1",
            "run_id": RUN,
            "job": "try",
            "environment": "dev",
            "region": "eu-central-1",
            "num_nodes": self.num_nodes,
            "distribution": "torchrun",
            "setup": None,
            "run": "echo began",
            "envs": {},
            "datasets_uri": f"file://{self.directory}/datasets",
            "checkpoints_uri": self.checkpoints_uri,
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
            },
            "grace_seconds": 5,
            "preflight": preflight,
            "sweep": None,
            **changes,
        }
        return json.dumps(document).encode()

    def start(self, preflight: dict[str, Any] | None, **changes: Any) -> None:
        """Start every node."""
        variables = changes.pop("variables", {})
        spec = self.spec(preflight, **changes)
        self.put(keys.spec_key(RUN, digest := hashlib.sha256(spec).hexdigest()), spec)
        for rank in range(self.num_nodes):
            with (self.directory / f"{rank}.log").open("wb") as log:
                self.processes.append(
                    subprocess.Popen(
                        [str(self.python), "-I", str(self.runtime)],
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                        cwd=self.directory,
                        start_new_session=True,
                        env={
                            "PATH": f"{self.python.parent}:{os.defpath}",
                            "MARKER": self.marker,
                            "MODELYARD_RUN_ID": RUN,
                            "MODELYARD_SUBMISSION": "1",
                            "MODELYARD_CHECKPOINTS": self.checkpoints_uri,
                            "MODELYARD_SPEC_SHA256": digest,
                            "MODELYARD_NOTICES": str(self.directory / "notices"),
                            "MODELYARD_ROOT": str(self.root(rank)),
                            "MODELYARD_SCRATCH": str(self.directory / "scratch"),
                            "MODELYARD_PROBE_SECONDS": "20",
                            "NUM_NODES": str(self.num_nodes),
                            "NODE_RANK": str(rank),
                            "MASTER_ADDR": "127.0.0.1",
                            "MASTER_PORT": str(self.port),
                            **(self.bucket.variables if self.bucket else {}),
                            **variables,
                        },
                    )
                )

    def run(self, preflight: dict[str, Any] | None, **changes: Any) -> list[int]:
        """Start every node, and wait for its end; their exit codes."""
        self.start(preflight, **changes)
        return self.wait()

    def wait(self) -> list[int]:
        return [process.wait(PATIENCE_SECONDS) for process in self.processes]

    def wrong(self, how: str, *ranks: int) -> dict[str, str]:
        """Variables that make nodes behave wrongly."""
        return {
            "PYTHONPATH": str(self.directory / "site"),
            "TRY_HOW": how,
            "TRY_RANKS": ",".join(map(str, ranks)),
        }

    def put(self, key: str, content: bytes) -> None:
        if self.bucket is not None:
            self.bucket.client.put_object(Bucket=self.bucket.name, Key=key, Body=content)
            return
        path = self.store / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def get(self, key: str) -> Any:
        if self.bucket is not None:
            listed = self.bucket.client.list_objects_v2(Bucket=self.bucket.name, Prefix=key)
            if not listed["KeyCount"]:
                return None
            return json.loads(self.bucket.client.get_object(Bucket=self.bucket.name, Key=key)["Body"].read())
        path = self.store / key
        return json.loads(path.read_bytes()) if path.exists() else None

    @property
    def verdict(self) -> Any:
        return self.verdict_of(ATTEMPT)

    def verdict_of(self, attempt: str) -> Any:
        return self.get(keys.preflight_key(RUN, attempt, "verdict"))

    def found(self, rank: int) -> Any:
        return self.get(keys.preflight_key(RUN, ATTEMPT, str(rank)))

    def end(self, rank: int = 0) -> Any:
        return self.get(keys.end_key(RUN, ATTEMPT, rank))

    def log(self, rank: int = 0) -> str:
        return (self.directory / f"{rank}.log").read_text(errors="replace")

    def check(self, name: str) -> Any:
        """What the verdict says of a check."""
        return next((row for row in self.verdict["checks"] if row["check"] == name), None)

    def left(self) -> dict[int, str]:
        """Every process of this gang, with its command line."""
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

    def close(self) -> None:
        left = self.left()
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in self.processes:
            process.wait()
        assert not left, f"processes were left behind: {left}"
        assert not list((self.directory / "scratch").iterdir()), "files were left behind"
