"""Intents: what is about to be submitted, so that a submission that was broken off is taken up, not repeated.

An intent is one object for everything that makes two submissions the same: the job, its files, where it goes.
It names the run and who is at work on it. Whoever comes later finds it, and settles that run before making
another. All changes are conditional writes, so of several that come at once one is first.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from modelyard.errors import SurroundingsError
from modelyard_launcher.records import Supervisor, now
from modelyard_node.keys import intent_key

if TYPE_CHECKING:
    from modelyard_launcher.stores import Store

INTENT_SCHEMA = "modelyard.intent/1"

_AT_WORK: set[tuple[str, str]] = set()
"""Submissions that threads of this process are at work on: store and digest."""

_CHANGED = threading.Condition()


class Intent(BaseModel):
    """A submission that has begun."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    run_id: str
    """The run that is to be."""

    at: datetime
    """When whoever is at work on it began."""

    holder: Supervisor | None
    """The process that is at work on it; none once whoever submitted has been told that it is done."""


@dataclass(frozen=True, slots=True)
class Found:
    """An intent as it lies in the store."""

    intent: Intent
    tag: str


def find_intent(store: Store, digest: str) -> Found | None:
    """The intent of that digest; None if there is none. Raises SurroundingsError if it can't be read."""
    key = intent_key(digest)
    tagged = store.get_tagged(key)
    if tagged is None:
        return None
    try:
        return Found(Intent.model_validate_json(tagged.data), tagged.tag)
    except ValidationError as error:
        raise SurroundingsError(
            f"{store.uri}/{key} is no intent of a submission: {error.errors()[0]['msg']}",
            "submit with a newer modelyard, or remove it",
        ) from error


def declare(store: Store, digest: str, run_id: str, holder: Supervisor, before: Found | None) -> bool:
    """Say what is about to be submitted and by whom, in the place of `before`; whether nobody was faster."""
    data = json.dumps(_document(Intent(run_id=run_id, at=now(), holder=holder))).encode()
    if before is None:
        return store.create(intent_key(digest), data)
    return store.replace(intent_key(digest), data, before.tag)


def close(store: Store, digest: str, found: Found) -> None:
    """Say that whoever submitted has been told: from now on, the same job submitted again is a new run."""
    closed = found.intent.model_copy(update={"holder": None})
    store.replace(intent_key(digest), json.dumps(_document(closed)).encode(), found.tag)


@contextmanager
def one_at_a_time(store: Store, digest: str, patience_seconds: float) -> Generator[None]:
    """Have one thread of this process at work on a submission: an intent tells apart processes only.

    Raises SurroundingsError if another is at work on it for longer than that.
    """
    mine = (store.uri, digest)
    with _CHANGED:
        if not _CHANGED.wait_for(lambda: mine not in _AT_WORK, patience_seconds):
            raise SurroundingsError(
                "the same job is being submitted by another thread of this process",
                "let it come to its end, and submit again",
            )
        _AT_WORK.add(mine)
    try:
        yield
    finally:
        with _CHANGED:
            _AT_WORK.remove(mine)
            _CHANGED.notify_all()


def _document(intent: Intent) -> dict[str, Any]:
    return {"schema": INTENT_SCHEMA, **intent.model_dump(mode="json")}
