"""Train the digits GAN on all processes of a job, from wherever the run stands to its last epoch."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from modelyard_training.datasets import Dataset
from modelyard_training.options import positive, training_options
from modelyard_training.process import run_process

if TYPE_CHECKING:
    from modelyard_training.tasks import Task


def main(arguments: list[str] | None = None) -> int:
    """Run one process of the job; returns its exit code (see run_process)."""
    parser = training_options(
        "Train the digits GAN as one process of a job.", epochs=150, learning_rate=0.001
    )
    parser.add_argument(
        "--latent-size",
        default=16,
        type=positive,
        metavar="N",
        help="numbers of noise for an image (%(default)s)",
    )
    return run_process(parser, arguments, make_task, "latent_size")


def make_task(options: argparse.Namespace, digits: Dataset) -> Task:
    """The networks and their loss."""
    # Not at the top: importing Keras takes seconds, and reads variables that run_process sets.
    import model  # pyright: ignore[reportMissingImports]  # beside this script, where Python looks first

    return model.Adversaries(
        digits, latent_size=options.latent_size, learning_rate=options.learning_rate, seed=options.seed
    )


if __name__ == "__main__":
    sys.exit(main())
