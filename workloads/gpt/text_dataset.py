"""A text in a dataset store: its bytes in a .npz under the dataset's name, a manifest with its SHA-256."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from modelyard_training.errors import DatasetError, MissingObjectError
from modelyard_training.files import FileRecord, pack, unpack
from modelyard_training.stores import Store, open_store

SCHEMA = "modelyard.dataset/1"

HELD_OUT_SHARE = 0.1
"""The end of the text, which is never trained on."""

Bytes = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True)
class Text:
    """The bytes of a text, to train on and held out."""

    sha256: str
    """SHA-256 of the file that they come from."""
    train: Bytes
    held_out: Bytes


def load(store: Store, name: str) -> Text:
    """Read a text, checked against its manifest.

    Raises:
        DatasetError: if it isn't there, or isn't what its manifest says.
    """
    key, file = f"{name}/manifest.json", f"{name}.npz"
    try:
        record = FileRecord.read(file, json.loads(store.get(key))["files"][file])
        data = store.get(f"{name}/{file}")
        if fault := record.fault(data):
            raise DatasetError(f"{store.uri_of(name)}: {fault}; write the dataset again")
        return Text(sha256=record.sha256, **unpack(data))
    except MissingObjectError as error:
        raise DatasetError(
            f"dataset {name!r} is not in the store: {error}; write it first, as by "
            "`python workloads/gpt/prepare_dataset.py` and the store's URI"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{store.uri_of(key)} is of no text: {error!r}") from error


def prepare(uri: str, name: str, text: bytes, *, source: str) -> dict[str, Any]:
    """Write a text into the store at `uri`, as `name/`; returns the manifest.

    Raises:
        DatasetError: if it is too short to hold some of it out, or the name can't be a file's.
    """
    held_out = int(len(text) * HELD_OUT_SHARE)
    if not held_out:
        raise DatasetError(f"the text has {len(text)} bytes; at least {round(1 / HELD_OUT_SHARE)} are needed")
    values = np.frombuffer(text, np.uint8)
    data = pack({"train": values[:-held_out], "held_out": values[-held_out:]})
    record = FileRecord.of(f"{name}.npz", data)
    try:
        FileRecord.read(record.name, record.as_dict())
    except ValueError as error:
        raise DatasetError(
            f"{name!r} can't be a dataset's name: small letters, digits, dashes and underscores are needed"
        ) from error
    manifest: dict[str, Any] = {
        "schema": SCHEMA,
        "name": name,
        "source": source,
        "bytes": {"train": len(values) - held_out, "held_out": held_out},
        "files": {record.name: record.as_dict()},
    }
    store = open_store(uri)
    store.put(f"{name}/{record.name}", data)
    store.put(f"{name}/manifest.json", json.dumps(manifest, indent=1).encode())
    return manifest
