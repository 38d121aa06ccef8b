"""What the tests of the training containers share: stores, and jobs of real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from blob_fixtures import served_blobs
from patience import PATIENCE_SECONDS
from s3_server import serving_s3

from modelyard_node.ports import free_port
from modelyard_training.datasets import prepare

__all__ = ["served_blobs"]

WORKLOADS = Path(__file__).parents[2] / "workloads"


@dataclass(frozen=True)
class Bucket:
    """A bucket on loopback whose default encryption is a key of its own."""

    uri: str
    name: str
    key_arn: str
    s3: Any
    variables: dict[str, str]
    """What a process needs to reach it."""


@pytest.fixture(scope="session")
def bucket() -> Iterator[Bucket]:
    with serving_s3() as endpoint:
        session = boto3.Session("testing", "testing", region_name="eu-west-1")
        s3, kms = (session.client(name, endpoint_url=endpoint) for name in ("s3", "kms"))
        key = kms.create_key()["KeyMetadata"]["Arn"]
        s3.create_bucket(Bucket="training", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
        s3.put_bucket_encryption(
            Bucket="training",
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
        )
        variables = {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }
        yield Bucket("s3://training/a/prefix", "training", key, s3, variables)
        s3.close()
        kms.close()


@pytest.fixture(autouse=True)
def sdk_variables(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    """S3 is the bucket's server, for stores that a test opens itself."""
    for name, value in bucket.variables.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def datasets_uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    uri = tmp_path_factory.mktemp("datasets").as_uri()
    prepare(uri)
    return uri


class Gang:
    """Real processes of one job, each with a clean environment that holds the job contract."""

    def __init__(self, processes: list[subprocess.Popen[bytes]], logs: list[Path]) -> None:
        self.processes = processes
        self._logs = logs

    def wait(self) -> list[int]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        return [process.wait(max(0.1, deadline - time.monotonic())) for process in self.processes]

    def output(self, rank: int = 0) -> str:
        return self._logs[rank].read_text()

    def kill(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()


@pytest.fixture(scope="session")
def clean_environment(datasets_uri: str, compiled_once: dict[str, str]) -> Callable[..., dict[str, str]]:
    """The contract's variables for one process; what is given replaces them."""

    def environment(directory: Path, **given: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "NODE_RANK": "0",
            "NUM_NODES": "1",
            "GPUS_PER_NODE": "0",
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(free_port()),
            "MODELYARD_RUN_ID": "run-1",
            "MODELYARD_ATTEMPT": "1",
            "MODELYARD_DATASETS": datasets_uri,
            "MODELYARD_CHECKPOINTS": (directory / "store").as_uri(),
            "MODELYARD_METRICS": str(directory / "metrics.jsonl"),
            **compiled_once,
            **given,
        }

    return environment


@pytest.fixture(scope="session")
def start_gang(clean_environment: Callable[..., dict[str, str]]) -> Iterator[Callable[..., Gang]]:
    """Starts a workload's `train.py` as a job of as many processes as asked; whatever still runs at the end is
    ended.
    """
    gangs: list[Gang] = []

    def start(
        directory: Path, *options: str, workload: str = "cnn", num_nodes: int = 1, **given: str
    ) -> Gang:
        directory.mkdir(exist_ok=True)
        if num_nodes > 1:
            given["NUM_NODES"] = str(num_nodes)
        common = clean_environment(directory, **given)
        logs = [directory / f"rank-{rank}-{len(gangs)}.log" for rank in range(num_nodes)]
        processes: list[subprocess.Popen[bytes]] = []
        for rank, log in enumerate(logs):
            own = {"NODE_RANK": str(rank)} if num_nodes > 1 else {}
            command = [sys.executable, "train.py", *options]
            with log.open("wb") as out:
                process = subprocess.Popen(
                    command, cwd=WORKLOADS / workload, env=common | own, stdout=out, stderr=subprocess.STDOUT
                )
            processes.append(process)
        gangs.append(Gang(processes, logs))
        return gangs[-1]

    yield start
    for gang in gangs:
        gang.kill()


@pytest.fixture(scope="session")
def mlflow_runs() -> Callable[[Path], list[dict[str, Any]]]:
    """What lies in MLflow's file store in this directory, as its own client reads it."""
    program = """
import json, sys
from mlflow import MlflowClient
client, found = MlflowClient(sys.argv[1]), []
for experiment in client.search_experiments():
    for run in client.search_runs([experiment.experiment_id]):
        history = {
            name: [[each.step, each.value] for each in client.get_metric_history(run.info.run_id, name)]
            for name in sorted(run.data.metrics)
        }
        found.append({"status": run.info.status, "name": run.info.run_name, "experiment": experiment.name,
                      "params": run.data.params, "tags": run.data.tags, "history": history})
print(json.dumps(found))
"""

    def read(directory: Path) -> list[dict[str, Any]]:
        command = [sys.executable, "-c", program, directory.as_uri()]
        variables = {"PATH": os.environ["PATH"], "MLFLOW_ALLOW_FILE_STORE": "true"}
        return json.loads(subprocess.run(command, env=variables, capture_output=True, check=True).stdout)

    return read
