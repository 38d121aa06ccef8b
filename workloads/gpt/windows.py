"""Which stretches of a text the model sees: in training by seed and step alone, held out all of them once."""

from __future__ import annotations

from typing import Any

import numpy as np

from modelyard_training.batches import Batches
from modelyard_training.errors import SettingsError
from modelyard_training.torch_place import Place

Tokens = np.ndarray[Any, np.dtype[np.int64]]
"""(sequence, position): each sequence has one byte more than the context, to be told after the others."""


class TrainingWindows:
    """The batches of a run. Each epoch cuts the text from another first byte, and goes once through it."""

    def __init__(
        self, text: np.ndarray[Any, Any], context: int, *, batch_size: int, seed: int, place: Place
    ) -> None:
        """`batch_size` are sequences a step, over all processes; SettingsError if the text hasn't as many."""
        self.context = context
        self._text, self._seed = text, seed
        windows = max(0, len(text) // context - 1)
        self._batches = Batches(
            examples=windows,
            batch_size=batch_size,
            seed=seed,
            num_nodes=place.world_size,
            node_rank=place.rank,
        )
        if batch_size > windows:
            raise SettingsError(
                f"--batch-size {batch_size} can't be used: the text has {windows} stretches of {context} "
                "bytes"
            )

    def epochs(self, step: int) -> int:
        """Whole epochs done after as many steps."""
        return step // self._batches.steps_per_epoch

    def tokens(self, step: int) -> Tokens:
        """The sequences of this process at this step, counted from 0."""
        first = int(np.random.default_rng([self._seed, self.epochs(step), 1]).integers(self.context))
        starts = first + self._batches.rows(step) * self.context
        return _cut(self._text, starts, self.context)


class HeldOutWindows:
    """All of a held-out text, one stretch after the other, shared out among the processes."""

    def __init__(self, text: np.ndarray[Any, Any], context: int, place: Place) -> None:
        """SettingsError if the text is shorter than the context."""
        windows = (len(text) - 1) // context
        if windows < 1:
            raise SettingsError(f"the held-out text has {len(text)} bytes; more than {context} are needed")
        self.bytes_told = windows * context
        self._tokens = _cut(text, np.arange(windows) * context, context)
        self._place = place

    def passes(self, size: int) -> list[Tokens]:
        """The sequences of this process, at most `size` at once, in as many passes as every other process
        has: FSDP needs all for each. A pass may be empty.
        """
        world = self._place.world_size
        passes = -(-len(self._tokens) // (world * size))
        own = self._tokens[self._place.rank :: world]
        return [own[place * size : (place + 1) * size] for place in range(passes)]


def _cut(text: np.ndarray[Any, Any], starts: np.ndarray[Any, Any], context: int) -> Tokens:
    return text[starts[:, np.newaxis] + np.arange(context + 1)].astype(np.int64)
