"""Train a small GPT on all processes of a job, from wherever the run stands to its last step.

Exit codes: 0 trained; 1 training failed; 2 bad options, contract or dataset; 3 a store or another process
can't be reached; 130 interrupted; 143 stopped by SIGTERM, with a checkpoint to go on from if a step was done.
"""

# Types are known where PyTorch is installed; the checks have to pass where it isn't.
# pyright: reportMissingImports=false, reportUntypedBaseClass=false, reportUntypedFunctionDecorator=false

from __future__ import annotations

import argparse
import os
import sys

import text_dataset
from options import KEPT, parse_options

from modelyard_training.contract import JobContext
from modelyard_training.errors import SettingsError, TrainingError
from modelyard_training.stopping import STOPPED_EXIT_CODE, StopRequest
from modelyard_training.stores import open_store
from modelyard_training.torch_place import Place, check_pytorch

PACKAGES = ("numpy", "torch")
"""Whose versions a checkpoint records."""


def main(arguments: list[str] | None = None) -> int:
    """Run one process of the job, to its end; returns the exit code if it came to nothing before it began."""
    options = parse_options(arguments)
    stop = StopRequest()
    try:
        # PyTorch takes seconds to import: what is wrong with options and contract is told before.
        context = JobContext.from_environment(os.environ)
        place = Place.from_environment(os.environ, context)
        check_pytorch()
        from modelyard_training.torch_gang import gang, leave

        with gang(context, place, timeout_seconds=options.peer_timeout_seconds):
            code = train(context, place, options, stop)
        leave(code)
    except TrainingError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code


def train(context: JobContext, place: Place, options: argparse.Namespace, stop: StopRequest) -> int:
    """Train from the newest whole checkpoint to the last step; returns the exit code."""
    from attempt import Attempt
    from model import GPT, SHAPES
    from trainer import Recipe, Trainer
    from windows import HeldOutWindows, TrainingWindows

    from modelyard_training.torch_parallel import compute_alike
    from modelyard_training.torch_runs import TorchRun

    compute_alike()
    _check_alike(options)
    text = text_dataset.load(open_store(context.datasets_uri), options.dataset)
    shape = SHAPES[options.model]
    options.learning_rate = options.learning_rate or shape.learning_rate
    micro_batch_size = _micro_batch_size(options, place)
    windows = TrainingWindows(
        text.train, shape.context, batch_size=options.batch_size, seed=options.seed, place=place
    )
    held_out = HeldOutWindows(text.held_out, shape.context, place)
    recipe = Recipe(
        how=options.parallel,
        half=options.precision == "bfloat16",
        seed=options.seed,
        steps=options.steps,
        warmup_steps=options.warmup_steps,
        learning_rate=options.learning_rate,
        weight_decay=options.weight_decay,
        clip_norm=options.clip_norm,
        micro_batch_size=micro_batch_size,
    )
    settings = {name: getattr(options, name) for name in KEPT}
    with TorchRun(
        context,
        place,
        total_steps=options.steps,
        settings={**settings, "dataset_sha256": text.sha256},
        packages=PACKAGES,
        keep_checkpoints=options.keep_checkpoints,
    ) as run:
        trainer = Trainer(GPT(shape, options.seed), recipe, place)
        done = run.resume(trainer.state)
        attempt = Attempt(run, trainer, windows, held_out, options)
        stop.defer()
        if not attempt.train(done, stop):
            return STOPPED_EXIT_CODE
        attempt.finish()
    return 0


def _check_alike(options: argparse.Namespace) -> None:
    """Processes that do different things would wait for each other in different places."""
    from modelyard_training.torch_gang import gather

    given = gather(vars(options))
    differing = sorted(name for name in vars(options) if len({str(each[name]) for each in given}) > 1)
    if differing:
        names = ", ".join("--" + name.replace("_", "-") for name in differing)
        raise SettingsError(
            f"the processes of the job were started with different {names}; give all the same"
        )


def _micro_batch_size(options: argparse.Namespace, place: Place) -> int:
    share, rest = divmod(options.batch_size, place.world_size)
    size = options.micro_batch_size or share
    if rest or not share or share % size:
        raise SettingsError(
            f"--batch-size {options.batch_size} can't be used: a multiple of the job's {place.world_size} "
            f"processes times --micro-batch-size {options.micro_batch_size or 1} is needed"
        )
    return size


if __name__ == "__main__":
    sys.exit(main())
