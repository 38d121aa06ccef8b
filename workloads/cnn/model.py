"""The classic convolutional network for images of digits, and what it gets right."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import keras
import numpy as np
from keras import layers

Images = np.ndarray[Any, Any]


def build_model(learning_rate: float, seed: int) -> Any:
    """A compiled network for 8x8 grey images and ten classes; the seed fixes first weights and dropout."""
    keras.utils.set_random_seed(seed)
    start: Any = {"kernel_initializer": _glorot_uniform(np.random.default_rng(seed))}
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(32, 3, padding="same", activation="relu", **start),
            layers.Conv2D(32, 3, padding="same", activation="relu", **start),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(128, activation="relu", **start),
            layers.Dropout(0.3),
            layers.Dense(10, **start),
        ],
        name="digits_cnn",
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    return model


def as_input(images: Images) -> Images:
    """Pixels from 0 to 16 as the network takes them: from 0 to 1, with a channel."""
    return (images.astype(np.float32) / 16.0)[..., np.newaxis]


def evaluate(model: Any, images: Images, labels: Images) -> tuple[float, float]:
    """Mean loss and share of right answers, computed by this process alone on its first device."""

    @jax.jit
    def measure(trainable: Any, non_trainable: Any, inputs: Any, labels: Any) -> tuple[Any, Any]:
        logits, _ = model.stateless_call(trainable, non_trainable, inputs, training=False)
        losses: Any = keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
        return losses.mean(), (logits.argmax(axis=-1) == labels).mean()

    # Copies on this host: the variables span all processes, and the others aren't here to compute with.
    trainable = [np.asarray(variable.value) for variable in model.trainable_variables]
    non_trainable = [np.asarray(variable.value) for variable in model.non_trainable_variables]
    loss, accuracy = measure(trainable, non_trainable, as_input(images), labels.astype(np.int32))
    return float(loss), float(accuracy)


def _glorot_uniform(random: np.random.Generator) -> Callable[..., Images]:
    """Keras' own first weights for these layers, drawn by NumPy: JAX would compile a program for every shape,
    which takes longer than the training.
    """

    def draw(shape: tuple[int, ...], dtype: str | None = None) -> Images:
        field = math.prod(shape[:-2])
        limit = math.sqrt(6.0 / (field * (shape[-2] + shape[-1])))
        return random.uniform(-limit, limit, shape).astype(dtype or "float32")

    return draw
