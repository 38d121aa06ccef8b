"""Unpacks an archive, and nothing but into its directory.

Archives come from whoever submits jobs, and may be unpacked by root. So a member is written below the
directory or refused: absolute names, names that climb out, links that lead out, devices. Links are made last,
once nothing is written any more that could go through them.
"""

from __future__ import annotations

import os
import shutil
import tarfile
import zlib
from pathlib import Path
from typing import BinaryIO

MOST_LINKS_IN_A_ROW = 40
"""As many as Linux follows."""


class ArchiveError(Exception):
    """The archive is damaged, or holds what isn't unpacked."""


def unpack(file: BinaryIO, directory: Path) -> None:
    """Unpack a .tar.gz. Raises ArchiveError; OSError if the directory can't be written to."""
    links: dict[str, str] = {}
    copies: list[tuple[str, str]] = []
    try:
        with tarfile.open(fileobj=file, mode="r:gz") as archive:
            directory.mkdir(parents=True, exist_ok=True)
            for member in archive:
                name = _inside(member.name)
                if member.issym():
                    links[name] = member.linkname
                elif member.islnk():
                    copies.append((name, _inside(member.linkname)))
                else:
                    _write(archive, member, directory / name)
    except (tarfile.TarError, EOFError, zlib.error, UnicodeError) as error:
        raise ArchiveError(f"it is damaged: {error}") from error
    _copy(copies, links, directory)
    _link(links, directory)


def _inside(name: str) -> str:
    """A member's name without dots and double slashes. Raises ArchiveError if it leads out."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or "\0" in name:
        raise ArchiveError(f"{name!r} isn't below the directory that it is unpacked into")
    return "/".join(parts)


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    if member.isdir():
        path.mkdir(parents=True, exist_ok=True)
        return
    source = archive.extractfile(member) if member.isfile() else None
    if source is None:
        raise ArchiveError(f"{member.name!r} is neither a file nor a directory nor a link")
    path.parent.mkdir(parents=True, exist_ok=True)
    with source, path.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    # Never more than read, write and execute: no set-uid.
    path.chmod(member.mode & 0o777 | 0o400)
    os.utime(path, (member.mtime, member.mtime))


def _copy(copies: list[tuple[str, str]], links: dict[str, str], directory: Path) -> None:
    """Hard links, as files of their own. They lead to files of the archive, which are there by now."""
    for name, origin in copies:
        if origin in links or not (directory / origin).is_file():
            raise ArchiveError(f"{name!r} is a link to {origin!r}, which is no file of the archive")
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(directory / origin, directory / name)


def _link(links: dict[str, str], directory: Path) -> None:
    for name, target in links.items():
        if not leads_inside(name, links):
            raise ArchiveError(f"{name!r} is a link to {target!r}, which leads out of the directory")
    for name, target in links.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink() or path.is_file():
            path.unlink()
        path.symlink_to(target)


def leads_inside(name: str, links: dict[str, str]) -> bool:
    """Whether a link, with all others that it leads through, ends below the directory that all are in."""
    ahead = name.split("/")[::-1]
    at: list[str] = []
    followed = 0
    while ahead:
        part = ahead.pop()
        if part in ("", "."):
            continue
        if part == "..":
            if not at:
                return False
            at.pop()
            continue
        at.append(part)
        target = links.get("/".join(at))
        if target is not None:
            followed += 1
            if target.startswith("/") or followed > MOST_LINKS_IN_A_ROW:
                return False
            at.pop()
            ahead += target.split("/")[::-1]
    return True
