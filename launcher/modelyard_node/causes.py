"""Which of several things that happened at about the same time is the cause of an attempt's end.

When one rank fails, the others fail too, within milliseconds: their peer is gone. So whatever happens is
noted with its time on the main node's monotonic clock, and the first is the cause.
"""

from __future__ import annotations

from typing import NamedTuple

from modelyard_node import codes
from modelyard_node.ends import TOLD, Ending

FOLLOWED_SECONDS = 1.0
"""A node that was lost is taken for the cause of what failed so shortly before: programs may notice it sooner
than the main node does."""


class Cause(NamedTuple):
    """Something that ends the attempt."""

    at: float
    """When it happened, as far as is known: of a silent node, when it was last heard."""
    ending: Ending
    lost: bool = False
    """Whether it is that a node was lost."""


def first(causes: list[Cause]) -> Cause:
    """The cause. Of none there is no first: IndexError.

    That a child was told to end is none where the main node was told so too, or found that it was asked for.
    """
    stopped = any(cause.ending.kind == codes.STOPPED for cause in causes)
    own = [cause for cause in causes if not stopped or cause.ending.event != TOLD]
    return sorted(own, key=lambda cause: cause.at - FOLLOWED_SECONDS * cause.lost)[0]
