"""The steps of one attempt at a run, and what is written down on the way."""

# pyright: reportMissingImports=false, reportUntypedBaseClass=false, reportUntypedFunctionDecorator=false

from __future__ import annotations

import argparse
import math
import time

from torch import Tensor
from trainer import Measured, Trainer
from windows import HeldOutWindows, TrainingWindows

from modelyard_training.errors import TrainingError
from modelyard_training.stopping import StopRequest
from modelyard_training.torch_gang import agree, total
from modelyard_training.torch_runs import TorchRun


class Attempt:
    """One process's part in it; all processes of the job do the same at the same time."""

    def __init__(
        self,
        run: TorchRun,
        trainer: Trainer,
        windows: TrainingWindows,
        held_out: HeldOutWindows,
        options: argparse.Namespace,
    ) -> None:
        self._run, self._trainer = run, trainer
        self._windows, self._held_out, self._options = windows, held_out, options
        self._losses: list[Tensor] = []
        self._began = 0.0

    def train(self, done: int, stop: StopRequest) -> bool:
        """Train from as many steps done to the last; False if it left before, as asked, with a checkpoint."""
        last = self._run.total_steps
        self._began = time.perf_counter()
        for step in range(done + 1, last + 1):
            self._losses.append(self._trainer.step(self._windows.tokens(step - 1), step - 1))
            # All are asked: a signal that has reached one process has to stop them all after the same step.
            asked, writing = agree(stop.asked, self._run.is_writing)
            if not writing:
                self._run.settle()
            stopping = asked and step < last
            self._write_down(step, saving=stopping or step == last)
            if stopping:
                self._run.settle()
                self._run.say(f"stopped as asked after step {step} of {last}")
                return False
        return True

    def finish(self) -> None:
        """Measure on held-out text, and write the run's result."""
        measured = self._measure(self._run.total_steps)
        self._run.finish(examples=self._held_out.bytes_told, loss=measured.loss, accuracy=measured.accuracy)

    def _write_down(self, step: int, *, saving: bool) -> None:
        """Whatever is due after this step."""
        options = self._options
        saving = saving or step % options.checkpoint_every_steps == 0
        evaluating = bool(options.evaluate_every_steps) and step % options.evaluate_every_steps == 0
        # A checkpoint is written of what is known to be a number, so its step has a line.
        if saving or step % options.metrics_every_steps == 0:
            self._report(step)
        if saving:
            self._run.save(self._trainer.state, step=step, epoch=self._windows.epochs(step))
        if evaluating and step < self._run.total_steps:
            self._measure(step)
        if saving or evaluating:
            self._began = time.perf_counter()

    def _report(self, step: int) -> None:
        """Write what the steps since the last line came to.

        Raises:
            TrainingError: if the loss is no number; nothing is kept of it then.
        """
        steps = len(self._losses)
        # Only when the numbers are here, an accelerator has done its steps.
        summed, processes = total(sum(float(loss) for loss in self._losses), 1)
        seconds = time.perf_counter() - self._began
        loss = summed / processes / steps
        if not math.isfinite(loss):
            raise TrainingError(f"the loss of step {step} is {loss}: not kept; lower --learning-rate")
        tokens = steps * self._options.batch_size * self._windows.context
        rate = tokens / seconds
        epoch = self._windows.epochs(step)
        self._run.record("step", step=step, epoch=epoch, seconds=seconds, loss=loss, tokens_per_second=rate)
        self._run.say(f"step {step}/{self._run.total_steps}: loss {loss:.4f}, {rate:.0f} tokens a second")
        self._losses.clear()
        self._began = time.perf_counter()

    def _measure(self, step: int) -> Measured:
        began = time.perf_counter()
        measured = self._trainer.measure(self._held_out)
        self._run.record(
            "held_out",
            step=step,
            epoch=self._windows.epochs(step),
            seconds=time.perf_counter() - began,
            loss=measured.loss,
            perplexity=math.exp(measured.loss),
            accuracy=measured.accuracy,
        )
        self._run.say(f"step {step}/{self._run.total_steps}: held-out loss {measured.loss:.4f}")
        return measured
