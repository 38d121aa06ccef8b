"""Lines of a program, named from the working directory on, as editors and code scanning need them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelyard_preview.subjects import DataSourceNote, Subject


def placed(subject: Subject, directory: Path) -> Subject:
    """The subject of a project in `directory`, with all lines of its program named so. A directory that isn't
    within the working one stays out of the names.
    """
    if subject.kind == "file" or directory == Path() or directory.is_absolute() or ".." in directory.parts:
        return subject
    for node in subject.graph.resources:
        if node.source:
            node.source = _line(node.source, directory)
    found = subject.notes
    calls = {
        name: tuple(_of(note, directory) for note in given)
        for name, given in (("unanswered", found.unanswered), ("waiting", found.waiting))
    }
    return replace(subject, notes=replace(found, **calls))


def _of(note: DataSourceNote, directory: Path) -> DataSourceNote:
    return replace(note, sources=tuple(_line(source, directory) for source in note.sources))


def _line(source: str, directory: Path) -> str:
    return source if Path(source).is_absolute() else f"{directory.as_posix()}/{source}"
