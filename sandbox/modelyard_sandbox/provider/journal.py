"""Creations that were begun and not answered: what one of them made is found again, and not made twice.

The engine learns of a resource by the answer to its creation. If there is none (a time-out, a lost
connection, a process that was killed), the next update asks for the resource anew. The journal holds, for
each creation under way, the mark of its calls (see `once`) and its inputs; it lies in the sandbox's
directory, for the process that begins a creation may not live to end it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from modelyard_sandbox.errors import SandboxError
from modelyard_sandbox.files import write_private


@dataclass(frozen=True, slots=True)
class Begun:
    """A creation that was begun."""

    token: str
    """The mark of its calls."""
    server: str
    """The server that was asked."""
    inputs: dict[str, Any]
    """What was asked for."""


@dataclass(frozen=True, slots=True)
class Journal:
    """The creations under way in a sandbox."""

    directory: Path
    server: str
    """The server that runs: what was begun in another one went with it."""

    def begin(self, urn: str, inputs: dict[str, Any]) -> Begun:
        """Note that a creation begins."""
        begun = Begun(secrets.token_hex(16), self.server, inputs)
        self.directory.mkdir(mode=0o700, exist_ok=True)
        write_private(self._path(urn), json.dumps(asdict(begun)))
        return begun

    def left(self, urn: str) -> Begun | None:
        """The creation that was begun for a URN, and neither ended nor refused."""
        try:
            begun = Begun(**json.loads(self._path(urn).read_text()))
        except FileNotFoundError:
            return None
        return begun if begun.server == self.server else None

    def end(self, urn: str) -> None:
        """The creation has been answered."""
        self._path(urn).unlink(missing_ok=True)

    @contextmanager
    def ending(self, urn: str) -> Generator[None]:
        """End a creation unless what it came to isn't known: a refusal is an answer as well."""
        try:
            yield
        except SandboxError:
            self.end(urn)
            raise
        self.end(urn)

    def _path(self, urn: str) -> Path:
        return self.directory / f"{hashlib.sha256(urn.encode()).hexdigest()[:32]}.json"
