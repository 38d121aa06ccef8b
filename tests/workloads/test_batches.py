import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard_training.batches import Batches
from modelyard_training.errors import SettingsError


def batches(*, num_nodes: int = 1, node_rank: int = 0, seed: int = 0) -> Batches:
    return Batches(examples=50, batch_size=12, seed=seed, num_nodes=num_nodes, node_rank=node_rank)


@given(step=st.integers(0, 1000), num_nodes=st.sampled_from([1, 2, 3, 4, 6, 12]))
def test_a_batch_is_the_same_however_many_processes_share_it(step: int, num_nodes: int) -> None:
    parts = [batches(num_nodes=num_nodes, node_rank=rank).rows(step) for rank in range(num_nodes)]
    assert {len(part) for part in parts} == {12 // num_nodes}
    assert np.concatenate(parts).tolist() == batches().rows(step).tolist()


def test_an_epoch_takes_no_example_twice_and_leaves_out_what_fills_no_batch() -> None:
    assert batches().steps_per_epoch == 4
    taken = np.concatenate([batches().rows(step) for step in range(4)])
    assert len(set(taken.tolist())) == 48


def test_each_epoch_and_each_seed_has_an_order_of_its_own() -> None:
    first, next_epoch, other_seed = batches().rows(0), batches().rows(4), batches(seed=1).rows(0)
    assert len({tuple(rows.tolist()) for rows in (first, next_epoch, other_seed)}) == 3


@pytest.mark.parametrize(("devices", "examples"), [(5, 50), (1, 11)])
def test_a_batch_that_can_t_be_shared_out_or_filled_is_refused(devices: int, examples: int) -> None:
    refused = Batches(examples=examples, batch_size=12, seed=0, num_nodes=1, node_rank=0)
    message = (
        f"--batch-size 12 can't be used: a multiple of the job's {devices} devices is needed, and no more "
    )
    with pytest.raises(SettingsError, match=message + f"than the {examples} examples"):
        refused.check(devices)
