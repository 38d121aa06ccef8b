"""Keras on JAX in a job: the same variables in every process, kept and brought back to the last bit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import jax
import keras
import numpy as np

from modelyard_training.errors import SettingsError

Arrays = Mapping[str, np.ndarray[Any, Any]]


def use_data_parallel() -> None:
    """Replicate variables made from now on over all devices of all processes.

    Each process feeds its own part of every batch, so Keras has nothing to share out.
    """
    if jax.device_count() > 1:
        keras.distribution.set_distribution(keras.distribution.DataParallel(auto_shard_dataset=False))


def capture(model: Any) -> dict[str, dict[str, np.ndarray[Any, Any]]]:
    """The state of a compiled model: weights and random seeds ("model"), and the optimizer's ("optimizer").

    Keras' own files leave out the seeds of layers such as Dropout, and a resumed run would go another way.
    """
    model.optimizer.build(model.trainable_variables)
    groups = {"model": model.variables, "optimizer": model.optimizer.variables}
    return {
        group: {
            _name(place, variable): np.asarray(variable.value) for place, variable in enumerate(variables)
        }
        for group, variables in groups.items()
    }


def restore(model: Any, groups: Mapping[str, Arrays]) -> None:
    """Bring back a state that `capture` gave.

    Raises:
        SettingsError: if it is the state of another model; the model is then as it was.
    """
    model.optimizer.build(model.trainable_variables)
    wanted = {"model": list(model.variables), "optimizer": list(model.optimizer.variables)}
    for group, variables in wanted.items():
        _check_same_model(variables, groups.get(group, {}))
    for group, variables in wanted.items():
        for variable, array in zip(variables, groups[group].values(), strict=True):
            variable.assign(array)


def _name(place: int, variable: Any) -> str:
    # Paths repeat in a model (every Dropout has a "seed_generator_state"), so each has its place in front.
    return f"{place:03d}/{variable.path}"


def _check_same_model(variables: Iterable[Any], arrays: Arrays) -> None:
    ours = {_name(place, variable): tuple(variable.shape) for place, variable in enumerate(variables)}
    theirs = {name: array.shape for name, array in arrays.items()}
    if list(ours.items()) == list(theirs.items()):
        return
    differing = sorted({name for name, _ in ours.items() ^ theirs.items()})
    raise SettingsError(
        f"the checkpoint is of another model: {', '.join(differing[:5])} differ; start a new run"
    )
