"""A child's side of the watch: its connection to the main node."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable
from typing import Any

from modelyard_node import codes
from modelyard_node.causes import Cause
from modelyard_node.ends import Ending
from modelyard_node.loop import Loop
from modelyard_node.pace import Pace
from modelyard_node.place import Place
from modelyard_node.watch.base import Decide, Report
from modelyard_node.watch.wire import Message, Wire

_CONNECT_SECONDS = 3.0
_LONGEST_PAUSE_SECONDS = 1.0


def reach_main_node(place: Place, patience: float) -> socket.socket:
    """A connection to the main node, as soon as it listens. Raises OSError if it never does."""
    until = time.monotonic() + patience
    longest = 0.05
    while True:
        try:
            return socket.create_connection((place.master_addr, place.master_port + 1), _CONNECT_SECONDS)
        except OSError:
            pause = random.uniform(0, longest)  # noqa: S311 (no secret depends on it)
            if time.monotonic() + pause > until:
                raise
        time.sleep(pause)
        longest = min(longest * 2, _LONGEST_PAUSE_SECONDS)


class Link:
    """Says who this node is, waits for the main node's word, and keeps the watch."""

    def __init__(
        self,
        loop: Loop,
        sock: socket.socket,
        place: Place,
        pace: Pace,
        on_cause: Callable[[Cause], None],
        on_stop: Callable[[Ending, float], None],
    ) -> None:
        """`on_stop` takes why everything is to end, and the grace."""
        self._place, self._pace = place, pace
        self._on_cause, self._on_stop = on_cause, on_stop
        self._answers: dict[str, Any] = {}
        self._ended = False
        self.attempt: int | None = None
        """The attempt's number, once the main node has said to go on."""
        self.within = 0
        """The same within the submission."""
        self._wire = Wire(loop, sock, self._hear, self._lost)
        self._wire.send(
            {
                "hello": {
                    "run": place.own_run_id,
                    "submission": place.submission,
                    "attempt": place.attempt,
                    "spec": place.spec_sha256,
                },
                "rank": place.rank,
                "host": place.host,
                "instance_id": place.instance_id,
            }
        )

    def bring(self, name: str, mine: Any) -> None:
        """Send what this node has."""
        self._wire.send({"meet": name, "value": mine})

    def outcome(self, name: str, decide: Decide, of: int | None = None) -> tuple[bool, Any]:  # noqa: ARG002 (the main node decides)
        """What the main node has decided, if it has."""
        return name in self._answers, self._answers.get(name)

    def tell_stop(self, ending: Ending, grace_seconds: float) -> None:  # noqa: ARG002 (it is the main node's)
        """Have the main node stop everything."""
        self._wire.send({"stop": list(ending)})

    def tell_failure(self, ending: Ending, at: float) -> None:
        """Tell the main node, before anything else is done about it."""
        self._wire.send({"failed": list(ending), "seconds_ago": time.monotonic() - at})

    def tell_end(self, report: Report) -> None:
        """Tell the main node; then it is done here."""
        self._ended = True
        self._wire.send({"end": list(report.ending), "tail": report.tail})
        self._wire.finish()

    def over(self) -> bool:
        """Whether the main node has read everything."""
        return not self._wire.open

    def tick(self) -> None:
        """Ping the main node, and see whether it is heard of."""
        if self._ended:
            return
        self._wire.send({"ping": 1})
        if self._wire.open and time.monotonic() - self._wire.heard_at > self._pace.silence_seconds:
            self._wire.close()
            self._lost(f"nothing was heard of it for {self._pace.silence_seconds:g} seconds")

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()

    def _hear(self, message: Message) -> None:
        if "go" in message:
            self.within = int(message.get("within", 0))
            self.attempt = int(message["go"])
        elif "met" in message:
            self._answers[message["met"]] = message.get("answer")
        elif "no" in message:
            self._ended = True
            self._on_cause(Cause(time.monotonic(), Ending(codes.DUPLICATE, str(message["no"]))))
        elif "stop" in message:
            self._on_stop(Ending(*message["stop"]), float(message["grace_seconds"]))

    def _lost(self, why: str) -> None:
        if not self._ended:
            said = "its connection was closed" if why == "closed" else why
            reason = f"the main node was lost: {said}"
            self._on_cause(Cause(time.monotonic(), Ending(codes.HOST, reason, rank=0), lost=True))
