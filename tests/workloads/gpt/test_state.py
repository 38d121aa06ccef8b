"""Parts of a state, as processes write and read them; here all in one, with the places of many."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard_training.errors import SettingsError
from modelyard_training.torch_place import Place

pytestmark = pytest.mark.usefixtures("pytorch")


def state(seed: int, width: int = 5, rank: int = 0, world: int = 1):
    """A model with a buffer and a moment of training, and its state."""
    import torch

    from modelyard_training.torch_state import TrainingState

    generator = torch.Generator().manual_seed(seed)
    model = torch.nn.Sequential(torch.nn.Linear(3, width), torch.nn.BatchNorm1d(width))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    kept = TrainingState(model, optimizer, Place(rank, world, 0, 1, "cpu"))
    for _ in range(seed):
        model(torch.rand(4, 3, generator=generator)).square().sum().backward()
        optimizer.step()
    return kept


def values(kept) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in kept.capture().items()}


def as_of(kept, rank: int, world: int):
    from modelyard_training.torch_state import TrainingState

    return TrainingState(kept._model, kept._optimizer, Place(rank, world, 0, 1, "cpu"))


@given(length=st.integers(0, 50), parts=st.integers(1, 20))
def test_rows_are_shared_out_as_fully_shard_does(length: int, parts: int) -> None:
    import torch

    from modelyard_training.torch_state import rows_of

    chunks = torch.arange(length).chunk(parts)
    for part in range(parts):
        rows = list(range(length))[rows_of(length, part, parts)]
        assert rows == (chunks[part].tolist() if part < len(chunks) else [])


@settings(max_examples=30)
@given(world=st.integers(1, 9), width=st.integers(1, 7))
def test_a_state_comes_back_from_any_number_of_parts(world: int, width: int) -> None:
    trained, other = state(3, width), state(1, width)
    assert values(trained) != values(other)
    for part in range(world):
        other.restore(part, world, as_of(trained, part, world).capture())
    assert values(other) == values(trained)


def test_what_has_no_rows_goes_with_each_part_and_every_part_is_needed_where_each_process_has_all() -> None:
    trained = state(3)
    for rank in range(2):
        part = as_of(trained, rank, 2).capture()
        assert part["optimizer/0.weight/step"] == 3
        assert part["model/1.num_batches_tracked"] == 3
    assert trained.needs(4) == [0, 1, 2, 3]


def test_a_captured_state_stays_as_it_was_while_training_goes_on() -> None:
    import torch

    kept = state(1)
    before = kept.capture()
    copies = {name: np.array(array) for name, array in before.items()}
    with torch.no_grad():
        for parameter in kept._model.parameters():
            parameter.add_(1)
    assert all(np.array_equal(before[name], copies[name]) for name in copies)


def test_the_state_of_another_model_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"the checkpoint is of another model: model/0.bias, .* differ"):
        state(1, width=4).restore(0, 1, state(1, width=5).capture())
