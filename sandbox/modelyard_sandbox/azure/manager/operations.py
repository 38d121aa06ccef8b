"""Work that goes on after a request was answered ("Track asynchronous Azure operations", 2026-11).

Azure answers 201 or 202 with `Azure-AsyncOperation`, where one asks how the work stands, and `Location`,
where its result will be; meanwhile the resource shows what becomes of it. Here nothing takes time: what is
asked for stands at once, and the work ends when it has been asked after `POLLS` times, at either address or
at the resource itself, or when `LONGEST` has passed on the store's clock.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from modelyard_sandbox.azure.manager.errors import ArmError, conflict, not_found
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.store import Body
from modelyard_sandbox.azure.manager.times import timestamp

POLLS = 2
LONGEST = timedelta(minutes=30)
KEPT = 2_000
"""Operations that can be asked after; the oldest go first."""
State = Literal["Creating", "Updating", "Deleting"]


@dataclass
class Operation:
    """One piece of work."""

    target: ResourceId
    state: State
    """What the resource shows meanwhile."""
    started: datetime
    error: ArmError | None
    """What it ends with, if it fails."""
    finish: Callable[[], None]
    """What follows upon its end."""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    until: Callable[[], bool] | None = None
    """What it goes on until; None: until it was asked after often enough."""
    polls_left: int = POLLS
    ended: datetime | None = None

    @property
    def body(self) -> Body:
        """How it stands, without its address."""
        done = "Failed" if self.error else "Succeeded"
        shown: Body = {
            "name": self.id,
            "status": "InProgress" if self.ended is None else done,
            "startTime": timestamp(self.started),
        }
        if self.ended is not None:
            shown["endTime"] = timestamp(self.ended)
            shown |= self.error.body if self.error else {}
        return shown


def _nothing() -> None:
    """What follows upon the end of what nobody waits for."""


class Operations:
    """The work of one resource manager."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._all: OrderedDict[str, Operation] = OrderedDict()
        self._latest: dict[str, Operation] = {}
        """By the target's id in lower case."""

    def begin(
        self, target: ResourceId, state: State, error: ArmError | None, finish: Callable[[], None]
    ) -> Operation:
        """Begin work on a resource."""
        made = self._kept(Operation(target, state, self._now(), error, finish))
        self._latest[target.key] = made
        return made

    def begin_aside(self, target: ResourceId, until: Callable[[], bool] | None) -> Operation:
        """Begin work that the resource doesn't show, and that keeps nobody from it."""
        return self._kept(Operation(target, "Updating", self._now(), None, _nothing, until=until))

    def _kept(self, made: Operation) -> Operation:
        self._all[made.id] = made
        while len(self._all) > KEPT:
            _, oldest = self._all.popitem(last=False)
            if oldest.ended is None and oldest.until is None:
                # Nobody can ask after it any more, and what it is to do must come to be.
                self._end(oldest)
            if self._latest.get(oldest.target.key) is oldest:
                del self._latest[oldest.target.key]
        return made

    def asked_after(self, id_: str) -> Operation:
        """The operation of that id, which is nearer to its end now.

        Raises:
            ArmError: there is none.
        """
        found = self._all.get(id_.lower())
        if found is None:
            raise not_found("OperationNotFound", f"The operation '{id_}' was not found.")
        self._tick(found)
        return found

    def at(self, place: ResourceId) -> Operation | None:
        """The work that goes on on a resource, which is nearer to its end now; None if there is none."""
        found = self._latest.get(place.key)
        if found is None or found.ended is not None:
            return None
        self._tick(found)
        return found if found.ended is None else None

    def check_free(self, place: ResourceId) -> None:
        """Refuse to touch what is being worked on, or lies in it.

        Raises:
            ArmError: AnotherOperationInProgress.
        """
        outer: ResourceId | None = place
        while outer is not None:
            if self.at(outer) is not None:
                raise conflict(
                    "AnotherOperationInProgress",
                    f"Another operation on this or dependent resource is in progress: {outer.text}.",
                )
            outer = outer.parent

    def shown_state(self, place: ResourceId) -> str | None:
        """What a resource shows as its provisioningState, if it isn't Succeeded."""
        found = self._latest.get(place.key)
        if found is None:
            return None
        if found.ended is None:
            return found.state
        return "Failed" if found.error else None

    def forget(self, place: ResourceId) -> None:
        """What stood there is gone: one that is made there later is another one."""
        found = self._latest.pop(place.key, None)
        if found is not None and found.ended is None:
            found.ended = self._now()

    def pass_time(self) -> None:
        """End the work on resources that has gone on for as long as any does, whether anybody asks or not."""
        for operation in list(self._latest.values()):
            if operation.ended is None and self._now() >= operation.started + LONGEST:
                self._end(operation)

    def _tick(self, operation: Operation) -> None:
        if operation.ended is not None:
            return
        operation.polls_left -= 1
        if operation.until() if operation.until is not None else operation.polls_left <= 0:
            self._end(operation)

    def _end(self, operation: Operation) -> None:
        operation.ended = self._now()
        operation.finish()
