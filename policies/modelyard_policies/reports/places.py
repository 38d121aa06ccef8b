"""Lines of a program, as `file:line`, taken apart."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import quote

_LINE: Final = re.compile(r"(?P<file>.+):(?P<line>[1-9][0-9]{0,8})")
_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]")


class Place(NamedTuple):
    """A line of a file."""

    file: str
    line: int

    @property
    def is_relative(self) -> bool:
        """Whether the file is named from the project's directory."""
        return not self.file.startswith(("/", "\\")) and not _DRIVE.match(self.file)

    @property
    def uri(self) -> str:
        """The file as a URI: relative, or with the scheme `file`."""
        path = self.file.replace("\\", "/")
        quoted = quote(path.encode("utf-8", "replace"), safe="/")
        if self.is_relative:
            return quoted
        return f"file://{quoted}" if path.startswith("/") else f"file:///{quoted}"


def place_of(source: str | None, otherwise: str | None = None) -> Place | None:
    """The place that a finding's source names; for none, the first line of the file `otherwise`."""
    found = _LINE.fullmatch(source) if source else None
    if found:
        return Place(found["file"], int(found["line"]))
    return Place(otherwise, 1) if otherwise else None
