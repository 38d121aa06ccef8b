"""The classic convolutional network for images of digits, and what it gets right."""

from __future__ import annotations

from typing import Any

import jax
import keras
import numpy as np
from keras import layers

from modelyard_training.datasets import Dataset, as_input
from modelyard_training.keras_jax import Network, State, glorot_uniform
from modelyard_training.tasks import Task

WIDTH = 128
"""Numbers that the dense layer gives."""

DROPOUT = 0.3
"""Share of them that is dropped in training."""


class Classifier(Task):
    """Two convolutions and a dense layer, trained by softmax cross-entropy."""

    measures = ("loss", "accuracy")

    def __init__(self, digits: Dataset, *, learning_rate: float, seed: int) -> None:
        self._network = Network(build_model(seed), keras.optimizers.Adam(learning_rate))
        self.networks = (self._network,)
        self.examples = (as_input(digits.train_images), digits.train_labels.astype(np.int32))
        self._held_out = (as_input(digits.held_out_images), digits.held_out_labels.astype(np.int32))
        self.held_out_examples = len(digits.held_out_labels)
        self._measure = jax.jit(self._loss)

    def draw(self, key: Any, count: int) -> tuple[Any, ...]:
        """For each image, which of the dense layer's numbers go on: dropout, with what stays made larger."""
        kept = jax.random.bernoulli(key, 1.0 - DROPOUT, (count, WIDTH))
        return (kept / (1.0 - DROPOUT),)

    def step(self, state: State, batch: tuple[Any, ...]) -> tuple[State, dict[str, Any]]:
        """Down the cross-entropy of the batch."""
        return self._network.descend(state, lambda state: self._loss(state, *batch))

    def evaluate(self, state: State) -> dict[str, float]:
        """Cross-entropy, and the share of right answers, with nothing dropped."""
        everything = np.ones((self.held_out_examples, WIDTH), np.float32)
        _, (_, measured) = self._measure(state, *self._held_out, everything)
        return {name: float(value) for name, value in measured.items()}

    def _loss(
        self, state: State, images: Any, labels: Any, kept: Any
    ) -> tuple[Any, tuple[State, dict[str, Any]]]:
        logits, state = self._network(state, images, kept)
        losses: Any = keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
        loss, right = losses.mean(), (logits.argmax(axis=-1) == labels).mean()
        return loss, (state, {"loss": loss, "accuracy": right})


def build_model(seed: int) -> Any:
    """From 8x8 grey images, and what dropout keeps of the dense layer, to the logits of ten classes."""
    start: Any = {"kernel_initializer": glorot_uniform(np.random.default_rng(seed))}
    images, kept = keras.Input((8, 8, 1), name="images"), keras.Input((WIDTH,), name="kept")
    hidden: Any = images
    for _ in range(2):
        hidden = layers.Conv2D(32, 3, padding="same", activation="relu", **start)(hidden)
    hidden = layers.Flatten()(layers.MaxPooling2D()(hidden))
    hidden = layers.Dense(WIDTH, activation="relu", **start)(hidden) * kept
    return keras.Model([images, kept], layers.Dense(10, **start)(hidden), name="digits_cnn")
