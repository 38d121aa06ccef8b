"""What ends a job that runs well: requests, notices, limits, signals; and programs that make it hard."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from patience import GONE_SECONDS

from modelyard_node import keys

RUN = "try-20261126-120000-abcd"
SAVES = f"""exec {sys.executable} -c '
import pathlib, signal, sys, time
def save(*_):
    pathlib.Path("saved").touch()
    sys.exit(143)
signal.signal(signal.SIGTERM, save)
pathlib.Path("up").touch()
time.sleep(100)
'"""
TIME_TO_BEGIN_SECONDS = 6
"""In which a program is up: where it is to be ended by the clock."""
DEAF = "trap '' TERM; touch up; while :; do sleep 0.05; done"


def stop(nodes: Any, run_id: str = RUN, **fields: Any) -> None:
    nodes.store.put(keys.stop_key(run_id), json.dumps({"schema": "modelyard.stop/1", **fields}).encode())


def in_seconds(seconds: float) -> str:
    return (
        (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="seconds").replace("+00:00", "Z")
    )


@pytest.mark.parametrize(
    ("fields", "kind", "reason"),
    [
        ({}, "stopped", "somebody asked for the end"),
        ({"by": "ada@lab", "reason": None, "kind": "stopped"}, "stopped", "ada@lab asked for the end"),
        (
            {"by": "its supervisor", "reason": "the budget is used up", "kind": "limit"},
            "limit",
            "its supervisor asked for the end: the budget is used up",
        ),
        ({"kind": "succeeded"}, "stopped", "somebody asked for the end"),
    ],
)
def test_a_request_in_the_store_has_the_job_save_and_leave(
    nodes: Any, eventually: Any, fields: dict[str, Any], kind: str, reason: str
):
    nodes.submit(SAVES)
    node = nodes.start()
    eventually(lambda: nodes.has("up"))
    stop(nodes, **fields)
    assert node.wait() == 240
    assert nodes.has("saved")
    assert (nodes.end()["kind"], nodes.end()["reason"]) == (kind, reason)
    assert node.said == [
        f"{reason}: the program has 10 seconds to save and to exit",
        f"this attempt ends: {reason}",
    ]


def test_a_request_through_s3_is_heeded_as_well(s3_nodes: Any, eventually: Any):
    s3_nodes.submit(SAVES)
    node = s3_nodes.start()
    eventually(lambda: s3_nodes.has("up"))
    stop(s3_nodes)
    assert (node.wait(), s3_nodes.has("saved")) == (240, True)


def test_a_request_for_the_whole_sweep_ends_its_variants(nodes: Any):
    content = json.dumps({"schema": "modelyard.variants/1", "variants": [{}]}).encode()
    nodes.store.put(f"runs/{RUN}/variants.json", content)
    sweep = {
        "variants": f"runs/{RUN}/variants.json",
        "sha256": hashlib.sha256(content).hexdigest(),
        "count": 1,
    }
    nodes.submit("touch up", sweep=sweep)
    stop(nodes)
    node = nodes.start(MODELYARD_VARIANT="0")
    assert (node.wait(), nodes.has("up")) == (240, False)
    assert nodes.end(run_id=f"{RUN}.0")["kind"] == "stopped"


def test_a_run_that_was_stopped_is_not_started_again(nodes: Any):
    nodes.submit("touch up")
    stop(nodes, by="ada@lab")
    node = nodes.start()
    assert (node.wait(), nodes.has("up")) == (240, False)
    assert (nodes.end()["kind"], nodes.end()["reason"]) == ("stopped", "ada@lab asked for the end")
    assert nodes.lease() is None


def test_sigterm_is_passed_on_and_gives_time_to_save(nodes: Any, eventually: Any):
    nodes.submit(SAVES)
    node = nodes.start()
    eventually(lambda: nodes.has("up"))
    node.process.send_signal(signal.SIGTERM)
    assert (node.wait(), nodes.has("saved")) == (240, True)
    end = nodes.end()
    assert (end["kind"], end["exit_code"], end["reason"]) == (
        "stopped",
        143,
        "rank 0 was told to end (SIGTERM)",
    )
    assert node.said[0] == "rank 0 was told to end (SIGTERM): the program has 10 seconds to save and to exit"


def test_sigterm_before_the_program_starts_is_heeded(nodes: Any, eventually: Any):
    nodes.submit("touch up", num_nodes=2)
    main = nodes.start(0)
    eventually(nodes.lease)
    main.process.send_signal(signal.SIGTERM)
    assert (main.wait(), nodes.has("up")) == (240, False)


def test_a_notice_that_is_no_order_to_leave_changes_nothing(nodes: Any, eventually: Any):
    nodes.announce(kind="capacity_block_end", leave=False)
    nodes.submit(SAVES)
    node = nodes.start()
    eventually(lambda: nodes.has("up"))
    time.sleep(1.5)
    assert node.process.poll() is None
    nodes.announce(kind="capacity_block_end", leave=True)
    assert (node.wait(), nodes.has("saved")) == (241, True)
    assert nodes.end()["reason"] == (
        "the machine of rank 0 will be taken back (capacity_block_end, 2026-12-01T11:00:00Z)"
    )


def test_a_notice_without_leave_to_try_again_ends_the_run(nodes: Any):
    nodes.announce()
    (node,) = nodes.run(SAVES, retry={"attempts": 5, "exit_codes": None, "on_events": []})
    assert (node.wait(), nodes.end()["kind"]) == (240, "host")


def test_a_notice_that_cannot_be_read_is_passed_over(nodes: Any):
    (nodes.notices / "notice.json").write_text("{")
    (node,) = nodes.run("sleep 1.2")
    assert node.wait() == 0


def test_a_program_that_is_deaf_is_killed_when_its_grace_is_over(nodes: Any, eventually: Any):
    nodes.submit(DEAF, grace_seconds=1)
    node = nodes.start()
    eventually(lambda: nodes.has("up"))
    at = time.monotonic()
    nodes.announce()
    assert node.wait() == 241
    assert time.monotonic() - at > 1
    assert (nodes.end()["exit_code"], nodes.end()["stopped"]) == (137, True)


def test_a_program_s_own_programs_are_asked_as_well_and_waited_for(nodes: Any, eventually: Any):
    slow = SAVES.replace("exec ", "").replace("    sys.exit", "    time.sleep(0.5)\n    sys.exit")
    nodes.submit(slow + "; echo after")
    node = nodes.start()
    eventually(lambda: nodes.has("up"))
    node.process.send_signal(signal.SIGTERM)
    assert (node.wait(), nodes.has("saved")) == (240, True)


def test_a_timeout_has_the_job_save_and_leave(nodes: Any):
    (node,) = nodes.run(SAVES, limits={"timeout_seconds": TIME_TO_BEGIN_SECONDS})
    assert (node.wait(), nodes.has("saved")) == (240, True)
    reason = f"the timeout of {TIME_TO_BEGIN_SECONDS} seconds has passed"
    assert (nodes.end()["kind"], nodes.end()["reason"]) == ("timeout", reason)


def test_a_deadline_has_the_job_save_in_time(nodes: Any):
    deadline = in_seconds(TIME_TO_BEGIN_SECONDS + 30)
    (node,) = nodes.run(SAVES, limits={"deadline": deadline}, grace_seconds=30)
    assert (node.wait(), nodes.has("saved")) == (240, True)
    assert datetime.now(UTC) < datetime.fromisoformat(deadline)
    assert nodes.end()["kind"] == "limit"
    assert nodes.end()["reason"].startswith(f"the deadline of {deadline} is reached: it is ")


def test_after_a_deadline_nothing_is_started(nodes: Any):
    (node,) = nodes.run("touch up", limits={"deadline": in_seconds(60)}, grace_seconds=100)
    assert (node.wait(), nodes.has("up"), nodes.lease()) == (240, False, None)
    assert nodes.end()["kind"] == "limit"


def test_a_budget_that_is_used_up_has_the_job_save_and_leave(nodes: Any):
    # A dollar a second, of which the time to save needs thirty.
    budget = 8.5 + TIME_TO_BEGIN_SECONDS + 30
    limits = {"hourly_usd": 3600.0, "max_total_cost_usd": budget, "spent_before_usd": 8.5}
    (node,) = nodes.run(SAVES, limits=limits, grace_seconds=30)
    assert (node.wait(), nodes.has("saved")) == (240, True)
    end = nodes.end()
    assert end["kind"] == "limit"
    assert end["reason"].startswith(f"the budget of {budget:.2f} USD is used up: ")
    assert 8.5 + TIME_TO_BEGIN_SECONDS <= nodes.heartbeat()["spent_usd"] <= budget


def test_what_earlier_attempts_have_cost_counts(nodes: Any):
    for submission, hours in ((1, 2), (2, 3)):
        prefix = keys.attempt_prefix(RUN, keys.attempt_name(submission, 1))
        lease = {"started_at": "2026-11-26T08:00:00Z", "hourly_usd": 10.0, "holder": "x"}
        nodes.store.put(f"{prefix}lease.json", json.dumps(lease).encode())
        end = {"kind": "host", "ended_at": f"2026-11-26T{8 + hours:02}:00:00Z"}
        nodes.store.put(f"{prefix}ends/0.json", json.dumps(end).encode())
    limits = {"hourly_usd": 20.0, "max_total_cost_usd": 50.0}
    nodes.submit("touch up", limits=limits)
    node = nodes.start(MODELYARD_SUBMISSION="3")
    assert (node.wait(), nodes.has("up")) == (240, False)
    assert nodes.end(0, "003-01")["reason"] == "the budget of 50.00 USD is used up: 50.00 USD are spent"
    nodes.submit("touch up; echo $MODELYARD_ATTEMPT", limits={**limits, "max_total_cost_usd": 51.0})
    node = nodes.start(MODELYARD_SUBMISSION="4")
    assert (node.wait(), node.out) == (0, "3\n")
    assert 50 < nodes.heartbeat("004-01")["spent_usd"] < 50.5


@pytest.mark.parametrize("ignoring", ["", "trap '' TERM HUP; "])
def test_whatever_a_program_leaves_running_ends_with_it(nodes: Any, ignoring: str):
    daemons = f"{ignoring}sleep 60 & setsid sleep 60 & (setsid sh -c 'sleep 60 & sleep 60' &) ; echo done"
    (node,) = nodes.run(daemons)
    assert (node.wait(), node.out) == (0, "done\n")
    assert not nodes.processes()


def test_a_killed_guard_has_the_runtime_end_its_programs(nodes: Any, eventually: Any):
    nodes.submit(SAVES)
    node = nodes.start(guarded=True)
    eventually(lambda: nodes.has("up"))
    node.process.kill()
    eventually(lambda: not nodes.processes(), GONE_SECONDS)
    assert nodes.has("saved")
    assert nodes.end()["kind"] == "stopped"


def test_orphans_are_reaped(nodes: Any, eventually: Any):
    script = "for i in 1 2 3 4 5 6 7 8 9; do (sleep 0.01 &) ; done; touch up; exec sleep 100"
    nodes.submit(script)
    node = nodes.start()
    eventually(lambda: nodes.has("up"))

    def zombies() -> list[str]:
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text(errors="replace").rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if fields[:2] == ["Z", str(node.process.pid)]:
                found.append(stat.parent.name)
        return found

    time.sleep(0.3)
    eventually(lambda: not zombies(), GONE_SECONDS)
    node.process.send_signal(signal.SIGTERM)
    assert node.wait() == 240


def test_a_hundred_megabytes_without_an_end_of_line_go_through(nodes: Any):
    writes = f"{sys.executable} -c 'import sys; [sys.stdout.write(\"x\" * 1000000) for _ in range(100)]'; echo; echo last"
    nodes.submit(writes)
    node = nodes.start()
    assert node.wait() == 0
    assert len(node.out) == 100_000_000 + len("\nlast\n")
    tail = nodes.end()["tail"]
    assert tail[1:] == ["last"]
    assert tail[0] == "x" * 2_000


def test_output_that_is_no_text_goes_through_as_it_is(nodes: Any):
    (node,) = nodes.run("printf '\\377\\000\\n%s\\r%s\\r%s\\nend' 10% 50% 100%")
    assert node._out.read_bytes() == b"\xff\0\n10%\r50%\r100%\nend"
    assert nodes.end()["tail"] == ["\ufffd\0", "100%", "end"]


def test_a_program_that_closes_its_output_goes_on(nodes: Any):
    (node,) = nodes.run("echo before; exec >&- 2>&-; sleep 0.3; touch after")
    assert (node.wait(), node.out, nodes.has("after")) == (0, "before\n", True)


def test_a_program_without_anything_to_read_does_not_wait_for_it(nodes: Any):
    (node,) = nodes.run("cat; echo done")
    assert (node.wait(), node.out) == (0, "done\n")


def test_when_nobody_reads_what_a_program_writes_it_is_still_ended(nodes: Any, eventually: Any):
    """As behind a log driver that hangs."""
    nodes.submit("touch up; while :; do echo more and more; done", grace_seconds=1)
    read, write = os.pipe()
    os.set_blocking(write, True)
    node = nodes.start(to=write)
    os.close(write)
    eventually(lambda: nodes.has("up"))
    time.sleep(0.5)
    nodes.announce()
    assert node.wait() == 241
    os.close(read)


def test_when_the_reader_of_its_output_is_gone_a_program_goes_on(nodes: Any):
    nodes.submit("for i in 1 2 3; do echo $i; sleep 0.1; done; touch done")
    read, write = os.pipe()
    os.close(read)
    node = nodes.start(to=write)
    os.close(write)
    assert (node.wait(), nodes.has("done")) == (0, True)
    assert nodes.end()["tail"] == ["1", "2", "3"]
