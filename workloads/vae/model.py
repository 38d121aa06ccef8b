"""The classic variational autoencoder (Kingma and Welling 2013, arXiv:1312.6114) for images of digits."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
from keras import layers

from modelyard_training.datasets import Dataset, as_input
from modelyard_training.keras_jax import Network, State, glorot_uniform
from modelyard_training.tasks import Task

DRAWS = 16
"""Draws of the code for each held-out image: the mean over them is what the bound says, with little noise."""


class Autoencoder(Task):
    """Encoder and decoder, trained together to raise the evidence lower bound (ELBO) of the images.

    All numbers are nats an image: `reconstruction` is the binary cross-entropy of the pixels, each taken as
    the share of ink in it, `kl` the divergence of the code from standard normal noise, `loss` their sum,
    `elbo` its negative.
    """

    measures = ("loss", "elbo", "reconstruction", "kl")

    def __init__(self, digits: Dataset, *, latent_size: int, learning_rate: float, seed: int) -> None:
        self._latent_size = latent_size
        self._network = Network(build_model(latent_size, seed), keras.optimizers.Adam(learning_rate))
        self.networks = (self._network,)
        self.examples = (as_input(digits.train_images),)
        self._held_out = as_input(digits.held_out_images)
        self.held_out_examples = len(self._held_out)
        self._measure = jax.jit(self._mean_of_draws)

    def draw(self, key: Any, count: int) -> tuple[Any, ...]:
        """Standard normal noise for the code of each image."""
        return (jax.random.normal(key, (count, self._latent_size)),)

    def step(self, state: State, batch: tuple[Any, ...]) -> tuple[State, dict[str, Any]]:
        """Down the negative ELBO of the batch, with one draw of each image's code."""
        return self._network.descend(state, lambda state: self._loss(state, *batch))

    def evaluate(self, state: State) -> dict[str, float]:
        """The same numbers of the held-out images, each the mean of DRAWS draws; always the same draws."""
        return {name: float(value) for name, value in self._measure(state, self._held_out).items()}

    def _mean_of_draws(self, state: State, images: Any) -> dict[str, Any]:
        keys = jax.random.split(jax.random.key(0), DRAWS)
        every = jax.lax.map(lambda key: self._loss(state, images, *self.draw(key, len(images)))[1][1], keys)
        return {name: values.mean() for name, values in every.items()}

    def _loss(self, state: State, images: Any, noise: Any) -> tuple[Any, tuple[State, dict[str, Any]]]:
        (mean, log_variance, logits), state = self._network(state, images, noise)
        reconstruction = _cross_entropy(images, logits).sum(axis=(1, 2, 3)).mean()
        kl = divergence_from_standard_normal(mean, log_variance).mean()
        loss = reconstruction + kl
        return loss, (state, {"loss": loss, "elbo": -loss, "reconstruction": reconstruction, "kl": kl})


def divergence_from_standard_normal(mean: Any, log_variance: Any) -> Any:
    """Kullback-Leibler divergence of each code, in nats (appendix B of the paper)."""
    return -0.5 * (1.0 + log_variance - mean**2 - jnp.exp(log_variance)).sum(axis=-1)


def build_model(latent_size: int, seed: int) -> Any:
    """From images and standard normal noise to the code's mean, its log variance, and logits of the pixels.

    The noise is an input (the reparameterisation of the paper), so the model draws nothing itself.
    """
    random = np.random.default_rng(seed)
    start: Any = {"kernel_initializer": glorot_uniform(random)}
    images: Any = keras.Input((8, 8, 1), name="images")
    noise: Any = keras.Input((latent_size,), name="noise")
    hidden: Any = layers.Flatten()(images)
    for _ in range(2):
        hidden = layers.Dense(256, activation="relu", **start)(hidden)
    mean, log_variance = (
        layers.Dense(latent_size, name=name, **start)(hidden) for name in ("mean", "log_variance")
    )
    code = mean + keras.ops.exp(0.5 * log_variance) * noise
    decoder = keras.Sequential(
        [
            keras.Input((latent_size,)),
            layers.Dense(256, activation="relu", **start),
            layers.Dense(256, activation="relu", **start),
            layers.Dense(64, **start),
            layers.Reshape((8, 8, 1)),
        ],
        name="decoder",
    )
    return keras.Model([images, noise], [mean, log_variance, decoder(code)], name="digits_vae")


def _cross_entropy(target: Any, logits: Any) -> Any:
    """Binary cross-entropy of each pixel, of its logit, so that no logarithm meets a zero."""
    return jnp.maximum(logits, 0.0) - logits * target + jnp.log1p(jnp.exp(-jnp.abs(logits)))
