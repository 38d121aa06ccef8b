"""Where the server is, for extensions that start processes of their own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp


@dataclass(frozen=True, slots=True)
class Place:
    """A server's directory, and its address."""

    directory: Path
    endpoint: str


_place: Place | None = None


def settle(directory: Path, endpoint: str) -> None:
    """Say where the server is, before it answers its first request."""
    global _place
    _place = Place(directory, endpoint)


def place() -> Place:
    """Where the server is; a directory of its own, and no address, where moto runs without one."""
    global _place
    if _place is None:
        _place = Place(Path(mkdtemp(prefix="modelyard-sandbox-")), "")
    return _place
