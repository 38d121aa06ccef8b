"""How a state's arrays are shared out among the processes that write them, a file each, and put together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import numpy as np

from modelyard_training.files import FileRecord

Arrays = Mapping[str, np.ndarray[Any, Any]]

_PART = re.compile(r"part-([0-9]{5})-of-([0-9]{5})\.npz")
_DIGEST_BYTES = 32


class ArrayLike(Protocol):
    """What NumPy can copy and whose size is known before it does: an array of NumPy or JAX."""

    @property
    def nbytes(self) -> int:
        """Bytes of its elements."""
        ...


Groups = Mapping[str, Mapping[str, ArrayLike]]
"""Arrays by group ("model", "optimizer") and name."""


def part_name(rank: int, of: int) -> str:
    """The file that the process of this rank writes."""
    return f"part-{rank:05d}-of-{of:05d}.npz"


def own_share(groups: Groups, rank: int, of: int) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays that the process of this rank writes, copied to this host, as `group/name`.

    Whole arrays, the largest first, each to whoever has least so far: every process finds the same without a
    word to the others, and only its own share leaves its devices.
    """
    everything = {
        f"{group}/{name}": array for group, arrays in groups.items() for name, array in arrays.items()
    }
    loads = [0] * of
    mine: dict[str, np.ndarray[Any, Any]] = {}
    for name in sorted(everything, key=lambda name: (-everything[name].nbytes, name)):
        taker = loads.index(min(loads))
        loads[taker] += everything[name].nbytes
        if taker == rank:
            mine[name] = np.asarray(everything[name])
    return dict(sorted(mine.items()))


def put_together(files: Mapping[str, Arrays]) -> dict[str, Arrays]:
    """Groups of arrays from a checkpoint's files: parts, whose arrays come in the order of their names, or a
    file for each group.
    """
    groups: dict[str, dict[str, np.ndarray[Any, Any]]] = {}
    for file, arrays in files.items():
        if not _PART.fullmatch(file):
            groups[file.removesuffix(".npz")] = dict(arrays)
            continue
        for full_name, array in arrays.items():
            group, _, name = full_name.partition("/")
            groups.setdefault(group, {})[name] = array
    parts = any(_PART.fullmatch(file) for file in files)
    return {name: dict(sorted(group.items())) if parts else group for name, group in groups.items()}


def check_complete(names: Iterable[str]) -> None:
    """ValueError if some part of a whole is not among a manifest's files."""
    parts = sorted(name for name in names if _PART.fullmatch(name))
    if parts != [part_name(rank, len(parts)) for rank in range(len(parts))]:
        raise ValueError(f"of the parts of the whole only {', '.join(parts)} are listed")


def encode(record: FileRecord) -> bytes:
    """A record as every process tells it to the others: SHA-256 and size, always as many bytes."""
    return bytes.fromhex(record.sha256) + record.size_bytes.to_bytes(8, "big")


def decode(name: str, data: bytes) -> FileRecord:
    """What `encode` gave, with the name that its writer's rank implies."""
    return FileRecord(name, data[:_DIGEST_BYTES].hex(), int.from_bytes(data[_DIGEST_BYTES:], "big"))
