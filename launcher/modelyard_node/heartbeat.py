"""What a node does every few seconds: it says how things stand, and looks whether they may go on.

The store may be away for minutes: then a word is left out, and training goes on.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from modelyard_node import codes, keys
from modelyard_node.causes import Cause
from modelyard_node.clock import instant
from modelyard_node.ends import Ending
from modelyard_node.lease import later_lease
from modelyard_node.limits import limit_reached, spent_usd
from modelyard_node.loop import Outcome
from modelyard_node.metrics import Metrics, progress
from modelyard_node.node import Node
from modelyard_node.output import say
from modelyard_node.stopping import stop_request
from modelyard_node.store import StoreError
from modelyard_node.watch.hub import Hub

SCHEMA = "modelyard.heartbeat/1"

PATIENCE_SECONDS = 5.0
"""No longer: the next word follows soon."""


class Heartbeat:
    """The words of a node; of the main node about all of them."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._key = keys.heartbeat_key(node.place.own_run_id, node.place.attempt_name)
        self._away = False
        self.metrics = Metrics(
            node.store, keys.metrics_key(node.place.own_run_id, node.place.rank), node.metrics_path
        )

    def start(self) -> None:
        """Begin: the first word at once."""
        node = self._node
        if node.place.is_main:
            node.loop.every(node.pace.heartbeat_seconds, self._speak)
            node.loop.every(min(node.pace.heartbeat_seconds, 1.0), self._see_limits)
            self._speak()
        node.loop.every(node.pace.metrics_seconds, self._send_metrics)

    def word(self) -> bytes:
        """How things stand."""
        node = self._node
        now = node.store.clock.now()
        here = {"host": node.place.host, "instance_id": node.place.instance_id, "seen_at": instant(now)}
        ranks: dict[str, dict[str, Any]] = {str(node.place.rank): here}
        if isinstance(node.watch, Hub):
            for _, child in sorted(node.watch.children.items()):
                ranks[str(child.rank)] = {
                    "host": child.host,
                    "instance_id": child.instance_id,
                    "seen_at": child.seen_at,
                }
        document = {
            "schema": SCHEMA,
            "at": instant(now),
            "started_at": instant(node.started_at),
            "attempt": node.attempt,
            "name": node.place.attempt_name,
            "ranks": ranks,
            "progress": progress(node.metrics_path, node.store.clock),
            "spent_usd": spent_usd(node.job.limits, node.history, time.monotonic() - node.started),
        }
        return json.dumps(document).encode()

    def write(self, patience: float) -> None:
        """Write a word, wherever one is called from. Raises StoreError."""
        self._node.store.put(self._key, self.word(), patience=patience)

    def _speak(self) -> None:
        word = self.word()

        def look() -> Ending | None:
            self._node.store.put(self._key, word, patience=PATIENCE_SECONDS)
            return self._order()

        self._do(look, self._heed)

    def _order(self) -> Ending | None:
        """What the store says about going on."""
        store, place = self._node.store, self._node.place
        later = later_lease(store, place, PATIENCE_SECONDS)
        if later is not None:
            return Ending(codes.DUPLICATE, f"attempt {later} has taken over the run")
        return stop_request(store, place, PATIENCE_SECONDS)

    def _heed(self, order: Ending | None) -> None:
        if order is not None and not self._node.causes:
            self._node.stop(Cause(time.monotonic(), order))

    def _see_limits(self) -> None:
        node = self._node
        if node.causes or node.leaving:
            return
        seconds, limits = time.monotonic() - node.started, node.job.limits
        if limits.timeout_seconds is not None and seconds >= limits.timeout_seconds:
            reason = f"the timeout of {limits.timeout_seconds:g} seconds has passed"
            node.stop(Cause(time.monotonic(), Ending(codes.TIMEOUT, reason)))
            return
        reached = limit_reached(limits, node.history, seconds, node.store.clock.now(), node.job.grace_seconds)
        if reached is not None:
            node.stop(Cause(time.monotonic(), Ending(codes.LIMIT, reached)))

    def _send_metrics(self) -> None:
        # Without news the store isn't asked, and nothing is learnt about it.
        if self.metrics.news():
            self._do(lambda: self.metrics.upload(PATIENCE_SECONDS), lambda _: None)

    def _do(self, what: Callable[[], Ending | None], then: Callable[[Ending | None], None]) -> None:
        """Have the courier do something, unless it is still busy with what it was given before."""

        def dealt_with(outcome: Outcome[Ending | None]) -> None:
            try:
                answer = outcome.get()
            except (StoreError, OSError) as error:
                if not self._away:
                    say(f"the store can't be used, and the job goes on without it: {error}")
                self._away = True
                return
            if self._away:
                say("the store can be used again")
            self._away = False
            then(answer)

        if not self._node.courier.busy and not self._node.leaving:
            self._node.courier.do(what, dealt_with)
