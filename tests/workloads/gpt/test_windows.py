import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard_training.errors import SettingsError
from modelyard_training.torch_place import Place

# Each number is its own place, so that a stretch says where it was cut.
TEXT = np.arange(10_000)
CONTEXT = 16


def places(world: int) -> list[Place]:
    return [Place(rank, world, 0, 1, "cpu") for rank in range(world)]


@pytest.fixture(scope="module")
def windows(module_of):
    return module_of("windows")


@given(step=st.integers(0, 200), world=st.sampled_from([1, 2, 4, 8]))
def test_the_batch_of_a_step_is_the_same_however_many_share_it(windows, step: int, world: int) -> None:
    def batch(world: int) -> np.ndarray:
        return np.concatenate(
            [
                windows.TrainingWindows(TEXT, CONTEXT, batch_size=24, seed=7, place=place).tokens(step)
                for place in places(world)
            ]
        )

    assert np.array_equal(batch(world), batch(1))


def test_no_byte_is_foretold_twice_in_an_epoch_and_the_next_epoch_cuts_elsewhere(windows) -> None:
    (place,) = places(1)
    training = windows.TrainingWindows(TEXT, CONTEXT, batch_size=24, seed=7, place=place)
    steps = next(step for step in range(1, 1000) if training.epochs(step))
    assert steps == (len(TEXT) // CONTEXT - 1) // 24
    epochs = [
        np.concatenate([training.tokens(epoch * steps + step) for step in range(steps)]) for epoch in (0, 1)
    ]
    for tokens in epochs:
        told = tokens[:, 1:].ravel()
        assert len(set(told)) == len(told) == steps * 24 * CONTEXT
        assert np.array_equal(tokens[:, 1:], tokens[:, :-1] + 1)
    assert len({int(tokens[0, 0]) % CONTEXT for tokens in epochs}) == 2


@given(world=st.integers(1, 5), size=st.integers(1, 9), length=st.integers(CONTEXT + 1, 700))
def test_every_process_makes_as_many_passes_over_held_out_text_and_all_of_it_comes_once(
    windows, world: int, size: int, length: int
) -> None:
    passes = [windows.HeldOutWindows(TEXT[:length], CONTEXT, place).passes(size) for place in places(world)]
    assert len({len(own) for own in passes}) == 1
    assert all(len(tokens) <= size for own in passes for tokens in own)
    told = sorted(int(byte) for own in passes for tokens in own for byte in tokens[:, 1:].ravel())
    whole = windows.HeldOutWindows(TEXT[:length], CONTEXT, places(1)[0])
    assert told == list(range(1, whole.bytes_told + 1))


def test_a_text_that_is_too_short_is_refused(windows) -> None:
    (place,) = places(1)
    with pytest.raises(
        SettingsError, match="--batch-size 24 can't be used: the text has 1 stretches of 16 bytes"
    ):
        windows.TrainingWindows(TEXT[:40], CONTEXT, batch_size=24, seed=0, place=place)
    with pytest.raises(SettingsError, match="the held-out text has 16 bytes; more than 16 are needed"):
        windows.HeldOutWindows(TEXT[:16], CONTEXT, place)
