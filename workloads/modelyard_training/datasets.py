"""Datasets in a store: a .npz under the dataset's name, and a manifest that holds its SHA-256."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from modelyard_training.errors import DatasetError, MissingObjectError
from modelyard_training.files import FileRecord, pack, unpack
from modelyard_training.stores import Store, open_store

SCHEMA = "modelyard.dataset/1"

_DIGITS_SOURCE = (
    "Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, "
    "dataset 80, July 1998; its test part, as scikit-learn carries it in digits.csv.gz"
)
_DIGITS_HELD_OUT = 360


@dataclass(frozen=True, slots=True)
class Dataset:
    """Examples to train on and examples held out; images are (example, row, column), labels whole numbers."""

    sha256: str
    """SHA-256 of the file that they come from."""
    train_images: np.ndarray[Any, Any]
    train_labels: np.ndarray[Any, Any]
    held_out_images: np.ndarray[Any, Any]
    held_out_labels: np.ndarray[Any, Any]


def as_input(images: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Pixels from 0 to 16 as the networks take them: from 0 to 1, with a channel."""
    return (images.astype(np.float32) / 16.0)[..., np.newaxis]


def load(store: Store, name: str) -> Dataset:
    """Read a dataset, checked against its manifest.

    Raises:
        DatasetError: if it isn't there, or isn't what its manifest says.
    """
    key, file = f"{name}/manifest.json", f"{name}.npz"
    try:
        record = FileRecord.read(file, json.loads(store.get(key))["files"][file])
        data = store.get(f"{name}/{file}")
        if fault := record.fault(data):
            raise DatasetError(f"{store.uri_of(name)}: {fault}; write the dataset again")
        return Dataset(sha256=record.sha256, **unpack(data))
    except MissingObjectError as error:
        raise DatasetError(
            f"dataset {name!r} is not in the store: {error}; write it first, as by "
            "`python workloads/cnn/prepare_dataset.py` and the store's URI"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{store.uri_of(key)} is of no dataset of this kind: {error!r}") from error


def prepare(uri: str) -> dict[str, Any]:
    """Write scikit-learn's handwritten digits into the store at `uri`, as `digits/`; returns the manifest.

    1,797 real images of 8x8 pixels from 0 to 16; the last 360 of a fixed shuffle are held out. The file is
    read from the installed package without importing it, which alone would take seconds.

    Raises:
        DatasetError: if scikit-learn isn't installed.
    """
    table = np.loadtxt(_digits_file(), delimiter=",", dtype=np.uint8)
    table = table[np.random.default_rng(0).permutation(len(table))]
    images, labels = table[:, :-1].reshape(-1, 8, 8), table[:, -1]
    train = len(table) - _DIGITS_HELD_OUT
    data = pack(
        {
            "train_images": images[:train],
            "train_labels": labels[:train],
            "held_out_images": images[train:],
            "held_out_labels": labels[train:],
        }
    )
    record = FileRecord.of("digits.npz", data)
    manifest: dict[str, Any] = {
        "schema": SCHEMA,
        "name": "digits",
        "source": _DIGITS_SOURCE,
        "classes": 10,
        "examples": {"train": train, "held_out": _DIGITS_HELD_OUT},
        "files": {record.name: record.as_dict()},
    }
    store = open_store(uri)
    store.put("digits/digits.npz", data)
    store.put("digits/manifest.json", json.dumps(manifest, indent=1).encode())
    return manifest


def _digits_file() -> Path:
    package = find_spec("sklearn")
    if package is None or package.origin is None:
        raise DatasetError(
            "the digits come from scikit-learn, which isn't installed: pip install scikit-learn"
        )
    return Path(package.origin).with_name("datasets") / "data" / "digits.csv.gz"
