"""Earlier attempts of a run, as they stand in the store."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from modelyard_node import codes, keys
from modelyard_node.clock import moment
from modelyard_node.store import Store

UNHEARD_SECONDS = 15.0
"""An attempt that was never heard of again is counted for so long after its last word."""


class Past(NamedTuple):
    """An earlier attempt that had the lease."""

    name: str
    kind: str | None
    """How it ended; None if it ended without a word."""
    started_at: datetime
    ended_at: datetime
    hourly_usd: float | None

    @property
    def spent_usd(self) -> float:
        """What it cost, as far as it was priced."""
        hours = max((self.ended_at - self.started_at).total_seconds(), 0) / 3_600
        return (self.hourly_usd or 0) * hours


def read_history(store: Store, run_id: str, before: str, patience: float) -> list[Past]:
    """The attempts before the one of that name, the oldest first."""
    names = sorted(name.rstrip("/") for name in store.names(keys.attempts_prefix(run_id), patience=patience))
    found = (_read(store, run_id, name, patience) for name in names if name < before)
    return [past for past in found if past is not None]


def failed(history: list[Past]) -> int:
    """How many of them failed by the program's fault."""
    return sum(past.kind == codes.PROGRAM for past in history)


def _read(store: Store, run_id: str, name: str, patience: float) -> Past | None:
    lease = _document(store.get(keys.lease_key(run_id, name), patience=patience))
    started_at = _moment(lease.get("started_at"))
    if started_at is None:
        return None
    end = _document(store.get(keys.end_key(run_id, name, 0), patience=patience))
    ended_at = _moment(end.get("ended_at"))
    if ended_at is None:
        heartbeat = _document(store.get(keys.heartbeat_key(run_id, name), patience=patience))
        last = _moment(heartbeat.get("at")) or started_at
        ended_at = last + timedelta(seconds=UNHEARD_SECONDS)
    return Past(name, end.get("kind"), started_at, ended_at, lease.get("hourly_usd"))


def _document(content: bytes | None) -> dict[str, Any]:
    """A document, or an empty one if there is none or it can't be read."""
    try:
        found = json.loads(content or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _moment(text: object) -> datetime | None:
    try:
        return moment(text) if isinstance(text, str) else None
    except ValueError:
        return None
