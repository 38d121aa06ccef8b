"""Gives a node its files: the archives that the specification names, each under its digest."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from modelyard_node import keys
from modelyard_node.ends import broken
from modelyard_node.node import Node
from modelyard_node.spec import Archive
from modelyard_node.store import Store
from modelyard_node.unpacking import ArchiveError, unpack


def get_files(node: Node) -> None:
    """Fetch every archive, and unpack it where it belongs."""
    for archive in node.job.files:
        target = node.directory / archive.path  # an absolute path stays as it is
        node.do(partial(_get, node.store, archive, target, node.directory, node.pace.patience_seconds))


def _get(store: Store, archive: Archive, target: Path, scratch: Path, patience: float) -> None:
    try:
        _fetch(store, archive, target, scratch, patience)
    except OSError as error:
        where = error.filename or target
        raise broken(
            f"the files for {archive.path} can't be written to {where}: {error.strerror or error}"
        ) from error


def _fetch(store: Store, archive: Archive, target: Path, scratch: Path, patience: float) -> None:
    key = keys.archive_key(archive.sha256)
    _make_room(archive, scratch)
    fetched = scratch / f"{archive.sha256}.tar.gz"
    with fetched.open("w+b") as file:
        found = store.fetch(key, file, patience=patience)
        if found is None:
            raise broken(f"{store.uri} has no {key}, which {archive.path} is unpacked from")
        if found != archive.sha256:
            raise broken(f"{store.uri}/{key} isn't what was submitted: its SHA-256 is {found}")
        file.seek(0)
        try:
            unpack(file, target)
        except ArchiveError as error:
            raise broken(f"{key} can't be unpacked into {target}: {error}") from error
    fetched.unlink()


def _make_room(archive: Archive, directory: Path) -> None:
    """See that there is room for an archive. What is in it takes as much again, at least."""
    room = os.statvfs(directory)
    free = room.f_bavail * room.f_frsize
    if free < archive.size_bytes:
        raise broken(
            f"{directory} has {free / 1e9:.1f} GB left, and the files for {archive.path} take "
            f"{archive.size_bytes / 1e9:.1f} GB packed"
        )
