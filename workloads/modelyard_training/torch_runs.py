"""One attempt at a run in PyTorch: where it goes on from, and what its processes write down about it."""

# pyright: reportMissingImports=false, reportUntypedBaseClass=false, reportUntypedFunctionDecorator=false

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from modelyard_training.contract import JobContext
from modelyard_training.errors import TrainingError
from modelyard_training.manifests import Checkpoint, check_settings
from modelyard_training.metrics import MetricsWriter
from modelyard_training.mlflow_log import MLflowLog
from modelyard_training.results import write_result
from modelyard_training.stores import open_store
from modelyard_training.torch_checkpoints import ShardedCheckpoints
from modelyard_training.torch_place import Place
from modelyard_training.torch_state import TrainingState


class TorchRun:
    """Every process of the job makes one and calls it alike; lines are printed and written by rank 0 alone,
    and a checkpoint by all, each its part.
    """

    def __init__(
        self,
        context: JobContext,
        place: Place,
        *,
        total_steps: int,
        settings: Mapping[str, Any],
        packages: tuple[str, ...],
        keep_checkpoints: int | None = None,
    ) -> None:
        """`settings` are what every attempt at the run has to have in common, `packages` those whose versions
        a checkpoint records; `keep_checkpoints` deletes all but as many of the newest.
        """
        self.total_steps = total_steps
        self._context, self._place, self._settings = context, place, dict(settings)
        self._store = open_store(context.checkpoints_uri)
        self._checkpoints = ShardedCheckpoints(
            self._store,
            context.run_id,
            place,
            settings=settings,
            packages=packages,
            keep_last=keep_checkpoints,
        )
        self._newest: Checkpoint | None = None
        self._finished = False
        always = {"run_id": context.run_id, "attempt": context.attempt, "total_steps": total_steps}
        # Processes of one node share the file's name, and the first one's lines are the job's.
        self._metrics = MetricsWriter(context.metrics_path, **always) if place.is_first else None
        self._mlflow = MLflowLog.from_environment(context, settings) if place.is_first else None
        self._began = time.perf_counter()

    def say(self, line: str) -> None:
        """Print a line, once for the job."""
        if self._place.is_first:
            print(line, flush=True)

    def resume(self, state: TrainingState) -> int:
        """Bring back the newest whole checkpoint; returns the optimizer steps done, 0 if the run starts anew.

        Raises:
            SettingsError: if the run was started with other settings.
        """
        found = self._checkpoints.find()
        for reason in found.skipped:
            self.say(f"passed over {reason}")
        checkpoint = found.checkpoint
        if checkpoint is None:
            self.say("started anew")
            return 0
        check_settings(self._context.run_id, checkpoint.settings, self._settings)
        self._checkpoints.restore(checkpoint, state)
        self._newest = checkpoint
        self.say(
            f"resumed after step {checkpoint.step} of {self.total_steps} (epoch {checkpoint.epoch}) "
            f"from {checkpoint.key}"
        )
        return checkpoint.step

    def record(self, kind: str, *, step: int, epoch: int, seconds: float, **numbers: float) -> None:
        """Write a line of metrics; see MetricsWriter."""
        if self._metrics:
            self._metrics.write(kind, step=step, epoch=epoch, seconds=seconds, **numbers)
        if self._mlflow:
            self._mlflow.record(kind, step=step, seconds=seconds, **numbers)

    def save(self, state: TrainingState, *, step: int, epoch: int) -> None:
        """Begin a checkpoint; its parts are written while training goes on, and `settle` ends it."""
        self.settle()
        self._checkpoints.begin(state.capture(), step=step, epoch=epoch)

    @property
    def is_writing(self) -> bool:
        """Whether this process still writes its part of a checkpoint."""
        return self._checkpoints.busy

    def settle(self) -> None:
        """End the checkpoint that was begun, if there is one: wait for its parts, then write its manifest."""
        if self._checkpoints.pending:
            self._newest = self._checkpoints.commit()

    def finish(self, *, examples: int, loss: float, accuracy: float) -> None:
        """Write the run's result: what was measured on as many examples held out, and the newest checkpoint.

        Raises:
            TrainingError: if there is no checkpoint; a result that nothing stands for is none.
        """
        self.settle()
        self._finished = True
        if not self._place.is_first:
            return
        if self._newest is None:
            raise TrainingError("the run ends without a checkpoint")
        measures = {"loss": loss, "perplexity": math.exp(loss), "accuracy": accuracy}
        seconds = time.perf_counter() - self._began
        write_result(self._store, self._context, self._newest, examples=examples, seconds=seconds, **measures)
        shown = ", ".join(f"{name} {value:.4f}" for name, value in measures.items())
        self.say(f"held-out {shown} on {examples} examples, {self._newest.key}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._metrics:
            self._metrics.close()
        if self._mlflow:
            failed = error is not None and not isinstance(error, SystemExit)
            self._mlflow.close("FINISHED" if self._finished else "FAILED" if failed else "KILLED")
