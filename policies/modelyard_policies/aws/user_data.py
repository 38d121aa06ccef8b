"""What machines run when they start, as it can be read."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from typing import Final

_ENCODED: Final = re.compile(r"[A-Za-z0-9+/]{16,}(?:\r?\n[ \t]*[A-Za-z0-9+/]{4,})*")
"""What may be base64: the whole, a part of a MIME message, or a file that cloud-init writes."""

_DEPTH: Final = 3
"""A file in a part of user data that is encoded itself."""
_MOST: Final = 1 << 20
"""Characters of one text; user data is 16 KiB at most, before it is unpacked."""
_GZIP: Final = b"\x1f\x8b"


def texts(user_data: str, depth: int = _DEPTH) -> Iterator[str]:
    """The text itself, and whatever is in it by base64 and gzip."""
    yield user_data
    if depth:
        for found in _ENCODED.finditer(user_data):
            text = _decoded("".join(found[0].split()))
            if text:
                yield from texts(text, depth - 1)


def _decoded(encoded: str) -> str | None:
    """The text that is encoded; None for what isn't text."""
    try:
        data = base64.b64decode(encoded[: len(encoded) - len(encoded) % 4] + _tail(encoded))
        if data.startswith(_GZIP):
            data = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, _MOST)
    except (binascii.Error, zlib.error):
        return None
    text = data.decode("utf-8", "replace")
    strange = sum(
        1 for character in text if character == "\ufffd" or (character < " " and not character.isspace())
    )
    return text if text and strange * 20 <= len(text) else None


def _tail(encoded: str) -> str:
    """The last group, filled up; of one character nothing can be made."""
    rest = len(encoded) % 4
    return "" if rest < 2 else encoded[-rest:] + "=" * (4 - rest)
