"""Keras on JAX in a job: networks as functions of their variables, and all processes' devices as one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np
from jax.flatten_util import ravel_pytree
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from modelyard_training.errors import SettingsError
from modelyard_training.parts import Groups

_BATCH = "batch"
"""Axis of the mesh of devices: along it batches are shared out."""

State = dict[str, dict[str, Any]]
"""Arrays by group and name: all that training changes."""

Loss = Callable[[State], tuple[Any, tuple[State, Any]]]
"""From a state to the loss, the state as computing it left it (moving averages), and what else there is."""


class Network:
    """A Keras model and the optimizer that trains it. Their variables only give the first values: from then
    on these live in a state, in groups of their own, and a step is a function without side effects.
    """

    def __init__(self, model: Any, optimizer: Any, *, name: str = "model", optimizer_name: str = "optimizer"):
        optimizer.build(model.trainable_variables)
        self._model, self._optimizer = model, optimizer
        self._name, self._optimizer_name = name, optimizer_name
        names = {id(variable): _name(place, variable) for place, variable in enumerate(model.variables)}
        self._trainable = [names[id(variable)] for variable in model.trainable_variables]
        self._fixed = [names[id(variable)] for variable in model.non_trainable_variables]
        self._kept_by_optimizer = [_name(place, each) for place, each in enumerate(optimizer.variables)]

    def initial(self) -> State:
        """The first state, on this host."""
        groups = {self._name: self._model.variables, self._optimizer_name: self._optimizer.variables}
        return {
            group: {_name(place, each): np.asarray(each.value) for place, each in enumerate(variables)}
            for group, variables in groups.items()
        }

    def __call__(self, state: State, *inputs: Any, training: bool = False) -> tuple[Any, State]:
        """The model's outputs, and the state with what the call changed in it."""
        variables = state[self._name]
        outputs, fixed = self._model.stateless_call(
            [variables[name] for name in self._trainable],
            [variables[name] for name in self._fixed],
            inputs[0] if len(inputs) == 1 else list(inputs),
            training=training,
        )
        return outputs, self._changed(state, self._fixed, fixed)

    def descend(self, state: State, loss: Loss) -> tuple[State, Any]:
        """One step of the optimizer down the gradient of the loss, for all devices at once.

        Each device computes the loss of its rows; gradients are averaged over them, and so are the numbers
        that computing the loss changed in this network, as moving averages. What else the loss gives is each
        device's own.
        """
        before = [state[self._name][name] for name in self._trainable]

        def of_trainable(trainable: list[Any]) -> tuple[Any, tuple[State, Any]]:
            return loss(self._changed(state, self._trainable, trainable))

        gradients, (state, more) = jax.grad(of_trainable, has_aux=True)(before)
        fixed = {name: state[self._name][name] for name in self._fixed}
        moving = {
            name: value for name, value in fixed.items() if jax.numpy.issubdtype(value.dtype, np.floating)
        }
        gradients, moving = mean_over_devices((gradients, moving))
        state = self._changed(state, list(moving), list(moving.values()))
        names, values = self._kept_by_optimizer, state[self._optimizer_name]
        trainable, optimizer = self._optimizer.stateless_apply(
            [values[name] for name in names], gradients, before
        )
        state = self._changed(state, self._trainable, trainable)
        return {**state, self._optimizer_name: dict(zip(names, optimizer, strict=True))}, more

    def _changed(self, state: State, names: list[str], values: list[Any]) -> State:
        return {**state, self._name: {**state[self._name], **dict(zip(names, values, strict=True))}}


class Devices:
    """All devices of all processes: each holds the whole state, and its share of every batch."""

    def __init__(self) -> None:
        self._mesh = Mesh(np.array(jax.devices()), (_BATCH,))
        self._everywhere = NamedSharding(self._mesh, PartitionSpec())
        self._shared_out = NamedSharding(self._mesh, PartitionSpec(_BATCH))

    def replicate(self, tree: Any) -> Any:
        """Arrays that every process has alike, on every device."""

        def place(array: Any) -> jax.Array:
            host = np.asarray(array)
            return jax.make_array_from_callback(host.shape, self._everywhere, lambda index: host[index])

        return jax.tree.map(place, tree)

    def share(self, rows: np.ndarray[Any, Any]) -> jax.Array:
        """One array out of the rows of all processes, each of which gives its own."""
        return jax.make_array_from_process_local_data(self._shared_out, rows)

    def share_flag(self, flag: bool) -> jax.Array:
        """A flag of this process's, as one number for each of its devices."""
        return self.share(np.full(jax.local_device_count(), flag, np.float32))

    def on_each(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function of a state and of arrays that are shared out, computed by each device for its rows.

        What it gives has to be the same on all of them.
        """
        return jax.shard_map(
            function,
            mesh=self._mesh,
            in_specs=(PartitionSpec(), PartitionSpec(_BATCH)),
            out_specs=PartitionSpec(),
            # With its checks JAX would sum the gradients by itself, one message for each variable.
            check_vma=False,
        )


def mean_over_devices(tree: Any) -> Any:
    """Means of what each device has computed, in one message: many small ones are what takes time on CPUs."""
    flat, unflatten = ravel_pytree(tree)
    return unflatten(jax.lax.pmean(flat, _BATCH))


def check_same_model(state: Mapping[str, Mapping[str, Any]], groups: Groups) -> None:
    """SettingsError if arrays that were kept are not of the same networks as this state."""
    ours, theirs = _shapes(state), _shapes(groups)
    if ours == theirs:
        return
    differing = sorted({name for name, _ in ours.items() ^ theirs.items()})
    raise SettingsError(
        f"the checkpoint is of another model: {', '.join(differing[:5])} differ; start a new run"
    )


def glorot_uniform(random: np.random.Generator) -> Callable[..., np.ndarray[Any, Any]]:
    """Keras' own first weights for dense layers and convolutions, drawn by NumPy: JAX would compile a program
    for every shape, which takes longer than a small training. Make one for each layer, or all in one order.
    """

    def draw(shape: tuple[int, ...], dtype: str | None = None) -> np.ndarray[Any, Any]:
        field = math.prod(shape[:-2])
        limit = math.sqrt(6.0 / (field * (shape[-2] + shape[-1])))
        return random.uniform(-limit, limit, shape).astype(dtype or "float32")

    return draw


def _name(place: int, variable: Any) -> str:
    # Paths repeat in a model (every Dropout has a "seed_generator_state"), so each has its place in front.
    return f"{place:03d}/{variable.path}"


def _shapes(groups: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[int, ...]]:
    return {
        f"{group}/{name}": tuple(np.shape(array))
        for group, arrays in groups.items()
        for name, array in arrays.items()
    }
