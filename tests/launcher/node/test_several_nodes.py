"""Several nodes of one attempt on the loopback interface: what one of them comes to, all come to."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from typing import Any

import pytest
from patience import GONE_SECONDS

RANKS = "echo rank $NODE_RANK; touch up$NODE_RANK; "
SAVES = f"""exec {sys.executable} -c '
import os, pathlib, signal, sys, time
rank = os.environ["NODE_RANK"]
def save(*_):
    pathlib.Path("saved" + rank).touch()
    sys.exit(143)
signal.signal(signal.SIGTERM, save)
pathlib.Path("up" + rank).touch()
time.sleep(100)
'"""
"""Saves when it is asked to."""
SILENT_AFTER_3_S = {"MODELYARD_SILENCE_SECONDS": "3"}


def all_up(nodes: Any, eventually: Any) -> None:
    eventually(lambda: all(nodes.has(f"up{rank}") for rank in range(nodes.num_nodes)))


def reasons(nodes: Any) -> list[tuple[str, str, bool]]:
    """Kind, reason, and whether it was stopped, of every rank."""
    ends = [nodes.end(rank) for rank in range(nodes.num_nodes)]
    return [(end["kind"], end["reason"], end["stopped"]) for end in ends if end]


def test_all_nodes_run_and_succeed_together(any_nodes: Any):
    started = any_nodes.run("echo $NODE_RANK $NUM_NODES $MODELYARD_ATTEMPT", num_nodes=3)
    assert [node.wait() for node in started] == [0, 0, 0]
    assert [node.out for node in started] == [f"{rank} 3 1\n" for rank in range(3)]
    assert reasons(any_nodes) == [("succeeded", None, False)] * 3
    ranks = any_nodes.heartbeat()["ranks"]
    assert list(ranks) == ["0", "1", "2"]
    assert {rank["host"] for rank in ranks.values()} == {socket.gethostname()}


def test_nobody_starts_before_everybody_is_there(nodes: Any, eventually: Any):
    nodes.submit("echo started >>order", num_nodes=2, setup="echo setup >>order")
    main = nodes.start(0)
    eventually(lambda: nodes.has("order"))
    time.sleep(0.5)
    assert (nodes.directory / "order").read_text() == "setup\n"
    child = nodes.start(1)
    assert (main.wait(), child.wait()) == (0, 0)
    assert (nodes.directory / "order").read_text() == "setup\nsetup\nstarted\nstarted\n"


def test_the_main_node_leaves_with_the_reason_of_a_child_that_fails(nodes: Any):
    script = RANKS + "[ $NODE_RANK = 2 ] || exec sleep 100; echo boom >&2; exit 7"
    started = nodes.run(script, num_nodes=3)
    assert started[0].wait() == 7
    end = nodes.end()
    assert (end["kind"], end["reason"], end["exit_code"]) == ("program", "rank 2 exited with code 7", 7)
    assert (end["tail"], end["cause_rank"]) == (["rank 2", "boom"], 2)
    assert reasons(nodes) == [
        ("program", "rank 2 exited with code 7", True),
        ("program", "rank 2 exited with code 7", True),
        ("program", "rank 2 exited with code 7", False),
    ]


def test_a_childs_failure_asks_for_another_attempt_as_the_main_nodes_own_would(nodes: Any):
    retry = {"attempts": 2, "exit_codes": [7], "on_events": []}
    started = nodes.run("sleep 0.3; exit $((NODE_RANK * 7))", num_nodes=2, retry=retry)
    assert started[0].wait() == 241


def test_of_ranks_that_fail_one_after_another_the_first_is_named(nodes: Any):
    """As in training: when a peer is gone, the others' collectives fail a moment later."""
    script = f"""exec {sys.executable} -c '
import os, socket, sys, time
rank, port = int(os.environ["NODE_RANK"]), int(os.environ["MASTER_PORT"])
if rank == 0:
    with socket.create_server(("127.0.0.1", port)) as server:
        peer, _ = server.accept()
        peer.recv(1)
        time.sleep(0.2)
        sys.exit(1)
for _ in range(500):
    try:
        peer = socket.create_connection(("127.0.0.1", port))
        break
    except OSError:
        time.sleep(0.02)
sys.exit(9)
'"""
    for attempt in range(1, 6):
        nodes.submit(script, num_nodes=2)
        started = nodes.start_all(MODELYARD_BATCH_ATTEMPT=str(attempt))
        assert started[0].wait() == 9
        started[1].wait()
        assert nodes.end(0, f"001-0{attempt}")["reason"] == "rank 1 exited with code 9"


def test_a_main_node_that_fails_stops_the_children(nodes: Any):
    started = nodes.run(RANKS + "[ $NODE_RANK = 0 ] || exec sleep 100; exit 3", num_nodes=3)
    assert started[0].wait() == 3
    assert reasons(nodes) == [
        ("program", "rank 0 exited with code 3", False),
        ("program", "rank 0 exited with code 3", True),
        ("program", "rank 0 exited with code 3", True),
    ]


def test_the_main_node_waits_for_children_that_take_longer(nodes: Any):
    started = nodes.run("sleep $NODE_RANK; echo done", num_nodes=2)
    assert [(node.wait(), node.out) for node in started] == [(0, "done\n")] * 2


def test_a_child_whose_runtime_is_killed_is_lost_and_the_main_node_says_so(nodes: Any, eventually: Any):
    nodes.submit(SAVES, num_nodes=3)
    started = nodes.start_all(guarded=True)
    all_up(nodes, eventually)
    nodes.kill(2)
    assert started[0].wait() == 241
    assert [node.wait() for node in started[1:]] == [241, 137]
    end = nodes.end()
    assert end["kind"] == "host"
    assert end["reason"].startswith("rank 2 was lost: its connection broke off (")
    assert end["reason"].endswith(f"({socket.gethostname()})")
    assert nodes.has("saved0")
    assert nodes.has("saved1")


def test_a_childs_program_that_is_killed_is_its_own_failure(nodes: Any, eventually: Any):
    nodes.submit("echo $$ >pid$NODE_RANK; touch up$NODE_RANK; exec sleep 100", num_nodes=2)
    started = nodes.start_all()
    all_up(nodes, eventually)
    os.kill(int((nodes.directory / "pid1").read_text()), signal.SIGKILL)
    assert started[0].wait() == 137
    assert nodes.end()["reason"] == "rank 1 was ended by SIGKILL (exit code 137)"


def test_when_the_main_node_is_killed_the_children_leave(nodes: Any, eventually: Any):
    nodes.submit(SAVES, num_nodes=3)
    started = nodes.start_all(guarded=True)
    all_up(nodes, eventually)
    nodes.kill(0)
    assert [node.wait() for node in started] == [137, 241, 241]
    assert [nodes.end(rank)["reason"] for rank in (1, 2)] == [
        "the main node was lost: its connection was closed"
    ] * 2
    assert nodes.end(0) is None
    assert nodes.has("saved1")


def test_a_host_that_falls_silent_is_lost(nodes: Any, eventually: Any):
    nodes.submit(SAVES, num_nodes=2, grace_seconds=100)
    started = nodes.start_all(guarded=True, **SILENT_AFTER_3_S)
    all_up(nodes, eventually)
    silent = nodes.runtime_of(1)
    at = time.monotonic()
    os.kill(silent, signal.SIGSTOP)
    assert started[0].wait() == 241
    assert time.monotonic() - at > 2
    assert nodes.end()["reason"] == (
        f"rank 1 was lost: nothing was heard of it for 3 seconds ({socket.gethostname()})"
    )
    os.kill(silent, signal.SIGCONT)
    assert started[1].wait() == 241
    assert nodes.end(1)["reason"] == "the main node was lost: its connection was closed"


def test_a_main_node_that_falls_silent_is_lost_to_its_children(nodes: Any, eventually: Any):
    nodes.submit(SAVES, num_nodes=2)
    started = nodes.start_all(guarded=True, **SILENT_AFTER_3_S)
    all_up(nodes, eventually)
    silent = nodes.runtime_of(0)
    os.kill(silent, signal.SIGSTOP)
    assert started[1].wait() == 241
    assert nodes.end(1)["reason"] == "the main node was lost: nothing was heard of it for 3 seconds"
    os.kill(silent, signal.SIGCONT)
    started[0].wait()


def test_a_program_that_hangs_when_a_peer_is_lost_does_not_keep_the_main_node(nodes: Any, eventually: Any):
    deaf = "trap '' TERM; touch up$NODE_RANK; while :; do sleep 0.1; done"
    nodes.submit(deaf, num_nodes=2, grace_seconds=2)
    started = nodes.start_all(guarded=True)
    all_up(nodes, eventually)
    at = time.monotonic()
    nodes.kill(1)
    assert started[0].wait() == 241
    assert time.monotonic() - at < GONE_SECONDS
    started[1].wait()


def test_a_child_that_never_comes_is_named(nodes: Any):
    nodes.submit("echo never", num_nodes=4)
    main = nodes.start(0, MODELYARD_ARRIVAL_SECONDS="1.5")
    assert (main.wait(), main.out) == (241, "")
    assert nodes.end()["reason"] == "ranks 1, 2, 3 never came: nothing was heard within 1.5 seconds"


def test_a_child_that_finds_no_main_node_says_where_it_looked(nodes: Any):
    nodes.submit("echo never", num_nodes=2)
    child = nodes.start(1, MODELYARD_ARRIVAL_SECONDS="0.5")
    assert (child.wait(), child.out) == (241, "")
    assert child.said[0].startswith(
        f"this attempt ends: the main node at 127.0.0.1:{nodes.port + 1} wasn't reached within 0.5 seconds: "
    )


def test_a_child_that_cannot_be_set_up_is_named(nodes: Any):
    nodes.submit("echo never", num_nodes=2)
    main = nodes.start(0)
    child = nodes.start(
        1, MODELYARD_RUN_ID=main and "try-20261126-120000-abcd", AWS_BATCH_JOB_ARRAY_INDEX="1"
    )
    assert (child.wait(), child.out) == (242, "")
    assert child.said == ["this attempt ends: this node is variant 1, and the job is no sweep"]
    main.process.send_signal(signal.SIGTERM)
    main.wait()


def test_a_child_that_comes_after_the_main_node_has_ended_leaves_with_its_reason(nodes: Any):
    nodes.submit("echo never", setup="exit 3", num_nodes=2)
    main = nodes.start(0)
    assert main.wait() == 3
    child = nodes.start(1)
    assert (child.wait(), child.out) == (3, "")
    assert child.said == ["this attempt ends: rank 0's setup exited with code 3"]


def test_a_child_with_a_damaged_archive_ends_the_attempt(nodes: Any):
    entry = nodes.archive("workdir")
    nodes.store.put(f"runs/archives/{entry['archive']}.tar.gz", b"damaged")
    started = nodes.run("echo never", num_nodes=2, files=[entry], workdir=None)
    assert [node.wait() for node in started] == [242, 242]
    assert nodes.end()["kind"] == "broken"


@pytest.mark.parametrize("rank", [0, 1])
def test_a_notice_on_any_node_has_all_ranks_save_and_leave(nodes: Any, eventually: Any, rank: int):
    nodes.submit(SAVES, num_nodes=2)
    elsewhere = str(nodes.directory / "no-notices")
    started = [
        nodes.start(each, **({} if each == rank else {"MODELYARD_NOTICES": elsewhere})) for each in (0, 1)
    ]
    all_up(nodes, eventually)
    nodes.announce()
    assert started[0].wait() == 241
    started[1].wait()
    assert nodes.has("saved0")
    assert nodes.has("saved1")
    reason = f"the machine of rank {rank} will be taken back (spot_interruption, 2026-12-01T11:00:00Z)"
    assert reasons(nodes) == [("host", reason, True)] * 2
    assert started[1 - rank].said[0] == f"{reason}: the program has 10 seconds to save and to exit"


def test_a_child_that_alone_is_told_to_end_is_taken_back(nodes: Any, eventually: Any):
    nodes.submit(SAVES, num_nodes=2)
    started = nodes.start_all()
    all_up(nodes, eventually)
    started[1].process.send_signal(signal.SIGTERM)
    assert started[0].wait() == 241
    started[1].wait()
    assert (nodes.end()["kind"], nodes.end()["reason"]) == ("host", "rank 1 was told to end (SIGTERM)")


def test_a_job_that_is_told_to_end_was_stopped_whichever_node_hears_it_first(nodes: Any, eventually: Any):
    slow = SAVES.replace("sys.exit(143)", "time.sleep(1); sys.exit(143)")
    nodes.submit(slow, num_nodes=2)
    started = nodes.start_all()
    all_up(nodes, eventually)
    started[1].process.send_signal(signal.SIGTERM)
    eventually(lambda: nodes.has("saved0"))
    started[0].process.send_signal(signal.SIGTERM)
    assert started[0].wait() == 240
    started[1].wait()
    assert (nodes.end()["kind"], nodes.end()["reason"]) == ("stopped", "rank 0 was told to end (SIGTERM)")


def test_strangers_on_the_watch_change_nothing(nodes: Any, eventually: Any):
    gate = "while [ ! -e gate ]; do sleep 0.05; done"
    nodes.submit(f"touch up$NODE_RANK; {gate}", num_nodes=2)
    started = nodes.start_all()
    all_up(nodes, eventually)
    hello = {"run": "other", "submission": 1, "attempt": 1, "spec": "0" * 64}
    for said in (
        b"GET / HTTP/1.1\r\n\r\n",
        b"\0" * 2_000_000,
        b"[]\n",
        b"{}\n",
        json.dumps({"hello": hello, "rank": 1}).encode() + b"\n",
    ):
        with socket.create_connection(("127.0.0.1", nodes.port + 1)) as stranger:
            try:
                stranger.sendall(said)
                answer = stranger.recv(1_000)
            except ConnectionError:
                continue
            assert answer == b"" or json.loads(answer) == {
                "no": "the main node runs attempt 001-01 of try-20261126-120000-abcd"
            }
    again = nodes.start(1)
    assert (again.wait(), again.out) == (240, "")
    assert again.said == [f"this attempt ends: rank 1 is there already, on {socket.gethostname()}"]
    (nodes.directory / "gate").touch()
    assert [node.wait() for node in started] == [0, 0]


def test_a_port_that_is_taken_is_named(nodes: Any):
    nodes.submit("echo never", num_nodes=2)
    with socket.create_server(("127.0.0.1", nodes.port + 1)):
        main = nodes.start(0)
        assert main.wait() == 242
    said = f"port {nodes.port + 1}, on which the main node hears of the others, can't be had"
    assert main.said == [f"this attempt ends: {said}: Address already in use"]
