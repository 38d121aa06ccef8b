"""An environment that is up in a sandbox, and jobs for its AWS Batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from patience import eventually

from modelyard.outputs import LaunchTarget
from modelyard_launcher.backends import LaunchContext
from modelyard_launcher.backends.aws_batch.backend import BatchBackend
from modelyard_launcher.load import LoadedJob, load_job
from modelyard_launcher.records import RunRecord
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.target import Place
from modelyard_node.keys import spec_key
from modelyard_sandbox.job_faults import JobFault
from modelyard_sandbox.sandbox import Sandbox


@dataclass
class Cluster:
    """The environment, and the project that jobs are submitted from."""

    sandbox: Sandbox
    project: Path
    place: Place
    resolved: ResolvedTarget
    endpoint: str
    events: list[str] = field(default_factory=list)

    @property
    def target(self) -> LaunchTarget:
        return self.resolved.target

    @property
    def context(self) -> LaunchContext:
        return LaunchContext(self.project, self.place.access, self.place.checkpoints_uri)

    @property
    def store(self) -> Any:
        return self.context.runs.store

    @property
    def batch(self) -> Any:
        return self.sandbox.client("batch", self.target.region, self.target.account_id)

    def backend(self, **options: Any) -> BatchBackend:
        return BatchBackend(self.context, **{"look_up_seconds": 0.5, **options})

    def write(self, name: str, run: str, **fields: Any) -> Path:
        """A job's file, in a directory of its own."""
        directory = self.project / "jobs" / name
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / "job.yaml"
        path.write_text(yaml.safe_dump({"name": name, "image": "try:1.0", "run": run, **fields}))
        return path

    def load(self, name: str, run: str, **fields: Any) -> LoadedJob:
        return load_job(self.write(name, run, **fields))

    def plan(self, name: str, run: str = "true", **fields: Any) -> Any:
        return self.backend().plan(self.load(name, run, **fields), self.resolved)

    def submit(self, name: str, run: str = "true", **fields: Any) -> RunRecord:
        """Submit a job, and let it run."""
        self.events.clear()
        return self.backend().submit(
            self.plan(name, run, **fields),
            detach=True,
            on_line=lambda *_: None,
            on_event=self.events.append,
        )

    def see_through(self, record: RunRecord) -> RunRecord:
        """The last record of a run."""
        return eventually(lambda: self._finished(record))

    def _finished(self, record: RunRecord) -> RunRecord | None:
        found = self.backend().refresh(record)
        return found if found.finished else None

    def run(self, name: str, run: str = "true", **fields: Any) -> RunRecord:
        """Submit a job, and see it through."""
        return self.see_through(self.submit(name, run, **fields))

    def lines(self, record: RunRecord, rank: int = 0) -> list[str]:
        """What a rank wrote."""
        return self.backend().read_log(record, rank).data.decode().splitlines()

    def strike(self, kind: str, record: RunRecord, *, node: int = 0, **how: Any) -> None:
        """Have something happen to a node of a run, once the programs of all its nodes have said `up`."""
        for rank in range(record.num_nodes):
            eventually(lambda rank=rank: "up" in self.lines(record, rank))
        job = f"{record.run_id}-{len(record.submissions)}"
        self.sandbox.set_job_faults(JobFault(kind, job=job, node=node, **how))

    def jobs_named(self, name: str, pool: str = "cpu") -> list[dict[str, Any]]:
        """The jobs that Batch has by that name; with an asterisk behind, by its beginning."""
        queue = next(each.queue_arn for each in self.target.pools if each.name == pool)
        answer = self.batch.list_jobs(jobQueue=queue, filters=[{"name": "JOB_NAME", "values": [name]}])
        return answer["jobSummaryList"]

    @staticmethod
    def spec_key(record: RunRecord) -> str:
        """Where it stands what a run's nodes are to do."""
        return spec_key(record.run_id, record.spec_sha256 or "")

    def forget(self, prefix: str) -> None:
        """Delete objects of the checkpoint store, as nobody may who submits jobs."""
        s3 = self.sandbox.client("s3", self.target.region, self.target.account_id)
        bucket = self.place.checkpoints_uri.removeprefix("s3://")
        folder = f"{prefix.rpartition('/')[0]}/"
        for key in self.store.keys(folder):
            if key.startswith(prefix):
                s3.delete_object(Bucket=bucket, Key=key)

    def processes(self) -> dict[int, str]:
        """Every process that a container of the sandbox started, with its command line."""
        wanted = f"AWS_ENDPOINT_URL={self.endpoint}\0".encode()
        found: dict[int, str] = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                variables = (entry / "environ").read_bytes()
                if wanted in variables and b"AWS_BATCH_JOB_ID=" in variables:
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
        return found
