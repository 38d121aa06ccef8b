"""Looks at the checkpoint as an auditor would: is it there, is it what it says, which key is it under."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LEAST_ACCURACY = 0.9
"""Share of the held-out digits that a trained network must tell rightly."""

Read = Callable[[str], bytes]
"""Reads an object of the checkpoint store by its key."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was found in the checkpoint store."""

    accuracy: float
    store: str
    """URI of the store."""
    key: str
    sha256: str
    encryption_key: str
    """Id of the key that it is encrypted under."""
    files: int
    faults: tuple[str, ...]
    """What is not as it has to be; empty when all is well."""


def examine(
    read: Read, key_of: Callable[[str], str], store: str, run_id: str, expected_key: str | None
) -> Checkpoint:
    """Read a run's result and its checkpoint from the store, and hold every file against its SHA-256.

    `key_of` says which key an object is encrypted under. Raises KeyError for a result without the fields of
    modelyard.result/1, and whatever `read` raises for an object that isn't there.
    """
    result: dict[str, Any] = json.loads(read(f"runs/{run_id}/result.json"))
    checkpoint = result["checkpoint"]
    faults: list[str] = []
    for file in [checkpoint, *checkpoint["files"]]:
        found = hashlib.sha256(read(file["key"])).hexdigest()
        if found != file["sha256"]:
            faults.append(f"{file['key']} has SHA-256 {found}, its record says {file['sha256']}")
    encryption_key = key_of(checkpoint["key"])
    if encryption_key != expected_key:
        faults.append(f"it is under key {encryption_key}, the store's key is {expected_key}")
    if result["accuracy"] < LEAST_ACCURACY:
        faults.append(f"its accuracy is {result['accuracy']:.3f}, below {LEAST_ACCURACY}")
    return Checkpoint(
        accuracy=result["accuracy"],
        store=store,
        key=checkpoint["key"],
        sha256=checkpoint["sha256"],
        encryption_key=encryption_key,
        files=len(checkpoint["files"]),
        faults=tuple(faults),
    )
