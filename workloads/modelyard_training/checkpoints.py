"""Checkpoints of a run: written so that half of one is never read, and found again, the newest whole one.

`checkpoints/<run>/step-<step>/` holds a .npz for each group of arrays and, written last, `manifest.json`
(schema `modelyard.checkpoint/1`) with size and SHA-256 of each. Without its manifest a checkpoint isn't one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np

from modelyard_training.errors import MissingObjectError
from modelyard_training.files import FileRecord, pack, sha256, unpack
from modelyard_training.stores import Store

Arrays = Mapping[str, np.ndarray[Any, Any]]

SCHEMA = "modelyard.checkpoint/1"
_MANIFEST = "manifest.json"
_STEP = re.compile(r"step-([0-9]{10})")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint that was written, or found to be whole."""

    key: str
    """Key of its manifest in the store."""
    sha256: str
    """SHA-256 of the manifest, which in turn holds that of every file."""
    step: int
    """Optimizer steps done."""
    epoch: int
    """Epochs done."""
    world_size: int
    """Processes that trained it."""
    settings: Mapping[str, Any]
    """What a resumed run must have in common with this one: seed, batch size, dataset and the like."""
    versions: Mapping[str, str]
    """Versions of the frameworks that wrote it."""
    files: tuple[FileRecord, ...]

    def as_dict(self, store: Store) -> dict[str, Any]:
        """For a result: where the manifest and each file are, with their SHA-256."""
        folder = self.key.rpartition("/")[0]
        files = [{"key": f"{folder}/{file.name}", **file.as_dict()} for file in self.files]
        return {"key": self.key, "uri": store.uri_of(self.key), "sha256": self.sha256, "files": files}


@dataclass(frozen=True, slots=True)
class Found:
    """The newest whole checkpoint with its arrays, if there is one, and why newer ones were passed over."""

    checkpoint: Checkpoint | None
    groups: Mapping[str, Arrays]
    skipped: tuple[str, ...]


class Checkpoints:
    """The checkpoints of one run in a store."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store = store
        self._prefix = f"checkpoints/{run_id}/"

    def save(
        self,
        groups: Mapping[str, Arrays],
        *,
        step: int,
        epoch: int,
        world_size: int,
        settings: Mapping[str, Any],
        packages: tuple[str, ...] = ("numpy",),
    ) -> Checkpoint:
        """Write a checkpoint, its manifest last. `packages` are those whose installed versions it records."""
        folder = f"{self._prefix}step-{step:010d}"
        # The manifest of one found wanting at this step must not vouch for files that are being replaced.
        self._store.delete(f"{folder}/{_MANIFEST}")
        records: list[FileRecord] = []
        for name, arrays in groups.items():
            data = pack(arrays)
            records.append(FileRecord.of(f"{name}.npz", data))
            self._store.put(f"{folder}/{name}.npz", data)
        manifest = {
            "schema": SCHEMA,
            "step": step,
            "epoch": epoch,
            "world_size": world_size,
            "settings": dict(settings),
            "versions": {package: version(package) for package in packages},
            "written_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "files": {record.name: record.as_dict() for record in records},
        }
        data = json.dumps(manifest, indent=1).encode()
        self._store.put(f"{folder}/{_MANIFEST}", data)
        return _read(f"{folder}/{_MANIFEST}", data)

    def latest_valid(self) -> Found:
        """The newest checkpoint whose every file is there and is what its manifest says.

        Raises:
            StoreError: if the store can't be read; that is no reason to fall back to an older checkpoint.
        """
        skipped: list[str] = []
        for folder in self._folders():
            found = self._load(folder)
            if isinstance(found, str):
                skipped.append(f"{folder}: {found}")
                continue
            checkpoint, groups = found
            return Found(checkpoint, groups, tuple(skipped))
        return Found(None, {}, tuple(skipped))

    def prune(self, keep_last: int) -> list[str]:
        """Delete all but the newest `keep_last` checkpoints that have a manifest; returns the keys deleted.

        Keep two or more: the last alone has no other to fall back to.
        """
        if keep_last < 1:
            raise ValueError(f"keep_last is {keep_last}: at least one checkpoint stays")
        deleted: list[str] = []
        kept = 0
        for folder, names in self._folders().items():
            if kept == keep_last:
                # The manifest goes first: what is left is then no checkpoint, rather than a broken one.
                for name in sorted(names, key=lambda name: name != _MANIFEST):
                    self._store.delete(f"{folder}/{name}")
                    deleted.append(f"{folder}/{name}")
            kept += kept < keep_last and _MANIFEST in names
        return deleted

    def _folders(self) -> dict[str, list[str]]:
        """Names of files by folder, the newest step first."""
        folders: dict[str, list[str]] = {}
        for key in self._store.list(self._prefix):
            folder, _, name = key.rpartition("/")
            if _STEP.fullmatch(folder.removeprefix(self._prefix)):
                folders.setdefault(folder, []).append(name)
        return dict(sorted(folders.items(), reverse=True))

    def _load(self, folder: str) -> tuple[Checkpoint, dict[str, Arrays]] | str:
        """The checkpoint in this folder, or what is wrong with it."""
        key = f"{folder}/{_MANIFEST}"
        try:
            checkpoint = _read(key, self._store.get(key))
        except MissingObjectError:
            return f"no {_MANIFEST}: it was never finished"
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return f"{_MANIFEST} can't be read: {error!r}"
        if not folder.endswith(f"step-{checkpoint.step:010d}"):
            return f"{_MANIFEST} speaks of step {checkpoint.step}"
        groups: dict[str, Arrays] = {}
        for record in checkpoint.files:
            try:
                data = self._store.get(f"{folder}/{record.name}")
            except MissingObjectError:
                return f"{record.name} is missing"
            if fault := record.fault(data):
                return fault
            groups[record.name.removesuffix(".npz")] = unpack(data)
        return checkpoint, groups


def _read(key: str, data: bytes) -> Checkpoint:
    """What a manifest describes; ValueError, KeyError, TypeError or AttributeError if it is none."""
    manifest = json.loads(data)
    if manifest["schema"] != SCHEMA:
        raise ValueError(f"schema {manifest['schema']!r}")
    return Checkpoint(
        key=key,
        sha256=sha256(data),
        step=int(manifest["step"]),
        epoch=int(manifest["epoch"]),
        world_size=int(manifest["world_size"]),
        settings=dict(manifest["settings"]),
        versions=dict(manifest["versions"]),
        files=tuple(FileRecord.read(name, entry) for name, entry in manifest["files"].items()),
    )
