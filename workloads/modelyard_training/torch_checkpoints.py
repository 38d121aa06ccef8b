"""Checkpoints that every process of a job writes its part of, and any number of processes reads.

`checkpoints/<run>/step-<step>/` holds `rows-<part>-of-<parts>.npz` and, written last, the manifest. Parts are
written in the background; the manifest follows at the next step by which all of them are there.
"""

# pyright: reportMissingImports=false, reportUntypedBaseClass=false, reportUntypedFunctionDecorator=false

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from modelyard_training.checkpoints import Checkpoints
from modelyard_training.errors import MissingObjectError
from modelyard_training.files import FileRecord, pack, unpack
from modelyard_training.manifests import MANIFEST, Checkpoint, read_manifest
from modelyard_training.stores import Store
from modelyard_training.torch_gang import gather, meet
from modelyard_training.torch_place import Place
from modelyard_training.torch_state import Rows, TrainingState

_FOLDER = re.compile(r"step-[0-9]{10}")


def part_name(part: int, of: int) -> str:
    """The file that holds this part."""
    return f"rows-{part:05d}-of-{of:05d}.npz"


@dataclass(frozen=True, slots=True)
class Found:
    """The newest whole checkpoint, if there is one, and why newer ones were passed over."""

    checkpoint: Checkpoint | None
    skipped: tuple[str, ...]


class ShardedCheckpoints:
    """The checkpoints of one run. Every process makes one and calls it at the same points of its work."""

    def __init__(
        self,
        store: Store,
        run_id: str,
        place: Place,
        *,
        settings: Mapping[str, Any],
        packages: tuple[str, ...],
        keep_last: int | None = None,
    ) -> None:
        """`settings` and `packages` go into each manifest; `keep_last` deletes all but the newest so many."""
        self._store, self._place = store, place
        self._prefix = f"checkpoints/{run_id}/"
        self._written = Checkpoints(store, run_id)
        self._settings, self._packages, self._keep_last = dict(settings), packages, keep_last
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="checkpoint")
        self._pending: tuple[int, int, Future[FileRecord]] | None = None
        self._read: dict[str, bytes] = {}

    def find(self) -> Found:
        """The newest checkpoint whose every file is there and is what its manifest says.

        Each process reads its share of the files, so that all of a large checkpoint is read once.

        Raises:
            StoreError: if the store can't be read; that is no reason to fall back to an older checkpoint.
        """
        skipped: list[str] = []
        for folder in self._from_first(self._folders):
            data = self._from_first(lambda folder=folder: self._manifest(folder))
            found = self._whole(folder, data)
            if isinstance(found, Checkpoint):
                return Found(found, tuple(skipped))
            skipped.append(f"{folder}: {found}")
        return Found(None, tuple(skipped))

    def restore(self, checkpoint: Checkpoint, state: TrainingState) -> None:
        """Bring back what this process needs of a checkpoint that `find` gave."""
        folder = checkpoint.key.rpartition("/")[0]
        parts = len(checkpoint.files)
        for part in state.needs(parts):
            name = checkpoint.files[part].name
            data = self._read.pop(name, None)
            state.restore(
                part, parts, unpack(data if data is not None else self._store.get(f"{folder}/{name}"))
            )
        self._read.clear()

    def begin(self, rows: Rows, *, step: int, epoch: int) -> None:
        """Start to write the rows of this process; `commit` has to follow, best when nobody is `busy`."""
        if self._place.is_first:
            self._written.begin(step)
        meet()
        self._pending = step, epoch, self._writer.submit(self._put, step, rows)

    @property
    def pending(self) -> bool:
        """Whether a checkpoint was begun and not committed."""
        return self._pending is not None

    @property
    def busy(self) -> bool:
        """Whether this process still writes its part."""
        return self._pending is not None and not self._pending[2].done()

    def commit(self) -> Checkpoint | None:
        """Wait for the parts and write the manifest; the first process gets what stands there now.

        Raises:
            StoreError: if this process couldn't write its part.
        """
        assert self._pending is not None  # noqa: S101 - callers know by `pending`
        step, epoch, part = self._pending
        records = gather(part.result())
        self._pending = None
        if not self._place.is_first:
            return None
        written = self._written.commit(
            records,
            step=step,
            epoch=epoch,
            world_size=self._place.world_size,
            settings=self._settings,
            packages=self._packages,
        )
        if self._keep_last:
            self._written.prune(self._keep_last)
        return written

    def _put(self, step: int, rows: Rows) -> FileRecord:
        name = part_name(self._place.rank, self._place.world_size)
        data = pack(rows)
        self._store.put(f"{self._prefix}step-{step:010d}/{name}", data)
        return FileRecord.of(name, data)

    def _from_first(self, read: Any) -> Any:
        """What the first process reads, in every process: so all look at the same."""
        return gather(read() if self._place.is_first else None)[0]

    def _folders(self) -> list[str]:
        """Folders of checkpoints, the newest first."""
        folders = {key.rpartition("/")[0] for key in self._store.list(self._prefix)}
        return sorted(
            (each for each in folders if _FOLDER.fullmatch(each[len(self._prefix) :])), reverse=True
        )

    def _manifest(self, folder: str) -> bytes | None:
        try:
            return self._store.get(f"{folder}/{MANIFEST}")
        except MissingObjectError:
            return None

    def _whole(self, folder: str, data: bytes | None) -> Checkpoint | str:
        """The checkpoint in this folder, or what is wrong with it."""
        if data is None:
            return f"no {MANIFEST}: it was never finished"
        try:
            checkpoint = read_manifest(f"{folder}/{MANIFEST}", data)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return f"{MANIFEST} can't be read: {error!r}"
        if not folder.endswith(f"step-{checkpoint.step:010d}"):
            return f"{MANIFEST} speaks of step {checkpoint.step}"
        names = [record.name for record in checkpoint.files]
        if names != [part_name(part, len(names)) for part in range(len(names))]:
            return f"{MANIFEST} lists {', '.join(names) or 'nothing'}, which are not the parts of one whole"
        faults = gather(self._fault(folder, checkpoint.files[self._place.rank :: self._place.world_size]))
        return next((fault for fault in faults if fault), checkpoint)

    def _fault(self, folder: str, records: tuple[FileRecord, ...]) -> str | None:
        """What is wrong with these files, which are kept for `restore` if nothing is."""
        self._read.clear()
        for record in records:
            try:
                data = self._store.get(f"{folder}/{record.name}")
            except MissingObjectError:
                return f"{record.name} is missing"
            if fault := record.fault(data):
                return fault
            self._read[record.name] = data
        return None
