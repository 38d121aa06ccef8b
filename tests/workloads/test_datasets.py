import json
from pathlib import Path

import numpy as np
import pytest

from modelyard_training import datasets
from modelyard_training.errors import DatasetError
from modelyard_training.files import FileRecord, pack
from modelyard_training.stores import open_store


def test_the_digits_are_whole_and_no_image_is_in_both_parts(tmp_path: Path) -> None:
    manifest = datasets.prepare(tmp_path.as_uri())
    digits = datasets.load(open_store(tmp_path.as_uri()), "digits")
    assert manifest["examples"] == {"train": 1437, "held_out": 360}
    assert digits.train_images.shape == (1437, 8, 8)
    assert digits.held_out_images.shape == (360, 8, 8)
    assert (digits.train_images.min(), digits.train_images.max()) == (0, 16)
    assert digits.sha256 == manifest["files"]["digits.npz"]["sha256"]
    # 178 zeros among 1,797 images, as the source counts them for its test part.
    counts = np.bincount(np.concatenate([digits.train_labels, digits.held_out_labels]))
    assert counts.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    images = {image.tobytes() for image in digits.train_images}
    assert not images & {image.tobytes() for image in digits.held_out_images}


def test_preparing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    assert datasets.prepare((tmp_path / "a").as_uri()) == datasets.prepare((tmp_path / "b").as_uri())


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    datasets.prepare(tmp_path.as_uri())
    path = tmp_path / "digits" / "digits.npz"
    data = bytearray(path.read_bytes())
    data[-500] ^= 1
    path.write_bytes(data)
    with pytest.raises(DatasetError, match=r"digits\.npz is not what its SHA-256 says"):
        datasets.load(open_store(tmp_path.as_uri()), "digits")


def test_a_dataset_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="dataset 'digits' is not in the store"):
        datasets.load(open_store(tmp_path.as_uri()), "digits")


@pytest.mark.parametrize("manifest", [b"{", b"{}", json.dumps({"files": {"digits.npz": {}}}).encode()])
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, manifest: bytes) -> None:
    open_store(tmp_path.as_uri()).put("digits/manifest.json", manifest)
    with pytest.raises(DatasetError, match="is of no dataset of this kind"):
        datasets.load(open_store(tmp_path.as_uri()), "digits")


def test_a_dataset_of_other_arrays_is_refused(tmp_path: Path) -> None:
    data = pack({"words": np.zeros(3)})
    record = FileRecord.of("digits.npz", data)
    store = open_store(tmp_path.as_uri())
    store.put("digits/digits.npz", data)
    store.put("digits/manifest.json", json.dumps({"files": {record.name: record.as_dict()}}).encode())
    with pytest.raises(DatasetError, match="words"):
        datasets.load(store, "digits")


def test_without_scikit_learn_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datasets, "find_spec", lambda name: None)
    with pytest.raises(DatasetError, match="pip install scikit-learn"):
        datasets.prepare(tmp_path.as_uri())
