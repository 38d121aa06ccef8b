"""One attempt at a run: where it goes on from, and what its processes write down about it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from modelyard_training import rendezvous
from modelyard_training.checkpoints import Arrays, Checkpoints
from modelyard_training.contract import JobContext
from modelyard_training.errors import TrainingError
from modelyard_training.manifests import Checkpoint, check_settings
from modelyard_training.metrics import MetricsWriter
from modelyard_training.mlflow_log import MLflowLog
from modelyard_training.parts import Groups, decode, encode, own_share, part_name
from modelyard_training.results import write_result
from modelyard_training.stores import open_store


@dataclass(frozen=True, slots=True)
class Resumed:
    """Where an attempt goes on from."""

    step: int
    """Optimizer steps done; 0 if the run starts anew."""
    groups: Mapping[str, Arrays]
    """The arrays that were kept then; none if the run starts anew."""


class Run:
    """Every process of the job makes one and calls it alike; lines are printed and written by rank 0 alone, a
    checkpoint by all, each its part.
    """

    def __init__(
        self,
        context: JobContext,
        *,
        total_steps: int,
        settings: Mapping[str, Any],
        packages: tuple[str, ...],
        keep_checkpoints: int | None = None,
        gather: Callable[[bytes], list[bytes]] = rendezvous.gather,
    ) -> None:
        """`settings` are what every attempt at the run has to have in common, `packages` those whose versions
        a checkpoint records; `keep_checkpoints` deletes all but as many of the newest. `gather` gives every
        process's value, by rank, when all call it; JAX's if no other is given.
        """
        self.total_steps = total_steps
        self._context, self._settings, self._packages = context, dict(settings), packages
        self._store = open_store(context.checkpoints_uri)
        self._checkpoints = Checkpoints(self._store, context.run_id)
        self._keep_checkpoints, self._gather = keep_checkpoints, gather
        self._newest: Checkpoint | None = None
        self._finished = False
        self._metrics = MetricsWriter(
            context.metrics_path, run_id=context.run_id, attempt=context.attempt, total_steps=total_steps
        )
        self._mlflow: MLflowLog | None = None
        self._began = time.perf_counter()

    @property
    def is_first(self) -> bool:
        """Whether this process is the one that writes what is written once."""
        return self._context.is_first

    def say(self, line: str) -> None:
        """Print a line, once for the job."""
        if self.is_first:
            print(line, flush=True)

    def resume(self) -> Resumed:
        """The newest whole checkpoint, or the beginning if there is none.

        Raises:
            SettingsError: if the run was started with other settings.
            TrainingError: if the processes don't find the same checkpoint.
        """
        found = self._checkpoints.latest_valid()
        for reason in found.skipped:
            self.say(f"passed over {reason}")
        self._newest = found.checkpoint
        step = found.checkpoint.step if found.checkpoint else 0
        if len(set(self._gather(step.to_bytes(8, "big")))) > 1:
            raise TrainingError("the processes found different checkpoints; who else writes to this run?")
        if found.checkpoint:
            check_settings(self._context.run_id, found.checkpoint.settings, self._settings)
        if self.is_first:
            self._mlflow = MLflowLog.from_environment(self._context, self._settings)
        if found.checkpoint is None:
            self.say("started anew")
            return Resumed(0, {})
        self.say(
            f"resumed after step {step} of {self.total_steps} (epoch {found.checkpoint.epoch}) "
            f"from {found.checkpoint.key}"
        )
        return Resumed(step, found.groups)

    def record(self, kind: str, *, step: int, epoch: int, seconds: float, **numbers: float) -> None:
        """Write a line of metrics; see MetricsWriter."""
        if not self.is_first:
            return
        self._metrics.write(kind, step=step, epoch=epoch, seconds=seconds, **numbers)
        if self._mlflow:
            self._mlflow.record(kind, step=step, seconds=seconds, **numbers)

    def save(self, groups: Groups, *, step: int, epoch: int) -> None:
        """Write a checkpoint of a state that all have alike: each its part, the first the manifest."""
        rank, of = self._context.node_rank, self._context.num_nodes
        if self.is_first:
            self._checkpoints.begin(step)
        self._gather(b"begun")
        record = self._checkpoints.put_part(own_share(groups, rank, of), step=step, rank=rank, of=of)
        everyone = self._gather(encode(record))
        if not self.is_first:
            return
        self._newest = self._checkpoints.commit(
            [decode(part_name(rank, of), each) for rank, each in enumerate(everyone)],
            step=step,
            epoch=epoch,
            world_size=of,
            settings=self._settings,
            packages=self._packages,
        )
        if self._keep_checkpoints:
            self._checkpoints.prune(self._keep_checkpoints)

    def finish(self, *, examples: int, **measures: float) -> None:
        """Write the run's result: what was measured on as many examples held out, and the newest checkpoint.

        Raises:
            TrainingError: if there is no checkpoint; a result that nothing stands for is none.
        """
        if not self.is_first:
            return
        if self._newest is None:
            raise TrainingError("the run ends without a checkpoint")
        seconds = time.perf_counter() - self._began
        write_result(self._store, self._context, self._newest, examples=examples, seconds=seconds, **measures)
        shown = ", ".join(f"{name} {value:.4f}" for name, value in measures.items())
        self.say(f"held-out {shown} on {examples} examples, {self._newest.key}")
        self._finished = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._metrics.close()
        if self._mlflow:
            failed = error is not None and not isinstance(error, SystemExit)
            self._mlflow.close("FINISHED" if self._finished else "FAILED" if failed else "KILLED")
