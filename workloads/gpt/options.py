"""The options of train.py."""

from __future__ import annotations

import argparse
import math
from typing import Any

SHAPES = ("tiny", "small", "medium")
"""Names of models; model.py says what they are, and importing it takes seconds."""

KEPT = (
    "model",
    "dataset",
    "seed",
    "steps",
    "warmup_steps",
    "batch_size",
    "learning_rate",
    "weight_decay",
    "clip_norm",
)
"""Options that every attempt at a run has to have in common."""


def parse_options(arguments: list[str] | None) -> argparse.Namespace:
    """The options; what can't be used ends the process with exit code 2."""
    parser = argparse.ArgumentParser(description="Train a small GPT as one process of a job.")
    count: Any = {"type": positive, "metavar": "N"}
    rate: Any = {"type": above_zero, "metavar": "RATE"}
    add = parser.add_argument
    add("--model", choices=SHAPES, default="tiny", help="0.12, 10.8 or 86 million parameters (%(default)s)")
    add("--dataset", default="paradise-lost", metavar="NAME", help="in the store of datasets (%(default)s)")
    add(
        "--parallel",
        choices=("ddp", "fsdp"),
        default="ddp",
        help="all of it in each process, or parts (%(default)s)",
    )
    add(
        "--precision",
        choices=("float32", "bfloat16"),
        default="float32",
        help="between the layers (%(default)s)",
    )
    add("--steps", default=300, help="in all, over every attempt at the run (%(default)s)", **count)
    add("--batch-size", default=32, help="sequences a step, over all processes (%(default)s)", **count)
    add(
        "--micro-batch-size",
        help="sequences that a process takes at once, summing gradients; else its all",
        **count,
    )
    add("--learning-rate", help="the highest; else what suits the model", **rate)
    add("--warmup-steps", default=20, help="until the highest learning rate (%(default)s)", **count)
    add("--weight-decay", default=0.1, help="of AdamW (%(default)s)", **rate)
    add("--clip-norm", default=1.0, help="the longest gradient (%(default)s)", **rate)
    add("--seed", default=0, type=_seed, metavar="N", help="decides all that is drawn (%(default)s)")
    add("--checkpoint-every-steps", default=100, help="and at the end (%(default)s)", **count)
    add("--keep-checkpoints", help="delete all but the newest; else all stay", **count)
    add("--evaluate-every-steps", help="on held-out text; else at the end only", **count)
    add("--metrics-every-steps", default=10, help="a line in the metrics (%(default)s)", **count)
    add("--peer-timeout-seconds", default=300, help="the wait for other processes (%(default)s)", **count)
    return parser.parse_args(arguments)


def positive(text: str) -> int:
    """A whole number of 1 or more."""
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of 1 or more")
    return int(text)


def above_zero(text: str) -> float:
    """A finite number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return number


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 2**32):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0 to {2**32 - 1}")
    return int(text)
