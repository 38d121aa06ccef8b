"""What one training program brings to the training that all share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from modelyard_training.keras_jax import Network, State


class Task(ABC):
    """Networks, a step that trains them, and what is measured of them."""

    networks: tuple[Network, ...]
    examples: tuple[np.ndarray[Any, Any], ...]
    """What a batch is taken from: arrays with a row for each example."""
    measures: tuple[str, ...]
    """Names of what `step` returns, `loss` among them."""
    held_out_examples: int
    """Examples that `evaluate` measures on."""

    def initial(self) -> State:
        """The first state of all networks, on this host."""
        return {group: arrays for network in self.networks for group, arrays in network.initial().items()}

    def draw(self, key: Any, count: int) -> tuple[Any, ...]:
        """What chance decides for a batch of `count` examples: arrays with a row for each, from JAX's `key`.

        It is drawn here, for the whole batch, so that it is the same however many devices share it. A layer
        that draws by itself, as Dropout does, would draw the same for the rows of each.
        """
        del key, count
        return ()

    @abstractmethod
    def step(self, state: State, batch: tuple[Any, ...]) -> tuple[State, dict[str, Any]]:
        """The state after one step, and what was measured, as means over the rows at hand.

        JAX compiles it. `batch` is one device's share of the job's: rows of `examples`, then of what was
        drawn.
        """

    @abstractmethod
    def evaluate(self, state: State) -> dict[str, float]:
        """What is measured on examples never trained on; `loss`, the number that training is to bring down.

        The process of rank 0 calls it alone, with the state on its host.
        """
