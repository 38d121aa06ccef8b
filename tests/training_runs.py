"""The runs that the tests of the training containers look at: of which workload, and what they left."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelyard_training.files import unpack
from modelyard_training.stores import Store

STEPS_AN_EPOCH = 11


@dataclass(frozen=True)
class Workload:
    name: str
    epochs: int
    """Enough for signals to come in the middle; they are short beside the start of the processes."""
    falls_to: float
    """The share of what an untrained network loses on held-out digits that is left at the end, at the most."""
    killed_rank: int
    damage: Callable[[Store, str], None]
    """What happens to the newest checkpoint, in this folder."""
    complaint: str
    """What is said about it."""
    save_every_steps: int = 4
    evaluate_every_epochs: int = 4
    options: tuple[str, ...] = ()

    @property
    def steps(self) -> int:
        return self.epochs * STEPS_AN_EPOCH

    @property
    def command(self) -> tuple[str, ...]:
        evaluate = f"--evaluate-every-epochs={self.evaluate_every_epochs}"
        return (f"--epochs={self.epochs}", evaluate, *self.options)

    @property
    def last(self) -> str:
        """Folder of the last checkpoint."""
        return folder(self.steps)


def folder(step: int) -> str:
    return f"checkpoints/run-1/step-{step:010d}"


def mlflow_at(directory: Path) -> dict[str, str]:
    return {"MLFLOW_TRACKING_URI": (directory / "mlflow").as_uri(), "MLFLOW_ALLOW_FILE_STORE": "true"}


def flip_bytes(store: Store, damaged: str) -> None:
    data = store.get(f"{damaged}/part-00001-of-00002.npz")
    store.put(f"{damaged}/part-00001-of-00002.npz", data[:1000] + b"\xff" * 8 + data[1008:])


WORKLOADS = (
    Workload("cnn", 8, 0.1, 0, flip_bytes, "part-00001-of-00002.npz is not what its SHA-256 says"),
    Workload(
        "vae",
        20,
        0.6,
        1,
        lambda store, damaged: store.delete(f"{damaged}/part-00000-of-00002.npz"),
        "part-00000-of-00002.npz is missing",
    ),
    Workload(
        "gan",
        40,
        0.25,
        0,
        lambda store, damaged: store.delete(f"{damaged}/manifest.json"),
        "no manifest.json: it was never finished",
        save_every_steps=15,
        evaluate_every_epochs=10,
        options=("--learning-rate=0.003",),
    ),
)


@dataclass
class Trained:
    """A run of a workload, or of several attempts at it, and what it left."""

    store: Store
    directory: Path
    output: str = ""
    """What the process of rank 0 of the last attempt printed."""
    exit_codes: list[list[int]] = field(default_factory=list)
    """Of each attempt, by rank."""
    survivor: str = ""
    """What the process printed that outlived the other one."""
    stopped: dict[str, Any] = field(default_factory=dict)
    """Manifest of the checkpoint with which the attempt ended that was asked to stop."""
    resumed_step: int = 0
    """Step of the newest checkpoint that the last attempt could go on from."""
    damaged: str = ""

    def result(self) -> dict[str, Any]:
        return json.loads(self.store.get("runs/run-1/result.json"))

    def metrics(self, kind: str | None = None) -> list[dict[str, Any]]:
        text = (self.directory / "metrics.jsonl").read_text()
        assert text.endswith("}\n")
        lines = [json.loads(line) for line in text.splitlines()]
        return [line for line in lines if kind in (None, line["kind"])]

    def manifests(self) -> list[str]:
        return [key for key in self.store.list("checkpoints/") if key.endswith("manifest.json")]

    def manifest(self, folder: str) -> dict[str, Any]:
        return json.loads(self.store.get(f"{folder}/manifest.json"))

    def arrays(self) -> list[str]:
        """Names of all arrays in the last checkpoint."""
        last = self.manifests()[-1].rpartition("/")[0]
        files = self.manifest(last)["files"]
        return [name for file in files for name in unpack(self.store.get(f"{last}/{file}"))]

    def attempt(self, start_gang: Callable[..., Any], workload: Workload, *options: str) -> Any:
        number = len(self.exit_codes) + 1
        return start_gang(
            self.directory,
            *workload.command,
            *options,
            workload=workload.name,
            num_nodes=2,
            MODELYARD_ATTEMPT=str(number),
            **mlflow_at(self.directory),
        )
