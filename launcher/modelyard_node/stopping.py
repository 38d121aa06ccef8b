"""What asks a node to stop from outside: a request in the store, a notice of its host."""

from __future__ import annotations

import json
import time
from typing import Any

from modelyard_node import codes, keys
from modelyard_node.causes import Cause
from modelyard_node.ends import Ending
from modelyard_node.node import Node
from modelyard_node.place import Place
from modelyard_node.store import Store

LOOK_SECONDS = 1.0

_KINDS = (codes.STOPPED, codes.LIMIT, codes.TIMEOUT)
"""What a request can make of the attempt."""


def stop_request(store: Store, place: Place, patience: float) -> Ending | None:
    """The end that somebody asked for, if anybody did: of the run, or of the sweep that it is part of."""
    for run_id in dict.fromkeys((place.own_run_id, place.run_id)):
        content = store.get(keys.stop_key(run_id), patience=patience)
        if content is not None:
            said = _document(content)
            meant = said.get("submission")
            if isinstance(meant, int) and meant < place.submission:
                continue  # an earlier one was: of the region that this run has left, perhaps
            asked = f"{said.get('by') or 'somebody'} asked for the end"
            kind = said.get("kind")
            return Ending(
                kind if kind in _KINDS else codes.STOPPED,
                f"{asked}: {said['reason']}" if said.get("reason") else asked,
            )
    return None


def heed_notices(node: Node) -> None:
    """Look, every second, whether the host says that this machine will be taken back."""

    def look() -> None:
        notice = _notice(node)
        if notice is not None and not node.causes:
            kind, at = notice.get("kind", "notice"), notice.get("at", "a moment unknown")
            reason = f"the machine of rank {node.place.rank} will be taken back ({kind}, {at})"
            node.stop(Cause(time.monotonic(), Ending(codes.HOST, reason, node.place.rank)))

    node.loop.every(LOOK_SECONDS, look)


def _notice(node: Node) -> dict[str, Any] | None:
    """The host's notice, if it says that it is time to leave."""
    try:
        notice = _document((node.place.notices / "notice.json").read_bytes())
    except OSError:
        return None
    return notice if notice.get("leave") is True else None


def _document(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
