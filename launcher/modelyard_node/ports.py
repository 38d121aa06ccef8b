"""Ports of this machine on which programs can meet."""

from __future__ import annotations

import random
import socket

FIRST_PORT = 20_000
PORTS = 10_000
"""Below the ports that Linux gives to whoever asks for any (from 32768): one of those may be somebody else's
connection between the moment it was found free and the one in which it is listened on."""

_LOOKED_AT = 64
"""Ports that are tried for a free one: far more than there are jobs on a machine."""


def free_port(near: int | None = None) -> int:
    """A port on which nobody listens, and neither on the one after it.

    Args:
        near: where to begin; without it anywhere, so that who looks at the same time finds another.

    If all that were looked at are taken it is the one that it began with: whoever listens there says so.
    """
    # (chance keeps two apart here, and no secret)
    first = near if near is not None else FIRST_PORT + random.randrange(0, PORTS, 2)  # noqa: S311
    for offset in range(0, _LOOKED_AT, 2):
        candidate = FIRST_PORT + (first - FIRST_PORT + offset) % PORTS
        if all(map(_can_listen, (candidate, candidate + 1))):
            return candidate
    return first


def _can_listen(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As whoever listens there does: what waits to be forgotten after its end is in nobody's way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True
