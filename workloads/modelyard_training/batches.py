"""Which examples each process trains on at each step, from the seed alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from modelyard_training.errors import SettingsError

Rows = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Batches:
    """The batches of a run. Each epoch goes once through all examples, in an order of its own, and leaves out
    those that don't fill a batch.

    Every process has its part of every batch: the batches are the same however many processes there are.
    """

    examples: int
    batch_size: int
    """Examples a step, over all processes."""
    seed: int
    num_nodes: int
    node_rank: int

    @property
    def steps_per_epoch(self) -> int:
        """Optimizer steps that go once through the examples."""
        return self.examples // self.batch_size

    def check(self, devices: int) -> None:
        """SettingsError if the job's devices can't share a batch, or there is none."""
        if self.batch_size % devices or self.batch_size > self.examples:
            raise SettingsError(
                f"--batch-size {self.batch_size} can't be used: a multiple of the job's {devices} devices is "
                f"needed, and no more than the {self.examples} examples"
            )

    def rows(self, step: int) -> Rows:
        """The examples of this process at this step, counted from 0."""
        epoch, place = divmod(step, self.steps_per_epoch)
        batch = _order(self.examples, self.seed, epoch + 1)[place * self.batch_size :][: self.batch_size]
        return batch.reshape(self.num_nodes, -1)[self.node_rank]


@lru_cache(maxsize=1)
def _order(examples: int, seed: int, epoch: int) -> Rows:
    return np.random.default_rng([seed, epoch]).permutation(examples)
