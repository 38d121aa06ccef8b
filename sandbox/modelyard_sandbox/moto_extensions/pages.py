"""Answers in pages, as the services that the sandbox extends give them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

PREFIX = "modelyard:"


class BadTokenError(ValueError):
    """A token that no answer has held."""


def page(items: Sequence[Any], token: str | None, size: int | None) -> tuple[list[Any], str | None]:
    """The items of one page, and the token of the next one; None if there is none.

    Raises BadTokenError if the token is none of ours.
    """
    start = _offset(token) if token else 0
    end = start + size if size else len(items)
    following = base64.b64encode(f"{PREFIX}{end}".encode()).decode() if end < len(items) else None
    return list(items[start:end]), following


def _offset(token: str) -> int:
    try:
        text = base64.b64decode(token, validate=True).decode()
        return int(text.removeprefix(PREFIX)) if text.startswith(PREFIX) else _refuse(token)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return _refuse(token)


def _refuse(token: str) -> int:
    raise BadTokenError(token)
