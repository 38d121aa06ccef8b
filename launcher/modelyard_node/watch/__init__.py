"""The watch that nodes of an attempt keep over each other: one connection from each child to the main node.

Messages are JSON objects, one a line, in both directions:

    child to main node                              main node to child
    hello    who it is, and which attempt it is of  go     the attempt's number; or no, with the reason
    ping     it is there                            ping   the same
    meet     what it brings to a meeting            met    what came of the meeting
    stop     its machine is taken back, say         stop   everything is to end: why, and the grace
    failed   its program has failed just now
    end      how it ended, with the last lines
"""

from __future__ import annotations

PINGS_IN_SILENCE = 4
"""So often a node is heard of within the time after which it would be lost."""
