"""A node's work, from its variables to its exit code."""

from __future__ import annotations

import time
import traceback
from collections.abc import Mapping

from modelyard_node import codes
from modelyard_node.causes import Cause
from modelyard_node.ends import EndedError
from modelyard_node.finish import finish
from modelyard_node.flow import follow
from modelyard_node.node import Node
from modelyard_node.output import say
from modelyard_node.pace import read_pace
from modelyard_node.place import PlaceError, read_place
from modelyard_node.store import StoreError, open_store


def run(environ: Mapping[str, str]) -> int:
    """Do a node's work; the exit code (modelyard_node.codes, or the program's own)."""
    try:
        place, pace = read_place(environ), read_pace(environ)
        store = open_store(place.checkpoints_uri, environ)
    except (PlaceError, StoreError, ValueError) as error:
        say(str(error))
        return codes.BROKEN_EXIT_CODE
    node = Node(environ, place, pace, store)
    try:
        try:
            follow(node)
        except EndedError as ended:
            if not node.causes:
                node.stop(Cause(time.monotonic(), ended.ending))
        return finish(node)
    except Exception:  # noqa: BLE001 (whatever it is, no program may go on without us)
        say(f"the runtime itself failed:\n{traceback.format_exc()}")
        return codes.BROKEN_EXIT_CODE
    finally:
        node.clear()
