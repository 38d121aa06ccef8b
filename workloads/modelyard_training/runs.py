"""One attempt at a run: where it goes on from, and what its first process writes down about it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from modelyard_training.checkpoints import Arrays, Checkpoint, Checkpoints
from modelyard_training.contract import JobContext
from modelyard_training.errors import SettingsError, TrainingError
from modelyard_training.metrics import MetricsWriter
from modelyard_training.rendezvous import gather
from modelyard_training.results import write_result
from modelyard_training.stores import open_store


class Run:
    """Every process of the job makes one and calls it alike; only the process of rank 0 prints and writes."""

    def __init__(
        self,
        context: JobContext,
        *,
        settings: Mapping[str, Any],
        packages: tuple[str, ...],
        keep_checkpoints: int | None = None,
    ) -> None:
        """`settings` are what every attempt at the run has to have in common, `packages` those whose versions
        a checkpoint records; `keep_checkpoints` deletes all but as many of the newest.
        """
        self._context, self._settings, self._packages = context, dict(settings), packages
        self._store = open_store(context.checkpoints_uri)
        self._checkpoints = Checkpoints(self._store, context.run_id)
        self._keep_checkpoints = keep_checkpoints
        self._newest: Checkpoint | None = None
        self._metrics = MetricsWriter(context.metrics_path, run_id=context.run_id, attempt=context.attempt)
        self._began = time.perf_counter()

    def say(self, line: str) -> None:
        """Print a line, once for the job."""
        if self._context.is_first:
            print(line, flush=True)

    def resume(self) -> tuple[int, Mapping[str, Arrays]]:
        """Epochs done and the arrays of the newest whole checkpoint; 0 and nothing if there is none.

        Raises:
            SettingsError: if the run was started with other settings.
            TrainingError: if the processes don't find the same checkpoint.
        """
        found = self._checkpoints.latest_valid()
        for reason in found.skipped:
            self.say(f"passed over {reason}")
        self._newest = found.checkpoint
        epoch = found.checkpoint.epoch if found.checkpoint else 0
        if len(set(gather(epoch))) > 1:
            raise TrainingError("the processes found different checkpoints; who else writes to this run?")
        if found.checkpoint is None:
            self.say("started anew")
            return 0, {}
        if found.checkpoint.settings != self._settings:
            raise SettingsError(
                f"run {self._context.run_id} was started with {dict(found.checkpoint.settings)}, "
                f"not with {self._settings}; use the same options and data, or start a new run"
            )
        self.say(f"resumed after epoch {epoch} from {found.checkpoint.key}")
        return epoch, found.groups

    def record(
        self, kind: str, *, step: int, epoch: int, loss: float, accuracy: float, seconds: float
    ) -> None:
        """Write a line of metrics; see MetricsWriter."""
        if self._context.is_first:
            self._metrics.write(kind, step=step, epoch=epoch, loss=loss, accuracy=accuracy, seconds=seconds)

    def save(self, groups: Mapping[str, Arrays], *, step: int, epoch: int) -> None:
        """Write a checkpoint."""
        if not self._context.is_first:
            return
        self._newest = self._checkpoints.save(
            groups,
            step=step,
            epoch=epoch,
            world_size=self._context.num_nodes,
            settings=self._settings,
            packages=self._packages,
        )
        if self._keep_checkpoints:
            self._checkpoints.prune(self._keep_checkpoints)

    def finish(self, *, accuracy: float, examples: int) -> None:
        """Write the run's result: the accuracy on as many examples held out, and the newest checkpoint.

        Raises:
            TrainingError: if there is no checkpoint; a result that nothing stands for is none.
        """
        if not self._context.is_first:
            return
        if self._newest is None:
            raise TrainingError("the run ends without a checkpoint")
        seconds = time.perf_counter() - self._began
        write_result(
            self._store, self._context, self._newest, accuracy=accuracy, examples=examples, seconds=seconds
        )
        self.say(f"held-out accuracy {accuracy:.4f} on {examples} examples, {self._newest.key}")
