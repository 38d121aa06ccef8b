"""Makes the order of resources the same in every run of a program."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pulumi

_TURN = "__modelyard_turn"


def by_turn() -> Callable[[pulumi.Resource], int]:
    """A hash of resources by the turn in which they are first asked for one.

    The SDK keeps what an input comes from in sets, and waits for their members one after another before it
    registers a resource. By Python's own hash, which is made of a place in memory, the members of a set come
    in another order in another process, and with them the resources.
    """
    turns = count()

    def turn(resource: pulumi.Resource) -> int:
        own = vars(resource)
        if _TURN not in own:
            own[_TURN] = next(turns)
        return own[_TURN]

    return turn
