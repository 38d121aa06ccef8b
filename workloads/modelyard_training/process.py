"""One process of a training job, from its command line to its exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from modelyard_training import datasets
from modelyard_training.batches import Batches
from modelyard_training.contract import JobContext
from modelyard_training.errors import TrainingError
from modelyard_training.light_keras import import_keras
from modelyard_training.rendezvous import gang
from modelyard_training.runs import Run
from modelyard_training.stopping import INTERRUPTED_EXIT_CODE, STOPPED_EXIT_CODE, StopRequest
from modelyard_training.stores import open_store

if TYPE_CHECKING:  # tasks import Keras, which reads variables that are set here
    from modelyard_training.tasks import Task

MakeTask = Callable[[argparse.Namespace, datasets.Dataset], "Task"]

PACKAGES = ("jax", "jaxlib", "keras", "numpy")
"""Whose versions a checkpoint records."""


def run_process(
    parser: argparse.ArgumentParser, arguments: list[str] | None, make_task: MakeTask, *own_settings: str
) -> int:
    """Train on the digits with what `make_task` makes of options and data; returns the exit code.

    `own_settings` are the options of the task's own that every attempt at a run has to have in common.

    Exit codes: 0 trained; 1 training failed; 2 bad options, contract or dataset; 3 a store or another process
    can't be reached, or one was lost; 130 ended by Ctrl-C; 143 stopped by SIGTERM, with a checkpoint to go on
    from if a step was done.
    """
    options = parser.parse_args(arguments)
    stop = StopRequest()
    try:
        context = JobContext.from_environment(os.environ)
        os.environ["KERAS_BACKEND"] = "jax"
        if not context.gpus_per_node:
            # Threads that share a sum change its last bits; with one, the number of cores changes nothing.
            os.environ.setdefault("NPROC", "1")
        with gang(context, timeout_seconds=options.rendezvous_timeout_seconds):
            return _train(context, options, stop, make_task, own_settings)
    except TrainingError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED_EXIT_CODE


def _train(
    context: JobContext,
    options: argparse.Namespace,
    stop: StopRequest,
    make_task: MakeTask,
    own_settings: tuple[str, ...],
) -> int:
    """Train from the newest whole checkpoint to the last epoch; returns the exit code."""
    import jax

    digits = datasets.load(open_store(context.datasets_uri), "digits")
    batches = Batches(
        examples=len(digits.train_labels),
        batch_size=options.batch_size,
        seed=options.seed,
        num_nodes=context.num_nodes,
        node_rank=context.node_rank,
    )
    batches.check(jax.device_count())
    names = ("seed", "batch_size", "learning_rate", *own_settings)
    with Run(
        context,
        total_steps=options.epochs * batches.steps_per_epoch,
        settings={**{name: getattr(options, name) for name in names}, "dataset_sha256": digits.sha256},
        packages=PACKAGES,
        keep_checkpoints=options.keep_checkpoints,
    ) as run:
        resumed = run.resume()
        # Not at the top: importing Keras reads the variables set above, and takes seconds.
        import_keras()
        from modelyard_training.trainer import Trainer

        trainer = Trainer(run, make_task(options, digits), batches, options, resumed)
        stop.defer()
        if not trainer.train(stop):
            return STOPPED_EXIT_CODE
        trainer.finish()
    return 0
