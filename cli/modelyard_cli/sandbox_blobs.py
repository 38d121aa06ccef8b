"""The blobs of Azure's accounts, where this machine can serve them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from modelyard.errors import SurroundingsError

if TYPE_CHECKING:
    from modelyard_sandbox.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Blobs:
    """Whether blobs are served."""

    endpoint: str | None = None
    """Where; None: they aren't."""
    problem: str = ""
    """What is missing."""
    mend: str = ""

    @property
    def document(self) -> dict[str, Any]:
        """What JSON says of them."""
        missing = {"problem": self.problem, "mend": self.mend} if self.endpoint is None else None
        return {"blobEndpoint": self.endpoint, "blobsMissing": missing}

    @property
    def text(self) -> str:
        """A line for people."""
        if self.endpoint is not None:
            return f"blobs of Azure's accounts: {self.endpoint}"
        return f"no blobs of Azure's accounts: {self.problem}; mend: {self.mend}"


def serve_blobs(sandbox: Sandbox, *, fetch: bool = False) -> Blobs:
    """Have the sandbox serve blobs, with what is on this machine, or with `fetch` with what can be had."""
    try:
        endpoint = sandbox.start_blobs(lambda said: click.echo(said, err=True), fetch=fetch)
    except SurroundingsError as error:
        if fetch:
            raise
        return Blobs(problem=error.message, mend=error.mend)
    return Blobs(endpoint)
