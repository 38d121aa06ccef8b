"""Files that travel with a job: its workdir and its file mounts, each as one archive.

Equal trees make equal archives, byte for byte: entries are sorted, owners, times and permissions are always
the same (but for the executable bit). An archive is known by its SHA-256, and uploaded once.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import IO, cast

from modelyard.errors import InputError
from modelyard.yaml_lines.document import field_text
from modelyard_launcher.ignoring import IGNORE_FILE, LeftOut, left_out
from modelyard_launcher.load import LoadedJob

WORKDIR = "workdir"
"""Where the first archive goes; nodes choose the directory."""

LARGEST_BYTES = 1 << 30
"""What one archive may hold. A choice of ours: every node fetches it at every start. Data belongs into the
store of datasets."""

MOST_ENTRIES = 100_000
"""Files, directories and links of one archive."""

_IN_MEMORY_BYTES = 32 << 20
"""Larger archives are kept in a temporary file, which is gone with them."""

_MOMENT = 315_532_800
"""1980-01-01: what files without a time of their own are dated with; ZIP knows no earlier one."""

_LEVEL = 6


class KeptFile:
    """A temporary file that goes with whoever holds it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    @property
    def path(self) -> Path:
        """Where it is."""
        return Path(self._file.name)

    def __del__(self) -> None:
        self._file.close()


@dataclass(frozen=True, slots=True)
class Archive:
    """A packed directory or file."""

    sha256: str
    size_bytes: int
    path: str
    """Where nodes unpack it: `workdir`, or a path in the container."""
    content: bytes | KeptFile = field(repr=False, compare=False)
    """The archive itself: in memory, or a file if it is large."""

    def as_dict(self) -> dict[str, str | int]:
        """As a job's spec names it."""
        return {"archive": self.sha256, "size_bytes": self.size_bytes, "path": self.path}


@dataclass(frozen=True, slots=True)
class _Entry:
    """Something that is packed."""

    name: str
    path: Path
    mode: int
    size: int


def pack_job(loaded: LoadedJob) -> list[Archive]:
    """The archives of a job: the workdir first, then file mounts by their targets.

    Raises InputError for what can't travel: it isn't there or can't be read, is too large, or has links that
    lead out of it.
    """
    workdir = loaded.workdir
    archives = [] if workdir is None else [_pack(loaded, ("workdir",), workdir, WORKDIR)]
    mounts = sorted(loaded.mounts.items())
    return archives + [_pack(loaded, ("file_mounts", target), source, target) for target, source in mounts]


def _pack(loaded: LoadedJob, place: tuple[str, ...], source: Path, target: str) -> Archive:
    try:
        if source.is_dir():
            return pack_directory(source, target)
        return pack_file(source, target)
    except ArchiveError as error:
        message, allowed, mend = error.message, error.allowed, error.mend
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        where = getattr(error, "filename", None) or source
        message = f"{where} can't be read: {said.lower()}"
        allowed = "files that can be read and stay as they are while they are packed"
        mend = f"check the path and its permissions, or leave it out by a line in {IGNORE_FILE}"
    problem = loaded.problem(field_text(place), str(source), message, allowed=allowed, mend=mend)
    raise InputError([problem])


class ArchiveError(Exception):
    """Why something can't be packed."""

    def __init__(self, message: str, allowed: str, mend: str) -> None:
        self.message = message
        self.allowed = allowed
        self.mend = mend
        super().__init__(message)


def pack_directory(root: Path, target: str) -> Archive:
    """Pack what is in a directory. Raises ArchiveError, OSError, UnicodeDecodeError."""
    root = root.resolve()
    entries = sorted(_walk(root, left_out(root)), key=lambda entry: entry.name)
    _check_size(entries)
    return _write(entries, target)


def pack_file(file: Path, target: str) -> Archive:
    """Pack one file, which is unpacked as `target`. Raises ArchiveError and OSError."""
    file = file.resolve(strict=True)
    status = file.stat()
    if not stat.S_ISREG(status.st_mode):
        raise ArchiveError(
            "it is neither a file nor a directory",
            "a file or a directory of this machine",
            "name a file or a directory",
        )
    place = PurePosixPath(target)
    entries = [_Entry(place.name, file, status.st_mode, status.st_size)]
    _check_size(entries)
    return _write(entries, str(place.parent))


def _walk(root: Path, is_left_out: LeftOut) -> Iterator[_Entry]:
    """Everything in a directory that travels. What is neither file, directory nor link stays here."""
    waiting = [(root, "")]
    while waiting:
        directory, prefix = waiting.pop()
        with os.scandir(directory) as found:
            for item in found:
                name = f"{prefix}{item.name}"
                status = item.stat(follow_symlinks=False)
                is_directory = stat.S_ISDIR(status.st_mode)
                if is_left_out(name, is_directory):
                    continue
                if is_directory:
                    waiting.append((Path(item.path), f"{name}/"))
                elif stat.S_ISLNK(status.st_mode):
                    _check_link(root, Path(item.path), name)
                elif not stat.S_ISREG(status.st_mode):
                    continue
                size = status.st_size if stat.S_ISREG(status.st_mode) else 0
                yield _Entry(name, Path(item.path), status.st_mode, size)


def _check_link(root: Path, link: Path, name: str) -> None:
    target = str(link.readlink())
    inside = os.path.normpath(link.parent.relative_to(root) / target)
    try:
        resolves_inside = link.resolve().is_relative_to(root)
    except RuntimeError:  # what Python 3.11 and 3.12 say of links that lead to each other
        raise ArchiveError(
            f"the link {name} leads in a circle",
            "links that lead to something",
            f"remove it, or leave the link out by a line in {IGNORE_FILE}",
        ) from None
    if target.startswith("/") or inside.startswith("..") or not resolves_inside:
        raise ArchiveError(
            f"the link {name} leads to {target}, which doesn't travel with the job",
            "links that are relative and lead to something in the same directory",
            f"copy what it leads to, or leave the link out by a line in {IGNORE_FILE}",
        )


def _check_size(entries: list[_Entry]) -> None:
    size = sum(entry.size for entry in entries)
    if size > LARGEST_BYTES:
        largest = sorted(entries, key=lambda entry: -entry.size)[:3]
        names = ", ".join(f"{entry.name} ({_size_text(entry.size)})" for entry in largest)
        raise ArchiveError(
            f"it holds {_size_text(size)}, the largest of it {names}",
            f"up to {_size_text(LARGEST_BYTES)}",
            f"leave out what nodes don't need by lines in {IGNORE_FILE}; put data into the store of datasets",
        )
    if len(entries) > MOST_ENTRIES:
        raise ArchiveError(
            f"it holds {len(entries):,} files and directories",
            f"up to {MOST_ENTRIES:,}",
            f"leave out what nodes don't need by lines in {IGNORE_FILE}",
        )


def _write(entries: list[_Entry], target: str) -> Archive:
    file = cast("IO[bytes]", NamedTemporaryFile(prefix="modelyard-", suffix=".tar.gz"))  # noqa: SIM115 (kept)
    kept = KeptFile(file)
    # (gzip's header has a place for a name and a time: neither is given)
    with (
        gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for entry in entries:
            _add(archive, entry)
    size = file.tell()
    file.seek(0)
    digest = hashlib.sha256()
    for block in iter(lambda: file.read(1 << 20), b""):
        digest.update(block)
    file.seek(0)
    return Archive(digest.hexdigest(), size, target, file.read() if size <= _IN_MEMORY_BYTES else kept)


def _add(archive: tarfile.TarFile, entry: _Entry) -> None:
    info = tarfile.TarInfo(entry.name)
    info.mtime = _MOMENT
    if stat.S_ISDIR(entry.mode):
        info.type, info.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(info)
    elif stat.S_ISLNK(entry.mode):
        info.type, info.mode, info.linkname = tarfile.SYMTYPE, 0o777, str(entry.path.readlink())
        archive.addfile(info)
    else:
        info.mode, info.size = 0o755 if entry.mode & 0o111 else 0o644, entry.size
        with entry.path.open("rb") as file:
            _add_file(archive, info, entry, file)


def _add_file(archive: tarfile.TarFile, info: tarfile.TarInfo, entry: _Entry, file: IO[bytes]) -> None:
    try:
        archive.addfile(info, file)
    except OSError as error:  # tarfile's own, when a file is shorter than it was
        raise OSError(error.errno, error.strerror or str(error), str(entry.path)) from error
    if file.read(1):
        raise OSError(None, "it grew while it was read", str(entry.path))


def _size_text(size: int) -> str:
    for unit, factor in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} bytes"
