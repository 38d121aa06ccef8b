"""Networks as functions, in a process of its own: Keras reads its backend when it is imported."""

import os
import subprocess
import sys

PROGRAM = """
import jax, keras, numpy as np
from modelyard_training.errors import SettingsError
from modelyard_training.keras_jax import Devices, Network, check_same_model, glorot_uniform

def network():
    start = {"kernel_initializer": glorot_uniform(np.random.default_rng(0))}
    layers = [keras.Input((3,)), keras.layers.Dense(4, **start), keras.layers.BatchNormalization(momentum=0.5)]
    return Network(keras.Sequential(layers), keras.optimizers.Adam(0.1))

def loss(net, inputs, **how):
    def of(state):
        outputs, state = net(state, inputs, **how)
        value = (outputs ** 3).mean()
        return value, (state, value)
    return of

net = network()
before = net.initial()
inputs = np.random.default_rng(1).normal(size=(8, 3)).astype(np.float32)
devices = Devices()
assert jax.device_count() == 4

def step(**how):
    each = devices.on_each(lambda state, rows: net.descend(state, loss(net, rows, **how))[0])
    return jax.jit(each)(devices.replicate(before), devices.share(inputs))

shared = step()
# One device with all rows: its mean is its own.
alone = jax.jit(jax.vmap(lambda rows: net.descend(before, loss(net, rows))[0], axis_name="batch"))(inputs[None])
for group, arrays in shared.items():
    for name, array in arrays.items():
        np.testing.assert_allclose(array, alone[group][name][0], rtol=1e-5, atol=1e-6)
    assert any((np.asarray(array) != before[group][name]).any() for name, array in arrays.items())

trained = step(training=True)
(moving,) = [name for name in before["model"] if name.endswith("moving_mean")]
(kernel,) = [name for name in before["model"] if name.endswith("dense/kernel")]
dense = inputs @ before["model"][kernel]
np.testing.assert_allclose(trained["model"][moving], 0.5 * dense.mean(axis=0), rtol=1e-5, atol=1e-6)

check_same_model(before, trained)
for other in ({"model": before["model"]}, {**before, "model": {kernel: np.zeros((3, 5))}}):
    try:
        check_same_model(before, other)
    except SettingsError as error:
        assert str(error).startswith("the checkpoint is of another model: "), error
        assert str(error).endswith(" differ; start a new run"), error
    else:
        raise AssertionError("another model was taken")
"""


def test_four_devices_learn_from_their_rows_what_one_learns_from_all() -> None:
    variables = {"KERAS_BACKEND": "jax", "XLA_FLAGS": "--xla_force_host_platform_device_count=4"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
