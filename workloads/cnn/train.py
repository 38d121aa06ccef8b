"""Train the digits CNN on all processes of a job, from wherever the run stands to its last epoch.

Exit codes: 0 trained; 1 training failed; 2 bad options, contract or dataset; 3 a store or another process
can't be reached; 143 stopped by SIGTERM, with a checkpoint to go on from if an epoch was done.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from typing import Any

import numpy as np

from modelyard_training import datasets
from modelyard_training.contract import JobContext
from modelyard_training.errors import SettingsError, TrainingError
from modelyard_training.rendezvous import TIMEOUT_SECONDS, gang, gather
from modelyard_training.runs import Run
from modelyard_training.stopping import STOPPED_EXIT_CODE, StopRequest
from modelyard_training.stores import open_store


def main(arguments: list[str] | None = None) -> int:
    """Run one process of the job; returns its exit code."""
    options = _options(arguments)
    stop = StopRequest()
    try:
        context = JobContext.from_environment(os.environ)
        os.environ["KERAS_BACKEND"] = "jax"
        if not context.gpus_per_node:
            # Threads that share a sum change its last bits; with one, the number of cores changes nothing.
            os.environ.setdefault("NPROC", "1")
        with gang(context, timeout_seconds=options.rendezvous_timeout_seconds):
            return train(context, options, stop)
    except TrainingError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code


def train(context: JobContext, options: argparse.Namespace, stop: StopRequest) -> int:
    """Train from the newest whole checkpoint to the last epoch; returns the exit code."""
    import jax

    digits = datasets.load(open_store(context.datasets_uri), "digits")
    steps = _steps_an_epoch(options.batch_size, jax.device_count(), len(digits.train_labels))
    settings = {name: getattr(options, name) for name in ("seed", "batch_size", "learning_rate")}
    run = Run(
        context,
        settings={**settings, "dataset_sha256": digits.sha256},
        packages=("jax", "jaxlib", "keras", "numpy"),
        keep_checkpoints=options.keep_checkpoints,
    )
    done, groups = run.resume()

    # Not at the top: importing Keras reads the variables set above, and takes seconds.
    import model as cnn  # pyright: ignore[reportMissingImports]  # beside this script, where Python looks first

    from modelyard_training.keras_jax import capture, restore, use_data_parallel

    use_data_parallel()
    model = cnn.build_model(options.learning_rate, options.seed)
    if groups:
        restore(model, groups)
    stop.defer()

    for epoch in range(done + 1, options.epochs + 1):
        began = time.perf_counter()
        rows = _rows(context, options, epoch, len(digits.train_labels), steps)
        history = model.fit(
            cnn.as_input(digits.train_images[rows]),
            digits.train_labels[rows],
            batch_size=options.batch_size // context.num_nodes,
            shuffle=False,
            verbose=0,
        ).history
        loss, accuracy = float(history["loss"][0]), float(history["accuracy"][0])
        seconds = time.perf_counter() - began
        if not math.isfinite(loss):
            raise TrainingError(f"the loss of epoch {epoch} is {loss}: not kept; lower --learning-rate")
        run.record("epoch", step=epoch * steps, epoch=epoch, loss=loss, accuracy=accuracy, seconds=seconds)
        run.say(f"epoch {epoch}/{options.epochs}: loss {loss:.4f}, accuracy {accuracy:.4f}")
        last = epoch == options.epochs
        # All are asked: a signal that has reached one process only has to stop them all at the same epoch.
        stopping = any(gather(int(stop.asked))) and not last
        if stopping or last or epoch % options.checkpoint_every_epochs == 0:
            run.save(capture(model), step=epoch * steps, epoch=epoch)
        if stopping:
            run.say(f"stopped as asked after epoch {epoch}")
            return STOPPED_EXIT_CODE

    if context.is_first:
        began, epoch = time.perf_counter(), max(done, options.epochs)
        loss, accuracy = cnn.evaluate(model, digits.held_out_images, digits.held_out_labels)
        seconds = time.perf_counter() - began
        run.record("held_out", step=epoch * steps, epoch=epoch, loss=loss, accuracy=accuracy, seconds=seconds)
        run.finish(accuracy=accuracy, examples=len(digits.held_out_labels))
    return 0


def _steps_an_epoch(batch_size: int, devices: int, examples: int) -> int:
    if batch_size % devices or batch_size > examples:
        raise SettingsError(
            f"--batch-size {batch_size} can't be used: a multiple of the job's {devices} devices is needed, "
            f"and no more than the {examples} images"
        )
    return examples // batch_size


def _rows(
    context: JobContext, options: argparse.Namespace, epoch: int, examples: int, steps: int
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The images that this process trains on in this epoch, in an order that seed and epoch alone decide.

    Every process has its part of every batch: the batches are the same however many processes there are.
    """
    order = np.random.default_rng([options.seed, epoch]).permutation(examples)[: steps * options.batch_size]
    return order.reshape(steps, context.num_nodes, -1)[:, context.node_rank].ravel()


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the digits CNN as one process of a job.")
    number: Any = {"type": _positive, "metavar": "N"}
    parser.add_argument("--epochs", default=6, help="in all, over every attempt at the run", **number)
    parser.add_argument("--batch-size", default=128, help="images a step, over all processes", **number)
    parser.add_argument("--learning-rate", default=0.004, type=float, metavar="RATE", help="of Adam")
    parser.add_argument("--seed", default=0, type=int, help="decides weights, dropout and order")
    parser.add_argument("--checkpoint-every-epochs", default=1, help="and after the last", **number)
    parser.add_argument("--keep-checkpoints", help="delete all but the newest; else all stay", **number)
    parser.add_argument("--rendezvous-timeout-seconds", default=TIMEOUT_SECONDS, **number)
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main())
