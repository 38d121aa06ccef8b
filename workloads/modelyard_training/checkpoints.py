"""Checkpoints of a run: written so that half of one is never read, and found again, the newest whole one.

`checkpoints/<run>/step-<step>/` holds .npz files and, written last, `manifest.json` with size and SHA-256 of
each. The files are parts, one from each process (`part-00000-of-00002.npz`, arrays named `group/name`), or a
file for each group of arrays, as one process alone writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from modelyard_training.errors import MissingObjectError, StoreError
from modelyard_training.files import FileRecord, pack, unpack
from modelyard_training.manifests import MANIFEST, Checkpoint, read_manifest, write_manifest
from modelyard_training.parts import part_name, put_together
from modelyard_training.stores import Store

Arrays = Mapping[str, np.ndarray[Any, Any]]

_STEP = re.compile(r"step-([0-9]{10})")


@dataclass(frozen=True, slots=True)
class Found:
    """The newest whole checkpoint with its arrays, if there is one, and why newer ones were passed over."""

    checkpoint: Checkpoint | None
    groups: Mapping[str, Arrays]
    skipped: tuple[str, ...]


class Checkpoints:
    """The checkpoints of one run in a store.

    One process alone calls `save`. Several write theirs in four steps, with a meeting of all after the first
    and the second: one process calls `begin`; each writes its part by `put_part`; each tells the others the
    record that it got; the one that began calls `commit` with all of them.
    """

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
        """Write a checkpoint alone; its arguments are those of `commit`."""
        self.begin(step)
        records = [self._put(step, f"{name}.npz", arrays) for name, arrays in groups.items()]
        return self.commit(
            records, step=step, epoch=epoch, world_size=world_size, settings=settings, packages=packages
        )

    def begin(self, step: int) -> None:
        """Clear the place of this step. A manifest found wanting must not vouch for files being replaced."""
        folder = self._folder(step)
        self._delete(folder, [key.rpartition("/")[2] for key in self._store.list(f"{folder}/")])

    def put_part(self, arrays: Arrays, *, step: int, rank: int, of: int) -> FileRecord:
        """Write the part of the process of this rank."""
        return self._put(step, part_name(rank, of), arrays)

    def commit(
        self,
        records: Iterable[FileRecord],
        *,
        step: int,
        epoch: int,
        world_size: int,
        settings: Mapping[str, Any],
        packages: tuple[str, ...] = ("numpy",),
    ) -> Checkpoint:
        """Write the manifest, once every file is there: from now on it is a checkpoint.

        `packages` are those whose installed versions it records.

        Raises:
            StoreError: if a file isn't in this store, as when each node writes to a directory of its own.
        """
        records = list(records)
        folder = self._folder(step)
        for record in records:
            if not self._store.exists(f"{folder}/{record.name}"):
                raise StoreError(
                    f"{self._store.uri_of(folder)}: {record.name} was written, and isn't here; "
                    "MODELYARD_CHECKPOINTS has to be one place for all nodes of the job"
                )
        data = write_manifest(
            step=step,
            epoch=epoch,
            world_size=world_size,
            settings=settings,
            packages=packages,
            files=records,
        )
        self._store.put(f"{folder}/{MANIFEST}", data)
        return read_manifest(f"{folder}/{MANIFEST}", data)

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
                deleted += self._delete(folder, names)
            kept += kept < keep_last and MANIFEST in names
        return deleted

    def _folder(self, step: int) -> str:
        return f"{self._prefix}step-{step:010d}"

    def _put(self, step: int, name: str, arrays: Arrays) -> FileRecord:
        data = pack(arrays)
        self._store.put(f"{self._folder(step)}/{name}", data)
        return FileRecord.of(name, data)

    def _delete(self, folder: str, names: list[str]) -> list[str]:
        """The manifest goes first: what is left is then no checkpoint, rather than a broken one."""
        keys = [f"{folder}/{name}" for name in sorted(names, key=lambda name: name != MANIFEST)]
        for key in keys:
            self._store.delete(key)
        return keys

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
        key = f"{folder}/{MANIFEST}"
        try:
            checkpoint = read_manifest(key, self._store.get(key))
        except MissingObjectError:
            return f"no {MANIFEST}: it was never finished"
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return f"{MANIFEST} can't be read: {error!r}"
        if folder != self._folder(checkpoint.step):
            return f"{MANIFEST} speaks of step {checkpoint.step}"
        files: dict[str, Arrays] = {}
        for record in checkpoint.files:
            try:
                data = self._store.get(f"{folder}/{record.name}")
            except MissingObjectError:
                return f"{record.name} is missing"
            if fault := record.fault(data):
                return fault
            files[record.name] = unpack(data)
        return checkpoint, put_together(files)
