"""The line of the program that made a resource, as a document has it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

_POSITION = re.compile(r"project://(/.*)#(\d+)(?:,\d+)?")
_LIBRARIES = re.compile(
    r"(?:^|/)(?:site-packages|dist-packages|node_modules|lib/python\d[^/]*)/|/pulumi-language-[^/]*$|^<"
)
"""Paths of what isn't the program's own: packages, the language's library, what starts the program."""


def source_of(resource: dict[str, Any]) -> str | None:
    """File and line, as `stacks/__main__.py:12`: the innermost that is of the program; None if none is."""
    trace = resource.get("stackTrace")
    frames: list[Any] = [*trace] if isinstance(trace, list) else []
    for frame in [*frames, resource]:
        position = frame.get("sourcePosition") if isinstance(frame, dict) else None
        found = _POSITION.fullmatch(position) if isinstance(position, str) else None
        if found is None:
            continue
        path = unquote(found[1]).removeprefix("/")
        if not _LIBRARIES.search(path):
            return f"{path}:{found[2]}"
    return None
