"""The classic generative adversarial network (Goodfellow and others 2014, arXiv:1406.2661) for digits."""

from __future__ import annotations

from typing import Any

import jax
import keras
import numpy as np
from keras import layers

from modelyard_training.datasets import Dataset, as_input
from modelyard_training.keras_jax import Network, State, glorot_uniform
from modelyard_training.tasks import Task
from modelyard_training.two_samples import median_distance, squared_distance

GENERATED = 1_000
"""Images that are held against the held-out ones."""


class Adversaries(Task):
    """A generator and a discriminator, each trained against the other as it is.

    Their losses, in nats, say who is ahead, not how good the images are: where images can't be told from real
    ones any more they are log 2 and log 4, and on the way there each rises when the other falls. In training
    `loss` is their sum. What is to fall is the distance of generated images from held-out ones: that is the
    `loss` of `evaluate`.
    """

    measures = ("loss", "generator_loss", "discriminator_loss")

    def __init__(self, digits: Dataset, *, latent_size: int, learning_rate: float, seed: int) -> None:
        random = np.random.default_rng(seed)
        self._latent_size = latent_size

        def network(name: str, model: Any) -> Network:
            # Radford and others 2015 (arXiv:1511.06434): the usual momentum makes the two swing.
            optimizer = keras.optimizers.Adam(learning_rate, beta_1=0.5)
            return Network(model, optimizer, name=name, optimizer_name=f"{name}_optimizer")

        self._generator = network("generator", build_generator(latent_size, random))
        self._discriminator = network("discriminator", build_discriminator(random))
        self.networks = (self._generator, self._discriminator)
        self.examples = (as_input(digits.train_images),)
        self._held_out = as_input(digits.held_out_images).reshape(len(digits.held_out_images), -1)
        self._bandwidth = median_distance(self._held_out)
        self.held_out_examples = len(self._held_out)
        self._generate = jax.jit(self._images)

    def draw(self, key: Any, count: int) -> tuple[Any, ...]:
        """Noise to make images from: for the discriminator's step, and for the generator's."""
        return tuple(jax.random.normal(each, (count, self._latent_size)) for each in jax.random.split(key))

    def step(self, state: State, batch: tuple[Any, ...]) -> tuple[State, dict[str, Any]]:
        """First the discriminator learns to tell the images at hand, then the generator to pass it."""
        real, noise_to_tell, noise_to_pass = batch

        def telling(state: State) -> tuple[Any, tuple[State, Any]]:
            made = jax.lax.stop_gradient(self._images(state, noise_to_tell))
            right, _ = self._discriminator(state, real)
            wrong, _ = self._discriminator(state, made)
            loss = (_surprise(right) + _surprise(-wrong)).mean()
            return loss, (state, loss)

        def passing(state: State) -> tuple[Any, tuple[State, Any]]:
            # Non-saturating (the paper's section 3): to be taken for real, rather than not for made.
            judged, _ = self._discriminator(state, self._images(state, noise_to_pass))
            loss = _surprise(judged).mean()
            return loss, (state, loss)

        state, telling_loss = self._discriminator.descend(state, telling)
        state, passing_loss = self._generator.descend(state, passing)
        measured = {"generator_loss": passing_loss, "discriminator_loss": telling_loss}
        return state, {"loss": passing_loss + telling_loss, **measured}

    def evaluate(self, state: State) -> dict[str, float]:
        """How far generated images are from held-out ones, always from the same noise (see two_samples)."""
        noise = jax.random.normal(jax.random.key(0), (GENERATED, self._latent_size))
        made = np.asarray(self._generate(state, noise)).reshape(GENERATED, -1)
        distance = squared_distance(made, self._held_out, bandwidth=self._bandwidth)
        return {"loss": distance, "squared_mmd": distance}

    def _images(self, state: State, noise: Any) -> Any:
        images, _ = self._generator(state, noise)
        return images


def build_generator(latent_size: int, random: np.random.Generator) -> Any:
    """From noise to images of pixels from 0 to 1."""
    start: Any = {"kernel_initializer": glorot_uniform(random)}
    return keras.Sequential(
        [
            keras.Input((latent_size,)),
            layers.Dense(256, activation="relu", **start),
            layers.Dense(256, activation="relu", **start),
            layers.Dense(64, activation="sigmoid", **start),
            layers.Reshape((8, 8, 1)),
        ],
        name="generator",
    )


def build_discriminator(random: np.random.Generator) -> Any:
    """From images to the logit of their being real."""
    start: Any = {"kernel_initializer": glorot_uniform(random)}
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Flatten(),
            layers.Dense(256, activation="leaky_relu", **start),
            layers.Dense(256, activation="leaky_relu", **start),
            layers.Dense(1, **start),
        ],
        name="discriminator",
    )


def _surprise(logits: Any) -> Any:
    """Minus the log of the probability that these logits give to "real"; of their negative, to "made"."""
    return jax.nn.softplus(-logits)
