import json
import re
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard_training.checkpoints import Checkpoint, Checkpoints
from modelyard_training.errors import StoreError
from modelyard_training.files import unpack
from modelyard_training.parts import Groups, decode, encode, own_share, part_name
from modelyard_training.stores import Store, open_store

FOLDER = "checkpoints/run-1/step-0000000020"
PARTS = "checkpoints/run-1/step-0000000030"
PART_NAMES = ("part-00000-of-00002", "part-00001-of-00002")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path.as_uri())


@pytest.fixture
def checkpoints(store: Store) -> Checkpoints:
    """Two checkpoints, at steps 10 and 20."""
    both = Checkpoints(store, "run-1")
    save(both, 10)
    save(both, 20)
    return both


def save_in_parts(checkpoints: Checkpoints, groups: Groups, *, of: int) -> Checkpoints:
    """A checkpoint at step 30, as so many processes write it together."""
    checkpoints.begin(30)
    records = [
        decode(
            part_name(rank, of),
            encode(checkpoints.put_part(own_share(groups, rank, of), step=30, rank=rank, of=of)),
        )
        for rank in range(of)
    ]
    checkpoints.commit(records, step=30, epoch=3, world_size=of, settings={})
    return checkpoints


def save(checkpoints: Checkpoints, step: int) -> Checkpoint:
    groups = {
        "model": {"000/kernel": np.full((2, 3), step, np.float32), "001/seed": np.array([1, 2], np.uint32)},
        "optimizer": {"000/iteration": np.array(step, np.int32)},
    }
    return checkpoints.save(groups, step=step, epoch=step // 10, world_size=2, settings={"seed": 0})


def test_the_newest_comes_back_with_its_arrays_to_the_last_bit(
    checkpoints: Checkpoints, store: Store
) -> None:
    written = save(checkpoints, 30)
    found = checkpoints.latest_valid()
    assert found.checkpoint == written
    assert found.skipped == ()
    assert (written.step, written.epoch, written.world_size, written.settings) == (30, 3, 2, {"seed": 0})
    kernel = found.groups["model"]["000/kernel"]
    assert kernel.dtype == np.float32
    assert kernel.tobytes() == np.full((2, 3), 30, np.float32).tobytes()
    assert found.groups["optimizer"]["000/iteration"] == 30


def test_the_manifest_holds_size_and_sha256_of_every_file_and_the_versions(
    checkpoints: Checkpoints, store: Store
) -> None:
    manifest = json.loads(store.get(f"{FOLDER}/manifest.json"))
    assert set(manifest["files"]) == {"model.npz", "optimizer.npz"}
    assert manifest["files"]["model.npz"]["size_bytes"] == len(store.get(f"{FOLDER}/model.npz"))
    assert manifest["versions"] == {"numpy": np.__version__}


def test_equal_states_have_equal_files(tmp_path: Path) -> None:
    one, other = (save(Checkpoints(open_store(tmp_path.as_uri()), run), 10) for run in ("one", "other"))
    assert one.files == other.files


def test_no_checkpoint_is_no_error(store: Store) -> None:
    found = Checkpoints(store, "new-run").latest_valid()
    assert (found.checkpoint, dict(found.groups), found.skipped) == (None, {}, ())


def test_another_run_s_checkpoints_are_not_found(checkpoints: Checkpoints, store: Store) -> None:
    assert Checkpoints(store, "run").latest_valid().checkpoint is None


def truncate(store: Store) -> None:
    store.put(f"{FOLDER}/model.npz", store.get(f"{FOLDER}/model.npz")[:-1])


def flip_a_bit(store: Store) -> None:
    data = bytearray(store.get(f"{FOLDER}/optimizer.npz"))
    data[len(data) // 2] ^= 1
    store.put(f"{FOLDER}/optimizer.npz", bytes(data))


def change_manifest(store: Store, **changes: object) -> None:
    manifest = json.loads(store.get(f"{FOLDER}/manifest.json"))
    store.put(f"{FOLDER}/manifest.json", json.dumps({**manifest, **changes}).encode())


@pytest.mark.parametrize(
    ("break_it", "reason"),
    [
        (lambda store: store.delete(f"{FOLDER}/manifest.json"), "no manifest.json: it was never finished"),
        (lambda store: store.delete(f"{FOLDER}/model.npz"), "model.npz is missing"),
        (truncate, r"model.npz has \d+ bytes, its manifest says \d+"),
        (flip_a_bit, "optimizer.npz is not what its SHA-256 says"),
        (lambda store: store.put(f"{FOLDER}/manifest.json", b'{"schema": '), "manifest.json can't be read"),
        (lambda store: store.put(f"{FOLDER}/manifest.json", b"[]"), "manifest.json can't be read"),
        (lambda store: store.put(f"{FOLDER}/manifest.json", b"\xff"), "manifest.json can't be read"),
        (lambda store: change_manifest(store, schema="other/9"), "schema 'other/9'"),
        (lambda store: change_manifest(store, step=10), "manifest.json speaks of step 10"),
        (
            lambda store: change_manifest(store, files={"../model.npz": {"sha256": "", "size_bytes": 0}}),
            "is no name of a file in a manifest",
        ),
    ],
)
def test_a_broken_checkpoint_is_passed_over_with_the_reason(
    checkpoints: Checkpoints, store: Store, break_it, reason: str
) -> None:
    break_it(store)
    found = checkpoints.latest_valid()
    assert found.checkpoint is not None
    assert found.checkpoint.step == 10
    (skipped,) = found.skipped
    assert skipped.startswith(f"{FOLDER}: ")
    assert re.search(reason, skipped)


def test_parts_of_several_processes_come_back_as_one_state(store: Store, checkpoints: Checkpoints) -> None:
    whole = {"model": {"big": np.arange(9.0), "small": np.float32([1])}, "optimizer": {"a/b": np.array(7)}}
    found = save_in_parts(checkpoints, whole, of=2).latest_valid()
    assert found.checkpoint is not None
    assert (found.checkpoint.step, found.checkpoint.world_size, found.skipped) == (30, 2, ())
    assert {group: list(arrays) for group, arrays in found.groups.items()} == {
        "model": ["big", "small"],
        "optimizer": ["a/b"],
    }
    for group, arrays in whole.items():
        for name, array in arrays.items():
            assert found.groups[group][name].tobytes() == array.tobytes()
    # Each part is about as large as the others: here the one big array is as large as it can be.
    assert sorted(len(unpack(store.get(f"{PARTS}/{name}.npz"))) for name in PART_NAMES) == [1, 2]


@pytest.mark.parametrize("of", [1, 3, 5])
def test_a_process_without_an_array_of_its_own_writes_an_empty_part(
    store: Store, checkpoints: Checkpoints, of: int
) -> None:
    save_in_parts(checkpoints, {"model": {"a": np.ones(4), "b": np.zeros(4)}}, of=of)
    assert len(store.list(f"{PARTS}/")) == of + 1
    assert set(checkpoints.latest_valid().groups["model"]) == {"a", "b"}


def test_without_one_of_its_parts_a_checkpoint_is_passed_over(store: Store, checkpoints: Checkpoints) -> None:
    save_in_parts(checkpoints, {"model": {"a": np.ones(4), "b": np.zeros(4)}}, of=2)
    store.delete(f"{PARTS}/{PART_NAMES[1]}.npz")
    found = checkpoints.latest_valid()
    assert found.checkpoint is not None
    assert (found.checkpoint.step, found.skipped) == (20, (f"{PARTS}: {PART_NAMES[1]}.npz is missing",))


def test_a_manifest_that_lists_some_of_the_parts_is_none(store: Store, checkpoints: Checkpoints) -> None:
    save_in_parts(checkpoints, {"model": {"a": np.ones(4), "b": np.zeros(4)}}, of=2)
    manifest = json.loads(store.get(f"{PARTS}/manifest.json"))
    del manifest["files"][f"{PART_NAMES[0]}.npz"]
    store.put(f"{PARTS}/manifest.json", json.dumps(manifest).encode())
    (skipped,) = checkpoints.latest_valid().skipped
    assert f"of the parts of the whole only {PART_NAMES[1]}.npz are listed" in skipped


def test_a_part_that_went_somewhere_else_is_found_out_before_there_is_a_manifest(
    store: Store, checkpoints: Checkpoints, tmp_path: Path
) -> None:
    elsewhere = Checkpoints(open_store((tmp_path / "other-node").as_uri()), "run-1")
    records = [
        each.put_part({"model/a": np.ones(1)}, step=30, rank=rank, of=2)
        for rank, each in enumerate((checkpoints, elsewhere))
    ]
    with pytest.raises(StoreError, match="MODELYARD_CHECKPOINTS has to be one place for all nodes"):
        checkpoints.commit(records, step=30, epoch=3, world_size=2, settings={})
    assert not store.exists(f"{PARTS}/manifest.json")


def test_what_lay_at_a_step_is_gone_before_it_is_written_again(
    store: Store, checkpoints: Checkpoints
) -> None:
    save_in_parts(checkpoints, {"model": {"a": np.ones(4)}}, of=3)
    save_in_parts(checkpoints, {"model": {"a": np.ones(4)}}, of=2)
    assert [key.rpartition("/")[2] for key in store.list(f"{PARTS}/")] == [
        "manifest.json",
        *(f"{name}.npz" for name in PART_NAMES),
    ]


@given(sizes=st.lists(st.integers(0, 50), min_size=1, max_size=30), of=st.integers(1, 8))
def test_every_array_is_in_one_part_and_no_part_has_more_than_a_fair_share_and_one_array(
    sizes: list[int], of: int
) -> None:
    groups = {"model": {str(place): np.zeros(size, np.uint8) for place, size in enumerate(sizes)}}
    parts = [own_share(groups, rank, of) for rank in range(of)]
    assert sorted(name for part in parts for name in part) == sorted(f"model/{n}" for n in range(len(sizes)))
    loads = [sum(array.nbytes for array in part.values()) for part in parts]
    assert max(loads) <= sum(sizes) / of + max(sizes)


def test_a_broken_checkpoint_is_mended_by_writing_it_again(checkpoints: Checkpoints, store: Store) -> None:
    flip_a_bit(store)
    save(checkpoints, 20)
    found = checkpoints.latest_valid()
    assert found.checkpoint is not None
    assert (found.checkpoint.step, found.skipped) == (20, ())


def test_a_store_that_can_t_be_read_is_no_reason_to_go_back() -> None:
    with pytest.raises(StoreError, match="NoSuchBucket"):
        Checkpoints(open_store("s3://nobody-has-this"), "run-1").latest_valid()


def test_pruning_keeps_the_newest_and_does_not_count_the_unfinished(
    checkpoints: Checkpoints, store: Store
) -> None:
    save(checkpoints, 30)
    store.delete("checkpoints/run-1/step-0000000030/manifest.json")
    deleted = checkpoints.prune(1)
    assert deleted[0] == "checkpoints/run-1/step-0000000010/manifest.json"
    left = {key.split("/")[2] for key in store.list("checkpoints/run-1/")}
    assert left == {"step-0000000020", "step-0000000030"}


def test_pruning_everything_is_refused(checkpoints: Checkpoints) -> None:
    with pytest.raises(ValueError, match="at least one checkpoint stays"):
        checkpoints.prune(0)


@pytest.mark.parametrize("array", [np.array([{}], dtype=object), np.zeros(2, ml_dtypes.bfloat16)], ids=str)
def test_what_could_not_be_read_back_safely_is_not_written(store: Store, array: np.ndarray) -> None:
    with pytest.raises(TypeError, match="numbers and booleans can be kept"):
        Checkpoints(store, "run").save({"model": {"a": array}}, step=1, epoch=1, world_size=1, settings={})
    assert store.list("") == []
