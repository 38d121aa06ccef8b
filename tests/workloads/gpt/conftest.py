"""What the tests of the GPT share: its dataset, and jobs of real processes, started in each way there is."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import pytest
from patience import PATIENCE_SECONDS

from modelyard_training.stores import Store, open_store

GPT = Path(__file__).parents[3] / "workloads" / "gpt"

Way = Literal["alone", "launch", "torchrun"]
"""A process a node as the launcher starts it, torch_launch on each node, or torchrun on one for all processes."""


@pytest.fixture(scope="session")
def pytorch() -> None:
    """The tests that ask for this need PyTorch, which CI has and a first try may do without."""
    if importlib.util.find_spec("torch") is None:
        message = "PyTorch isn't installed: `make pytorch` installs it (5 GB)"
        if os.environ.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)


@pytest.fixture(scope="session")
def module_of() -> Callable[[str], ModuleType]:
    """A module of the workload by its name; its programs import one another, as scripts in one place do."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"gpt_{name}", GPT / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture(scope="session")
def texts_uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store that holds Paradise Lost."""
    uri = tmp_path_factory.mktemp("texts").as_uri()
    subprocess.run([sys.executable, "prepare_dataset.py", uri], cwd=GPT, check=True, capture_output=True)
    return uri


class Job:
    """The processes that whoever starts a job has to do with: one a node."""

    def __init__(self, directory: Path, processes: list[subprocess.Popen[bytes]], logs: list[Path]) -> None:
        self.directory, self.processes, self._logs = directory, processes, logs

    def wait(self) -> list[int]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        return [process.wait(max(0.1, deadline - time.monotonic())) for process in self.processes]

    def output(self, rank: int = 0) -> str:
        return self._logs[rank].read_text()

    def children(self, rank: int) -> list[int]:
        """The processes that the one of this node started."""
        pid = self.processes[rank].pid
        stats = [(path.parent.name, _read(path)) for path in Path("/proc").glob("[0-9]*/stat")]
        return [int(name) for name, stat in stats if stat and int(stat.rpartition(")")[2].split()[1]) == pid]

    def kill(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


@pytest.fixture(scope="session")
def start_job(
    pytorch: None, texts_uri: str, clean_environment: Callable[..., dict[str, str]]
) -> Iterator[Callable[..., Job]]:
    """Starts `train.py` as a job of as many processes as asked; whatever still runs at the end is ended."""
    jobs: list[Job] = []

    def start(directory: Path, *options: str, way: Way = "alone", processes: int = 2, **given: str) -> Job:
        directory.mkdir(exist_ok=True)
        nodes = 1 if way == "torchrun" else processes
        common = clean_environment(
            directory, **{"MODELYARD_DATASETS": texts_uri, "NUM_NODES": str(nodes), **given}
        )
        commands = {
            "alone": [],
            "launch": ["-m", "modelyard_training.torch_launch"],
            "torchrun": [
                *("-m", "torch.distributed.run", f"--nproc-per-node={processes}"),
                f"--master-port={common['MASTER_PORT']}",
            ],
        }
        logs = [directory / f"rank-{rank}-{len(jobs)}.log" for rank in range(nodes)]
        started: list[subprocess.Popen[bytes]] = []
        for rank, log in enumerate(logs):
            own = {"NODE_RANK": str(rank)}
            if way != "launch":
                own |= {"RANK": str(rank), "LOCAL_RANK": "0", "WORLD_SIZE": str(nodes)}
            environment = common | own | given
            command = [sys.executable, *commands[way], "train.py", *options]
            with log.open("wb") as out:
                started.append(
                    subprocess.Popen(command, cwd=GPT, env=environment, stdout=out, stderr=subprocess.STDOUT)
                )
        jobs.append(Job(directory, started, logs))
        return jobs[-1]

    yield start
    for job in jobs:
        job.kill()


class Written:
    """What a run has written into a store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def steps(self) -> list[int]:
        """Steps of which there is a checkpoint with its manifest."""
        keys = self.store.list("checkpoints/run-1/")
        return [int(key.split("/")[2][5:]) for key in keys if key.endswith("/manifest.json")]

    def manifest(self, step: int) -> dict[str, Any]:
        return json.loads(self.store.get(f"checkpoints/run-1/step-{step:010d}/manifest.json"))

    def result(self) -> dict[str, Any]:
        return json.loads(self.store.get("runs/run-1/result.json"))


@pytest.fixture(scope="session")
def written() -> Callable[[Path], Written]:
    """What the run in this directory has written."""
    return lambda directory: Written(open_store((directory / "store").as_uri()))
