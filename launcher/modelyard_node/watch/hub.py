"""The main node's side of the watch: all children, each on its own connection."""

from __future__ import annotations

import resource
import selectors
import socket
import time
from collections.abc import Callable
from typing import Any

from modelyard_node import codes
from modelyard_node.causes import Cause
from modelyard_node.clock import Clock, instant
from modelyard_node.ends import Ending
from modelyard_node.loop import Loop
from modelyard_node.pace import Pace
from modelyard_node.place import Place
from modelyard_node.watch.base import Decide, Report
from modelyard_node.watch.wire import Message, Wire

BACKLOG = 1_024
_OTHER_DESCRIPTORS = 256
HELLO_SECONDS = 10
"""Who hasn't said by then who it is, is sent away."""


class Child:
    """A node that has come."""

    def __init__(self, rank: int, wire: Wire, hello: Message, seen_at: str) -> None:
        self.rank, self.wire = rank, wire
        self.host, self.instance_id = str(hello.get("host")), hello.get("instance_id")
        self.seen_at = seen_at
        self.report: Report | None = None
        self.lost = False

    @property
    def present(self) -> bool:
        """Whether it is still to be heard of."""
        return self.report is None and not self.lost

    @property
    def name(self) -> str:
        """Its machine, for people."""
        return f"{self.host}, {self.instance_id}" if self.instance_id else self.host


class Hub:
    """Listens, and keeps the watch."""

    def __init__(
        self,
        loop: Loop,
        place: Place,
        pace: Pace,
        clock: Clock,
        attempt: int,
        on_cause: Callable[[Cause], None],
    ) -> None:
        """Begin to listen. Raises OSError if the port can't be had."""
        self._loop, self._place, self._pace, self._clock = loop, place, pace, clock
        self._attempt, self._on_cause = attempt, on_cause
        self.children: dict[int, Child] = {}
        self._strangers: dict[Wire, float] = {}
        self._meetings: dict[str, dict[int, Any]] = {}
        self._stop: Message | None = None
        self._started = time.monotonic()
        _make_room(place.num_ranks)
        here = place.master_addr if place.master_addr.startswith("127.") else ""
        self._listener = socket.create_server((here, place.master_port + 1), backlog=BACKLOG)
        self._listener.setblocking(False)
        loop.watch(self._listener, selectors.EVENT_READ, self._accept)

    def bring(self, name: str, mine: Any) -> None:
        """Bring what the main node itself has."""
        self._meetings.setdefault(name, {})[self._place.rank] = mine

    def outcome(self, name: str, decide: Decide, of: int | None = None) -> tuple[bool, Any]:
        """Once all are there who meet, decide, and tell everybody."""
        brought = self._meetings.get(name, {})
        if len(brought) < (of or self._place.num_ranks):
            return False, None
        answer = decide(dict(sorted(brought.items())))
        self._tell_all({"met": name, "answer": answer})
        return True, answer

    def tell_stop(self, ending: Ending, grace_seconds: float) -> None:
        """Tell all children, and those that come later."""
        self._stop = {"stop": list(ending), "grace_seconds": grace_seconds}
        self._tell_all(self._stop)

    def tell_failure(self, ending: Ending, at: float) -> None:
        """Nobody needs to know more than that everything is to end."""

    def tell_end(self, report: Report) -> None:
        """Nobody waits for it."""

    def over(self) -> bool:
        """Whether every child that has come has ended, and, unless everything is to end, all have come."""
        all_came = len(self.children) == self._place.num_ranks - 1
        return (all_came or self._stop is not None) and not any(
            child.present for child in self.children.values()
        )

    def tick(self) -> None:
        """Ping the children, and look for those that aren't heard of."""
        self._tell_all({"ping": 1})
        now = time.monotonic()
        for child in list(self.children.values()):
            if child.present and now - child.wire.heard_at > self._pace.silence_seconds:
                child.wire.close()
                self._lose(child, f"nothing was heard of it for {self._pace.silence_seconds:g} seconds", None)
        for wire, since in list(self._strangers.items()):
            if now - since > HELLO_SECONDS:
                del self._strangers[wire]
                wire.close()
        self._miss(now)

    def close(self) -> None:
        """Close every connection."""
        self._loop.forget(self._listener)
        self._listener.close()
        for wire in [*self._strangers, *(child.wire for child in self.children.values())]:
            wire.close()

    def _miss(self, now: float) -> None:
        """See whether somebody should have come by now."""
        missing = sorted(set(range(1, self._place.num_ranks)) - set(self.children))
        if not missing or now - self._started <= self._pace.arrival_seconds or self._stop is not None:
            return
        shown = ", ".join(map(str, missing[:10])) + (", ..." if len(missing) > 10 else "")
        reason = (
            f"rank{'s' if len(missing) > 1 else ''} {shown} never came: nothing was heard "
            f"within {self._pace.arrival_seconds:g} seconds"
        )
        self._on_cause(Cause(now, Ending(codes.HOST, reason, rank=missing[0])))

    def _tell_all(self, message: Message) -> None:
        for child in list(self.children.values()):
            if child.present:
                child.wire.send(message)

    def _accept(self, _events: int) -> None:
        try:
            sock, _ = self._listener.accept()
        except OSError:  # gone again already, or no descriptor is left: it comes again
            return
        wire: Wire
        wire = Wire(
            self._loop,
            sock,
            lambda message: self._hello(wire, message),
            lambda _: self._forget(wire),
        )
        self._strangers[wire] = time.monotonic()

    def _forget(self, wire: Wire) -> None:
        self._strangers.pop(wire, None)

    def _hello(self, wire: Wire, message: Message) -> None:
        if wire not in self._strangers:
            return
        del self._strangers[wire]
        refusal = self._refusal(message)
        if refusal is not None:
            wire.send({"no": refusal})
            wire.finish()
            return
        rank = message["rank"]
        child = self.children[rank] = Child(rank, wire, message, instant(self._clock.now()))
        wire.becomes(
            lambda heard: self._hear(child, heard),
            lambda why: self._lose(child, f"its connection broke off ({why})", time.monotonic()),
        )
        wire.send(self._stop or {"go": self._attempt, "within": self._place.attempt})

    def _refusal(self, hello: Message) -> str | None:
        place = self._place
        ours = {
            "run": place.own_run_id,
            "submission": place.submission,
            "attempt": place.attempt,
            "spec": place.spec_sha256,
        }
        theirs = hello.get("hello")
        if isinstance(theirs, dict) and theirs.get("attempt") == 0:
            # Nobody has told it: it is told with the go.
            theirs = {**theirs, "attempt": place.attempt}
        rank = hello.get("rank")
        if theirs != ours:
            return f"the main node runs attempt {place.attempt_name} of {place.own_run_id}"
        if not isinstance(rank, int) or not 0 < rank < place.num_ranks:
            return f"rank {rank} isn't one of {place.num_ranks}"
        if rank in self.children:
            return f"rank {rank} is there already, on {self.children[rank].host}"
        return None

    def _hear(self, child: Child, message: Message) -> None:
        child.seen_at = instant(self._clock.now())
        now = time.monotonic()
        if "meet" in message:
            self._meetings.setdefault(message["meet"], {})[child.rank] = message.get("value")
        elif "stop" in message:
            self._on_cause(Cause(now, _ending(message["stop"], child.rank)))
        elif "failed" in message:
            at = now - float(message.get("seconds_ago", 0))
            self._on_cause(Cause(at, _ending(message["failed"], child.rank)))
        elif "end" in message:
            ending = _ending(message["end"], child.rank)
            child.report = Report(ending, [str(line) for line in message.get("tail", [])])
            if ending.kind != codes.SUCCEEDED and self._stop is None:
                self._on_cause(Cause(now, ending))

    def _lose(self, child: Child, why: str, at: float | None) -> None:
        """A child is lost, at that time; without one, when it was last heard of."""
        if not child.present:
            return
        child.lost = True
        reason = f"rank {child.rank} was lost: {why} ({child.name})"
        heard_at = child.wire.heard_at
        self._on_cause(
            Cause(heard_at if at is None else at, Ending(codes.HOST, reason, rank=child.rank), lost=True)
        )


def _make_room(connections: int) -> None:
    """See that so many connections can be open, as far as this process may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = connections + _OTHER_DESCRIPTORS
    if soft != resource.RLIM_INFINITY and soft < needed:
        most = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _ending(fields: list[Any], rank: int) -> Ending:
    """An ending as it was sent, about the rank that sent it if it names none."""
    ending = Ending(*fields)
    return ending._replace(rank=rank) if ending.rank is None else ending
