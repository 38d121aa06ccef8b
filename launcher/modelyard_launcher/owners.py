"""Who submits, cancels and supervises, as records and tags name them."""

from __future__ import annotations

import getpass
import socket


def owner() -> str:
    """Who this process belongs to, as name@host."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in many containers
        name = "unknown"
    return f"{name}@{socket.gethostname()}"
