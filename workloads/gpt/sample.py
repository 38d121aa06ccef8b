"""Write text with the newest whole checkpoint of a run: `python sample.py file:///directory RUN`."""

# pyright: reportMissingImports=false, reportUntypedBaseClass=false, reportUntypedFunctionDecorator=false

from __future__ import annotations

import argparse
import sys

import torch
from model import GPT, SHAPES
from options import above_zero, positive
from torch import Tensor

from modelyard_training.errors import SettingsError, TrainingError
from modelyard_training.stores import FORMS, open_store
from modelyard_training.torch_checkpoints import ShardedCheckpoints
from modelyard_training.torch_place import Place
from modelyard_training.torch_state import TrainingState


def main(arguments: list[str] | None = None) -> int:
    """Print the text; returns the exit code (0 written, 2 no such run, 3 no store)."""
    parser = argparse.ArgumentParser(description="Write text with the newest whole checkpoint of a run.")
    parser.add_argument("store", help=f"of checkpoints: {FORMS}")
    parser.add_argument("run", help="the run's id")
    parser.add_argument("--prompt", default="\n", help="what the text begins with (a new line)")
    parser.add_argument("--bytes", type=positive, default=400, metavar="N", help="to write (%(default)s)")
    parser.add_argument(
        "--temperature", type=above_zero, default=0.8, metavar="T", help="more dares more (%(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="decides what is drawn (%(default)s)"
    )
    options = parser.parse_args(arguments)
    try:
        model = load(options.store, options.run)
    except TrainingError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    # Threads that share a sum change its last bits, and so now and then a letter.
    torch.set_num_threads(1)
    random = torch.Generator().manual_seed(options.seed)
    written = write(model, options.prompt.encode() or b"\n", options.bytes, options.temperature, random)
    print(written.decode(errors="replace"))
    return 0


def load(uri: str, run_id: str) -> GPT:
    """The model of a run, from its newest whole checkpoint.

    Raises:
        SettingsError: if there is none.
    """
    place = Place(rank=0, world_size=1, local_rank=0, local_world_size=1, device="cpu")
    checkpoints = ShardedCheckpoints(open_store(uri), run_id, place, settings={}, packages=())
    found = checkpoints.find()
    for reason in found.skipped:
        print(f"passed over {reason}", file=sys.stderr)
    if found.checkpoint is None:
        raise SettingsError(f"{uri} has no whole checkpoint of run {run_id!r}; is its id right?")
    shape = SHAPES.get(found.checkpoint.settings.get("model", ""))
    if shape is None:
        raise SettingsError(f"run {run_id!r} is of no model that is known here: {', '.join(SHAPES)}")
    model = GPT(shape, seed=0)
    checkpoints.restore(found.checkpoint, TrainingState(model, None, place))
    return model.eval()


def write(model: GPT, prompt: bytes, count: int, temperature: float, random: torch.Generator) -> bytes:
    """The prompt and as many bytes more, each drawn as the model thinks it likely, or bolder."""
    tokens = torch.tensor([list(prompt)])
    with torch.no_grad():
        for _ in range(count):
            logits: Tensor = model(tokens[:, -model.shape.context :])[0, -1]
            drawn = torch.multinomial((logits / temperature).softmax(-1), 1, generator=random)
            tokens = torch.cat([tokens, drawn[None]], dim=1)
    return bytes(tokens[0].tolist())


if __name__ == "__main__":
    sys.exit(main())
