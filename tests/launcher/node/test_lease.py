"""Of several attempts that think they are to run, one does: the others leave before they touch anything."""

from __future__ import annotations

import json
import signal
import socket
import sys
import time
from typing import Any

import pytest

from modelyard_node import keys

RUN = "try-20261126-120000-abcd"
WAITS = f"""exec {sys.executable} -c '
import pathlib, signal, time
signal.signal(signal.SIGTERM, lambda *_: pathlib.Path("saved").touch())
pathlib.Path("up").touch()
while not pathlib.Path("gate").exists(): time.sleep(0.02)
'"""


def put_lease(nodes: Any, name: str, **fields: Any) -> None:
    lease = {
        "schema": "modelyard.lease/1",
        "holder": "elsewhere",
        "started_at": "2026-11-26T08:00:00Z",
        **fields,
    }
    nodes.store.put(keys.lease_key(RUN, name), json.dumps(lease).encode())


def test_a_duplicate_leaves_before_it_touches_anything(any_nodes: Any, eventually: Any):
    any_nodes.submit(WAITS)
    first = any_nodes.start()
    eventually(lambda: any_nodes.has("up"))
    before = any_nodes.lease()
    second = any_nodes.start()
    assert (second.wait(), second.out) == (240, "")
    held = f"attempt 001-01 is held by {socket.gethostname()}:{first.process.pid}"
    assert second.said == [f"this attempt ends: {held}"]
    assert any_nodes.lease() == before
    assert any_nodes.end() is None
    (any_nodes.directory / "gate").touch()
    assert first.wait() == 0
    assert any_nodes.end()["kind"] == "succeeded"


def test_of_many_at_once_one_runs(any_nodes: Any):
    any_nodes.submit("echo ran; sleep 1")
    started = [any_nodes.start() for _ in range(5)]
    assert sorted(node.wait() for node in started) == [0, 240, 240, 240, 240]
    assert "".join(node.out for node in started) == "ran\n"


def test_a_duplicates_children_run_nothing(nodes: Any, eventually: Any):
    put_lease(nodes, "001-01")
    nodes.submit("touch up", num_nodes=2)
    main = nodes.start(0)
    child = nodes.start(1, MODELYARD_ARRIVAL_SECONDS="1")
    assert (main.wait(), child.wait(), nodes.has("up")) == (240, 241, False)
    assert nodes.end(1) is None


def test_an_attempt_that_comes_late_leaves(any_nodes: Any):
    put_lease(any_nodes, "002-01")
    any_nodes.submit("touch up")
    node = any_nodes.start(MODELYARD_BATCH_ATTEMPT="3")
    assert (node.wait(), any_nodes.has("up")) == (240, False)
    assert node.said == ["this attempt ends: attempt 002-01 holds the run, which is later than 001-03"]


def test_an_attempt_that_is_superseded_is_ended_at_once_and_saves_nothing(any_nodes: Any, eventually: Any):
    any_nodes.submit(WAITS, grace_seconds=60)
    node = any_nodes.start()
    eventually(lambda: any_nodes.has("up"))
    put_lease(any_nodes, "001-02")
    assert node.wait() == 240
    end = any_nodes.end()
    assert (end["kind"], end["reason"]) == ("duplicate", "attempt 001-02 has taken over the run")
    assert end["exit_code"] == 137


def test_an_attempt_that_is_superseded_leaves_the_metrics_to_the_later_one(any_nodes: Any, eventually: Any):
    any_nodes.submit("""echo '{"step": 1}' >> "$MODELYARD_METRICS"; """ + WAITS, grace_seconds=60)
    node = any_nodes.start(MODELYARD_METRICS_SECONDS="60")
    eventually(lambda: any_nodes.has("up"))
    later = b'{"step": 1}\n{"step": 2}\n'
    any_nodes.store.put(keys.metrics_key(RUN, 0), later)
    put_lease(any_nodes, "001-02")
    assert node.wait() == 240
    assert any_nodes.end()["kind"] == "duplicate"
    assert any_nodes.store.get(keys.metrics_key(RUN, 0)) == later


def test_a_lease_that_was_written_without_an_answer_is_ones_own(nodes: Any):
    nodes.submit("echo ran")
    variables = {"AWS_BATCH_JOB_ID": "1234#0", "AWS_BATCH_JOB_ATTEMPT": "1"}
    put_lease(nodes, "001-01", holder="1234#0 attempt 1")
    node = nodes.start(**variables)
    assert (node.wait(), node.out) == (0, "ran\n")


def test_an_earlier_attempt_that_left_a_lease_and_no_word_counts_as_an_attempt(nodes: Any):
    put_lease(nodes, "001-01")
    nodes.submit("echo $MODELYARD_ATTEMPT")
    node = nodes.start(MODELYARD_BATCH_ATTEMPT="2")
    assert (node.wait(), node.out) == (0, "2\n")


def test_only_attempts_that_failed_by_the_programs_fault_count_for_its_retries(nodes: Any):
    for number, kind in enumerate(("host", "program", "stopped", "broken"), 1):
        put_lease(nodes, f"001-0{number}")
        end = {"kind": kind, "ended_at": "2026-11-26T09:00:00Z"}
        nodes.store.put(keys.end_key(RUN, f"001-0{number}", 0), json.dumps(end).encode())
    for attempts, code in ((2, 6), (4, 241)):
        nodes.submit("exit 6", retry={"attempts": attempts, "exit_codes": None, "on_events": []})
        node = nodes.start(MODELYARD_BATCH_ATTEMPT=str(4 + attempts))
        assert node.wait() == code, attempts


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"holder": 1}', b"\xff"])
def test_what_others_left_in_the_store_does_no_harm(nodes: Any, content: bytes):
    for name in ("001-01", "001-02"):
        nodes.store.put(keys.lease_key(RUN, name), content)
        nodes.store.put(keys.end_key(RUN, name, 0), content)
        nodes.store.put(keys.heartbeat_key(RUN, name), content)
    nodes.store.put(f"runs/{RUN}/attempts/stray", b"")
    nodes.submit("echo $MODELYARD_ATTEMPT")
    node = nodes.start(MODELYARD_BATCH_ATTEMPT="3")
    assert (node.wait(), node.out) == (0, "1\n")


def test_a_store_that_is_away_does_not_end_training(nodes: Any, eventually: Any):
    nodes.submit(WAITS)
    # Of metrics there are none: they tell nothing of the store.
    node = nodes.start(MODELYARD_METRICS_SECONDS="0.02")
    eventually(lambda: nodes.has("up"))
    eventually(nodes.heartbeat)
    away = nodes.directory / "away"
    nodes.store.directory.rename(away)
    nodes.store.directory.write_text("no directory")
    eventually(lambda: node.said)
    time.sleep(0.5)
    said = node.said
    assert len(said) == 1
    assert said[0].startswith("the store can't be used, and the job goes on without it: file://")
    nodes.store.directory.unlink()
    away.rename(nodes.store.directory)
    eventually(lambda: node.said[1:] == ["the store can be used again"])
    (nodes.directory / "gate").touch()
    assert node.wait() == 0
    assert nodes.end()["kind"] == "succeeded"


def test_without_its_store_a_node_does_not_begin(nodes: Any):
    nodes.submit("touch up")
    variables = {
        "AWS_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "MODELYARD_PATIENCE_SECONDS": "2",
    }
    node = nodes.start(MODELYARD_CHECKPOINTS="s3://nowhere", **variables)
    assert (node.wait(), nodes.has("up")) == (242, False)
    assert node.said[0] == (
        f"this attempt ends: s3://nowhere/{keys.spec_key(RUN, nodes.sha256)}: ConnectionRefusedError: "
        "[Errno 111] Connection refused"
    )


def test_a_store_that_refuses_is_not_asked_again(nodes: Any, node_s3_endpoint: str):
    nodes.submit("touch up")
    variables = {
        "AWS_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": node_s3_endpoint,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
    }
    node = nodes.start(
        MODELYARD_CHECKPOINTS="s3://no-such-bucket", MODELYARD_PATIENCE_SECONDS="600", **variables
    )
    assert node.wait() == 242
    assert node.said[0] == (
        f"this attempt ends: s3://no-such-bucket/{keys.spec_key(RUN, nodes.sha256)}: NoSuchBucket: "
        "The specified bucket does not exist"
    )


def test_an_end_that_cannot_be_written_is_said(nodes: Any, eventually: Any):
    nodes.submit(WAITS)
    node = nodes.start(MODELYARD_PATIENCE_SECONDS="2")
    eventually(lambda: nodes.has("up"))
    nodes.store.directory.rename(nodes.directory / "away")
    nodes.store.directory.write_text("no directory")
    node.process.send_signal(signal.SIGTERM)
    eventually(lambda: nodes.has("saved"))
    (nodes.directory / "gate").touch()
    assert node.wait() == 240
    assert node.said[-1].startswith("this node's end isn't in the store: file://")
    nodes.store.directory.unlink()
