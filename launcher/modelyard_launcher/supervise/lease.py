"""One supervisor for a run: `runs/<run>/supervisor.json`, taken and kept by conditional writes."""

from __future__ import annotations

import json
import os
import uuid
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict, ValidationError

from modelyard_launcher.backends.local.processes import host_name
from modelyard_launcher.stores import Store
from modelyard_node.keys import supervisor_key

SCHEMA = "modelyard.supervisor/1"

HELD_FOR = timedelta(seconds=120)
"""How long a lease holds without a word from its holder: several times as long as a supervisor looks away."""


class Holder(BaseModel):
    """Who supervises a run."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    holder: str
    """An id of the supervisor's own."""
    host: str
    pid: int
    until: datetime
    """When the lease ends if nothing is heard."""

    def __str__(self) -> str:
        """For people."""
        return f"process {self.pid} on {self.host}"


class SupervisorLease:
    """The lease of one run, as one supervisor sees it."""

    def __init__(self, store: Store, run_id: str, *, identity: str | None = None) -> None:
        self._store = store
        self._key = supervisor_key(run_id)
        self._identity = identity or uuid.uuid4().hex

    def take(self, moment: datetime) -> Holder | None:
        """Take or keep the lease at a moment; who else holds it, or None if it is ours."""
        found = self._store.get_tagged(self._key)
        data = self._document(moment + HELD_FOR)
        if found is None:
            return None if self._store.create(self._key, data) else self._somebody()
        holder = _parsed(found.data)
        if holder is not None and holder.holder != self._identity and holder.until > moment:
            return holder
        return None if self._store.replace(self._key, data, found.tag) else self._somebody()

    def give_back(self, moment: datetime) -> None:
        """Let others take it at once, if it is ours."""
        found = self._store.get_tagged(self._key)
        holder = _parsed(found.data) if found is not None else None
        if found is not None and holder is not None and holder.holder == self._identity:
            self._store.replace(self._key, self._document(moment), found.tag)

    def _somebody(self) -> Holder:
        """Who was faster just now."""
        found = self._store.get_tagged(self._key)
        holder = _parsed(found.data) if found is not None else None
        return holder or Holder(
            holder="", host="another machine", pid=0, until=datetime.max.replace(tzinfo=UTC)
        )

    def _document(self, until: datetime) -> bytes:
        holder = Holder(holder=self._identity, host=host_name(), pid=os.getpid(), until=until)
        return json.dumps({"schema": SCHEMA, **holder.model_dump(mode="json")}).encode()


def _parsed(data: bytes) -> Holder | None:
    """Who is named; None if it isn't what a supervisor writes, and may be taken."""
    try:
        return Holder.model_validate_json(data)
    except ValidationError:
        return None
