"""The training that all programs share: steps, epochs, metrics, checkpoints, and leaving when asked to."""

from __future__ import annotations

import argparse
import math
import time
from typing import Any

import jax
import numpy as np

from modelyard_training.batches import Batches
from modelyard_training.errors import TrainingError
from modelyard_training.keras_jax import Devices, State, check_same_model, mean_over_devices
from modelyard_training.runs import Resumed, Run
from modelyard_training.stopping import StopRequest
from modelyard_training.tasks import Task

_EPOCH = "epoch"
"""Group of this epoch's sums of measures so far: with them a resumed epoch's line is the unbroken one's."""


class Trainer:
    """One process's part in training a task; all processes of the job do the same at the same time."""

    def __init__(
        self, run: Run, task: Task, batches: Batches, options: argparse.Namespace, resumed: Resumed
    ) -> None:
        """Raises SettingsError if what is resumed is the state of other networks."""
        self._run, self._task, self._batches, self._options = run, task, batches, options
        self._devices = Devices()
        self._step = resumed.step
        state = task.initial()
        kept = {group: dict(arrays) for group, arrays in resumed.groups.items()}
        totals = kept.pop(_EPOCH, self._no_totals())
        if kept:
            check_same_model(state, kept)
            state = kept
        self._state: State = self._devices.replicate(state)
        self._totals: dict[str, Any] = self._devices.replicate(totals)
        self._advance = jax.jit(self._one_step, donate_argnums=(0, 1))
        self._began = time.perf_counter()

    def train(self, stop: StopRequest) -> bool:
        """Train to the last epoch; False if it left before, as asked, with a checkpoint."""
        last = self._run.total_steps
        if not self._step and self._options.evaluate_every_epochs:
            self._evaluate()
        asked = None
        while self._step < last:
            asked_before, asked = asked, self._take_step(stop)
            # Whether any process was asked to stop comes with each step, so all leave after the same one. The
            # answer is that of the step before: to wait for this one's would leave the devices idle.
            stopping = asked_before is not None and bool(asked_before) and self._step < last
            self._after_step(stopping)
            if stopping:
                self._run.say(f"stopped as asked after step {self._step} of {last}")
                return False
        return True

    def finish(self) -> None:
        """Measure on held-out examples, and write the result of the run."""
        self._run.finish(examples=self._task.held_out_examples, **self._evaluate())

    @property
    def _epoch(self) -> int:
        """Whole epochs done."""
        return self._step // self._batches.steps_per_epoch

    def _no_totals(self) -> dict[str, Any]:
        return {name: np.zeros((), np.float32) for name in self._task.measures}

    def _take_step(self, stop: StopRequest) -> jax.Array:
        rows = self._batches.rows(self._step)
        batch = tuple(self._devices.share(examples[rows]) for examples in self._task.examples)
        asked = self._devices.share_flag(stop.asked)
        self._state, self._totals, asked = self._advance(
            self._state, self._totals, batch, asked, np.int32(self._step)
        )
        self._step += 1
        return asked

    def _one_step(
        self, state: State, totals: dict[str, Any], examples: tuple[Any, ...], asked: Any, step: Any
    ) -> tuple[State, dict[str, Any], Any]:
        """One step: the state, the sums of this epoch's measures, and more than 0 if any process was asked to
        stop.
        """
        key = jax.random.fold_in(jax.random.key(self._batches.seed), step)
        drawn = self._task.draw(key, self._batches.batch_size)

        def each(state: State, shared: Any) -> tuple[State, dict[str, Any], Any]:
            batch, asked = shared
            state, measures = self._task.step(state, batch)
            return state, *mean_over_devices((measures, asked.sum()))

        state, measures, asked = self._devices.on_each(each)(state, ((*examples, *drawn), asked))
        return state, {name: totals[name] + measures[name] for name in self._task.measures}, asked

    def _after_step(self, stopping: bool) -> None:
        if self._step % self._batches.steps_per_epoch == 0:
            self._end_epoch()
        elif _due(self._step, self._options.metrics_every_steps):
            self._record("step")
        if stopping or self._checkpoint_is_due():
            self._means()
            self._run.save({**self._state, _EPOCH: self._totals}, step=self._step, epoch=self._epoch)

    def _end_epoch(self) -> None:
        means = self._record("epoch")
        shown = ", ".join(f"{name} {value:.4f}" for name, value in means.items())
        self._run.say(f"epoch {self._epoch}/{self._options.epochs}: {shown}")
        last = self._step == self._run.total_steps
        if not last and _due(self._epoch, self._options.evaluate_every_epochs):
            self._evaluate()
        self._totals = self._devices.replicate(self._no_totals())
        self._began = time.perf_counter()

    def _checkpoint_is_due(self) -> bool:
        epoch, place = divmod(self._step, self._batches.steps_per_epoch)
        return (
            self._step == self._run.total_steps
            or _due(self._step, self._options.checkpoint_every_steps)
            or (place == 0 and _due(epoch, self._options.checkpoint_every_epochs))
        )

    def _means(self) -> dict[str, float]:
        """What was measured in this epoch so far, as means over its steps.

        Raises:
            TrainingError: if there is no loss any more; such a state is not worth keeping.
        """
        steps = (self._step - 1) % self._batches.steps_per_epoch + 1
        means = {name: float(self._totals[name]) / steps for name in self._task.measures}
        _check(means["loss"], f"epoch {math.ceil(self._step / self._batches.steps_per_epoch)}")
        return means

    def _record(self, kind: str) -> dict[str, float]:
        means = self._means()
        seconds = time.perf_counter() - self._began
        self._run.record(kind, step=self._step, epoch=self._epoch, seconds=seconds, **means)
        return means

    def _evaluate(self) -> dict[str, float]:
        """What is measured on held-out examples, by the first process; nothing in the others."""
        if not self._run.is_first:
            return {}
        began = time.perf_counter()
        # Copies on this host: the arrays span all processes, and the others aren't here to compute with.
        measured = self._task.evaluate(jax.tree.map(np.asarray, self._state))
        _check(measured["loss"], "held-out examples")
        seconds = time.perf_counter() - began
        self._run.record("held_out", step=self._step, epoch=self._epoch, seconds=seconds, **measured)
        return measured


def _due(count: int, every: int | None) -> bool:
    return bool(every) and count % every == 0


def _check(loss: float, where: str) -> None:
    if not math.isfinite(loss):
        raise TrainingError(f"the loss of {where} is {loss}: not kept; lower --learning-rate")
