"""Records of files: what a manifest says about each, and whether the bytes agree."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*\.npz")


def sha256(data: bytes) -> str:
    """SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file as its manifest describes it."""

    name: str
    sha256: str
    size_bytes: int

    @classmethod
    def of(cls, name: str, data: bytes) -> FileRecord:
        """The record of these bytes."""
        return cls(name, sha256(data), len(data))

    @classmethod
    def read(cls, name: str, entry: Mapping[str, Any]) -> FileRecord:
        """The record in a manifest's entry; ValueError or KeyError if it is none."""
        record = cls(name, str(entry["sha256"]), int(entry["size_bytes"]))
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a file in a manifest")
        return record

    def as_dict(self) -> dict[str, str | int]:
        """The manifest's entry."""
        return {"sha256": self.sha256, "size_bytes": self.size_bytes}

    def fault(self, data: bytes) -> str | None:
        """What is wrong with these bytes, or None."""
        if len(data) != self.size_bytes:
            return f"{self.name} has {len(data)} bytes, its manifest says {self.size_bytes}"
        if sha256(data) != self.sha256:
            return f"{self.name} is not what its SHA-256 says"
        return None


def pack(arrays: Mapping[str, np.ndarray[Any, Any]]) -> bytes:
    """Arrays as an uncompressed .npz; equal arrays give equal bytes.

    Raises:
        TypeError: for arrays that only pickle could hold, or whose type a reader couldn't know (bfloat16).
    """
    for name, array in arrays.items():
        if array.dtype.kind not in "biufc":
            raise TypeError(f"{name} is an array of {array.dtype}: numbers and booleans can be kept")
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def unpack(data: bytes) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of a .npz; nothing in it is ever run."""
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}
