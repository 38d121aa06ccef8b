"""What attempts left in the store, as a record tells it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from modelyard_launcher.access import S3Access
from modelyard_launcher.attempts import gather, spent, spent_before
from modelyard_launcher.records import Attempt
from modelyard_launcher.stores import Store, open_store
from modelyard_node.keys import end_key, heartbeat_key, lease_key

RUN = "cnn-20261126-120000-0000"
START = "2026-11-26T12:00:00Z"
END = "2026-11-26T13:00:00Z"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"file://{tmp_path}", S3Access("aws", "eu-central-1"))


def put(store: Store, key: str, document: Any) -> None:
    store.put(key, document if isinstance(document, bytes) else json.dumps(document).encode())


def lease(store: Store, name: str = "001-01", **changes: Any) -> None:
    document = {"started_at": START, "hourly_usd": 2.0, "region": "eu-central-1", **changes}
    put(store, lease_key(RUN, name), document)


def end(store: Store, rank: int = 0, name: str = "001-01", **changes: Any) -> None:
    document = {"kind": "succeeded", "exit_code": 0, "reason": None, "started_at": START, "ended_at": END}
    put(store, end_key(RUN, name, rank), {**document, "stopped": False, "tail": ["a"], **changes})


def test_an_attempt_that_ended_tells_how_and_what_it_cost(store: Store) -> None:
    lease(store)
    end(store, 0, kind="program", exit_code=3, reason="rank 1 exited with code 3", stopped=True)
    end(store, 1, kind="program", exit_code=3)
    put(store, heartbeat_key(RUN, "001-01"), {"progress": {"step": 7}, "at": END})
    (attempt,) = gather(store, RUN)
    assert (attempt.number, attempt.name, attempt.region) == (1, "001-01", "eu-central-1")
    assert (attempt.kind, attempt.exit_code, attempt.reason) == ("program", 3, "rank 1 exited with code 3")
    assert (attempt.step, attempt.tail, attempt.spent_usd) == (7, ["a"], 2.0)
    assert [(each.rank, each.stopped) for each in attempt.ranks] == [(0, True), (1, False)]


def test_one_that_runs_has_cost_what_it_did_at_its_last_word(store: Store) -> None:
    lease(store)
    put(store, heartbeat_key(RUN, "001-01"), {"at": "2026-11-26T12:30:00Z"})
    (attempt,) = gather(store, RUN)
    assert (attempt.kind, attempt.ended, attempt.spent_usd) == (None, None, 1.0)


def test_one_that_ended_before_it_took_the_lease_cost_nothing(store: Store) -> None:
    end(store, kind="limit", exit_code=None, reason="the budget of 5.00 USD is used up")
    (attempt,) = gather(store, RUN)
    assert (attempt.kind, attempt.spent_usd, attempt.exit_code) == ("limit", 0.0, None)


def test_the_exit_code_is_the_first_failures_where_the_main_node_left_no_word(store: Store) -> None:
    lease(store)
    end(store, 1, kind="program", exit_code=5, ended_at="2026-11-26T12:10:00Z")
    end(store, 2, kind="program", exit_code=6, ended_at="2026-11-26T12:05:00Z")
    (attempt,) = gather(store, RUN)
    assert (attempt.exit_code, attempt.kind) == (6, None)


def test_attempts_are_numbered_by_time_over_all_submissions(store: Store) -> None:
    for name in ("002-01", "001-02", "001-01"):
        lease(store, name)
    assert [(each.number, each.name) for each in gather(store, RUN)] == [
        (1, "001-01"),
        (2, "001-02"),
        (3, "002-01"),
    ]


def test_what_has_ended_is_read_once(store: Store) -> None:
    lease(store)
    end(store)
    known = gather(store, RUN)
    put(store, end_key(RUN, "001-01", 0), {"kind": "program"})
    assert gather(store, RUN, known) == known


def test_what_was_seen_in_another_store_stays_known_and_counted(store: Store) -> None:
    """Of a run that moved to another region: not all of it may have been copied there."""
    seen = Attempt(
        number=1,
        name="001-01",
        region="us-east-1",
        started=datetime(2026, 11, 25, tzinfo=UTC),
        spent_usd=40.0,
    )
    lease(store, "002-01")
    end(store, name="002-01")
    found = gather(store, RUN, [seen])
    assert [(each.number, each.name, each.spent_usd) for each in found] == [
        (1, "001-01", 40.0),
        (2, "002-01", 2.0),
    ]


def test_what_was_spent_before_is_what_is_known_of_each_attempt_wherever_it_was_seen(store: Store) -> None:
    moment = datetime(2026, 11, 25, tzinfo=UTC)
    seen = [
        Attempt(number=1, name="001-01", started=moment, ended=moment, kind="host", spent_usd=40.0),
        Attempt(number=2, name="001-02", started=moment, spent_usd=1.5),
        Attempt(number=3, name="001-03", started=moment, spent_usd=0.25),
        Attempt(number=4, name="001-04", started=moment, spent_usd=None),
    ]
    lease(store, "001-02")  # copied since, with its end
    end(store, name="001-02")
    lease(store, "001-03")  # copied, but not its last words
    assert spent_before(store, RUN, seen) == (42.25, ["001-01", "001-02", "001-03", "001-04"])


@pytest.mark.parametrize("broken", [b"", b"[]", b"{", b'{"started_at": 5}', b'{"started_at": "soon"}'])
def test_what_cant_be_read_is_passed_over(store: Store, broken: bytes) -> None:
    put(store, lease_key(RUN, "001-01"), broken)
    assert gather(store, RUN) == []


def test_moments_without_a_zone_are_utc(store: Store) -> None:
    lease(store, started_at="2026-11-26T12:00:00")
    (attempt,) = gather(store, RUN)
    assert attempt.started == datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_one_unpriced_attempt_leaves_the_whole_unpriced(store: Store) -> None:
    moment = datetime(2026, 11, 26, tzinfo=UTC)
    priced = Attempt(number=1, started=moment, spent_usd=1.25)
    assert spent([priced, priced]) == 2.5
    assert spent([priced, Attempt(number=2, started=moment)]) is None
    assert spent([]) == 0
