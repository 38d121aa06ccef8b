"""The newest checkpoint of a run whose every file is right, as whoever resumes it would find it.

The form is that of the training containers (modelyard.checkpoint/1): a folder a step, with a manifest,
written last, that names each file with size and SHA-256. Programs look for themselves when they resume.
A supervisor looks so that it can say where a run goes on and what is lost.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelyard_launcher.stores import Store

LARGEST_READ_BYTES = 256 << 20
"""Checkpoints up to that size are read and their digests compared. Of larger ones, presence and size of every
file are: to fetch them would take longer than the program takes to look for itself."""

_MANIFEST = "manifest.json"
_FOLDER = re.compile(r"step-([0-9]{10})")


@dataclass(frozen=True, slots=True)
class NewestCheckpoint:
    """Where a run would go on."""

    step: int
    """Steps done; 0 if there is no checkpoint to go on from."""
    key: str | None
    """Its manifest; None if there is none."""
    compared: bool
    """Whether the digest of every file was compared; else presence and size."""
    passed_over: tuple[str, ...]
    """Why newer ones were not taken."""
    reached_step: int
    """Steps done by the newest of all, whole or not; 0 if there is none."""

    def steps_lost(self, last_step: int) -> int:
        """How many steps are done again, of a run whose last words were of `last_step`."""
        return max(last_step, self.reached_step) - self.step


def newest_checkpoint(store: Store, run_id: str) -> NewestCheckpoint:
    """The newest whole checkpoint of a run. Raises SurroundingsError if the store can't be read."""
    prefix = f"checkpoints/{run_id}/"
    passed_over: list[str] = []
    reached_step = 0
    for folder in sorted(store.folders(prefix), reverse=True):
        found = _FOLDER.fullmatch(folder)
        if found is None:
            continue
        step = int(found[1])
        reached_step = reached_step or step
        key = f"{prefix}{folder}/{_MANIFEST}"
        fault, compared = _fault(store, prefix + folder, store.get(key))
        if fault is None:
            return NewestCheckpoint(step, key, compared, tuple(passed_over), reached_step)
        passed_over.append(f"{folder}: {fault}")
    return NewestCheckpoint(0, None, False, tuple(passed_over), reached_step)


def _fault(store: Store, folder: str, manifest: bytes | None) -> tuple[str | None, bool]:
    """What is wrong with a checkpoint, or None; and whether digests were compared."""
    if manifest is None:
        return f"it has no {_MANIFEST}", False
    try:
        files = {name: (str(entry["sha256"]), int(entry["size_bytes"])) for name, entry in _files(manifest)}
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"its {_MANIFEST} can't be understood", False
    compare = sum(size for _, size in files.values()) <= LARGEST_READ_BYTES
    for name, (sha256, size) in files.items():
        fault = _compared(store, f"{folder}/{name}", sha256) if compare else None
        fault = fault or _measured(store, f"{folder}/{name}", size)
        if fault is not None:
            return f"{name} {fault}", compare
    return None, compare


def _files(manifest: bytes) -> list[tuple[str, Mapping[str, Any]]]:
    return list(json.loads(manifest)["files"].items())


def _compared(store: Store, key: str, sha256: str) -> str | None:
    data = store.get(key)
    if data is None:
        return "is missing"
    return None if hashlib.sha256(data).hexdigest() == sha256 else "is not what its SHA-256 says"


def _measured(store: Store, key: str, size: int) -> str | None:
    found = store.size(key)
    if found is None:
        return "is missing"
    return None if found == size else f"has {found:,} bytes instead of {size:,}"
