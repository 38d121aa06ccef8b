"""The options that every training program of this folder takes."""

from __future__ import annotations

import argparse
import math
import re
from typing import Any

from modelyard_training.rendezvous import TIMEOUT_SECONDS


def training_options(description: str, *, epochs: int, learning_rate: float) -> argparse.ArgumentParser:
    """A parser with the options that all share; epochs and rate are what a program does when not told."""
    parser = argparse.ArgumentParser(description=description)
    number: Any = {"type": positive, "metavar": "N"}
    parser.add_argument(
        "--epochs", default=epochs, help="in all, over every attempt at the run (%(default)s)", **number
    )
    parser.add_argument(
        "--batch-size", default=128, help="examples a step, over all processes (%(default)s)", **number
    )
    parser.add_argument(
        "--learning-rate",
        default=learning_rate,
        type=_rate,
        metavar="RATE",
        help="of the optimizer (%(default)s)",
    )
    parser.add_argument(
        "--seed", default=0, type=_seed, metavar="N", help="decides all that is drawn (%(default)s)"
    )
    parser.add_argument("--checkpoint-every-epochs", default=1, help="and at the end (%(default)s)", **number)
    parser.add_argument("--checkpoint-every-steps", help="as well, for long epochs", **number)
    parser.add_argument("--keep-checkpoints", help="delete all but the newest; else all stay", **number)
    parser.add_argument(
        "--evaluate-every-epochs",
        help="on held-out data, and before the first; else at the end only",
        **number,
    )
    parser.add_argument("--metrics-every-steps", help="a line as well as after every epoch", **number)
    parser.add_argument(
        "--rendezvous-timeout-seconds",
        default=TIMEOUT_SECONDS,
        help="the wait for other nodes (%(default)s)",
        **number,
    )
    return parser


def positive(text: str) -> int:
    """A whole number of 1 or more."""
    return _whole(text, 1, None)


def _seed(text: str) -> int:
    return _whole(text, 0, 2**32 - 1)


def _whole(text: str, lowest: int, highest: int | None) -> int:
    number = int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None
    if number is not None and number >= lowest and (highest is None or number <= highest):
        return number
    bounds = f"of {lowest} or more" if highest is None else f"from {lowest} to {highest}"
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number {bounds}")


def _rate(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number
