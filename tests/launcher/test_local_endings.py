"""However the launcher ends, nothing that it started is left: real processes, real signals."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable
from typing import Any

import pytest
from patience import GONE_SECONDS, PATIENCE_SECONDS

FAMILY = "sleep 60 & setsid sleep 60 & echo ready; sleep 60"
"""A node with a child in its group and one that has left it."""


def wait_for_both_ranks(process: Any) -> None:
    assert sorted(process.stdout.readline().strip() for _ in range(2)) == ["[0] ready", "[1] ready"]


def finish(process: Any) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, out, err


def run_id_of(error_text: str) -> str:
    found = re.search(r"run (try-\d{8}-\d{6}-[0-9a-f]{4})", error_text)
    assert found, error_text
    return found[1]


def test_ctrl_c_ends_the_gang_cleanly(yard: Any, eventually: Callable[..., Any]) -> None:
    process = yard.start(FAMILY, num_nodes=2)
    wait_for_both_ranks(process)
    eventually(lambda: len(yard.processes()) >= 8)
    process.send_signal(signal.SIGINT)
    code, _, err = finish(process)
    assert code == 130
    assert not yard.processes()
    record = yard.job("status", run_id_of(err))
    assert (record["state"], record["reason"]) == ("cancelled", "interrupted with Ctrl-C")
    assert [rank["exit_code"] for rank in record["attempts"][0]["ranks"]] == [143, 143]


def test_a_second_ctrl_c_kills_at_once(yard: Any) -> None:
    stubborn = 'trap "" TERM; echo ready; while true; do sleep 0.1; done'
    process = yard.start(stubborn, num_nodes=2)  # asked once, it would take the ten seconds' grace
    wait_for_both_ranks(process)
    process.send_signal(signal.SIGINT)
    with pytest.raises(Exception, match="timed out"):
        process.communicate(timeout=0.5)
    assert yard.processes()
    process.send_signal(signal.SIGINT)
    code, _, err = finish(process)
    assert code == 130
    record = yard.job("status", run_id_of(err))
    assert [rank["exit_code"] for rank in record["attempts"][0]["ranks"]] == [137, 137]


@pytest.mark.parametrize("ignoring", ["", 'trap "" TERM HUP INT; '])
def test_killing_the_launcher_leaves_no_process(
    yard: Any, eventually: Callable[..., Any], ignoring: str
) -> None:
    process = yard.start(ignoring + FAMILY, num_nodes=2)
    wait_for_both_ranks(process)
    process.kill()
    process.wait()
    eventually(lambda: not yard.processes(), GONE_SECONDS)
    process.stdout.close()
    run_id = run_id_of(process.stderr.read())
    process.stderr.close()
    record = yard.job("status", run_id)
    assert record["state"] == "lost"
    assert "ended without a word" in record["reason"]
    assert yard.job("list")["runs"][0]["state"] == "lost"
    assert yard.job("cancel", run_id)["state"] == "cancelled"


def test_a_closed_terminal_ends_the_run(yard: Any) -> None:
    process = yard.start(FAMILY, num_nodes=2)
    wait_for_both_ranks(process)
    process.send_signal(signal.SIGHUP)
    code, _, err = finish(process)
    assert code == 1
    assert yard.job("status", run_id_of(err))["reason"] == "its terminal was closed"


def test_a_detached_run_goes_on_and_is_seen_from_elsewhere(
    s3_yard: Any, eventually: Callable[..., Any]
) -> None:
    gate = s3_yard.project / "gate"
    process = s3_yard.start(
        f"echo ready; while [ ! -e {gate} ]; do sleep 0.05; done; echo through", "--detach", num_nodes=2
    )
    code, out, _ = finish(process)
    assert code == 0
    run_id = out.strip()
    assert s3_yard.job("status", run_id)["state"] == "running"
    backend = s3_yard.backend()
    record = backend._context.runs.read(run_id)
    eventually(lambda: [backend.read_log(record, rank).data for rank in (0, 1)] == [b"ready\n"] * 2)
    gate.touch()
    followed = s3_yard.modelyard("job", "logs", run_id, *s3_yard.where, "--rank", "1", "--follow")
    assert followed.stdout == "ready\nthrough\n"
    assert s3_yard.job("status", run_id)["state"] == "succeeded"
    eventually(lambda: not s3_yard.processes(), GONE_SECONDS)


def test_a_detached_run_is_cancelled_from_elsewhere(yard: Any, eventually: Callable[..., Any]) -> None:
    process = yard.start(FAMILY, "--detach", num_nodes=2)
    _, out, _ = finish(process)
    run_id = out.strip()
    eventually(lambda: len(yard.processes()) >= 8)
    done = yard.modelyard("job", "cancel", run_id, *yard.where)
    assert done.returncode == 0
    assert re.search(rf"^{run_id} cancelled after \d+s: cancelled on request$", done.stdout.strip())
    assert not yard.processes()
    again = yard.job("cancel", run_id)
    assert again["state"] == "cancelled"


def test_killing_a_detached_supervisor_leaves_no_process(yard: Any, eventually: Callable[..., Any]) -> None:
    _, out, _ = finish(yard.start(FAMILY, "--detach", "--format", "json"))
    record = json.loads(out)
    assert record["state"] == "running"
    eventually(yard.processes)
    os.kill(record["supervisor"]["pid"], signal.SIGKILL)
    eventually(lambda: not yard.processes(), GONE_SECONDS)
    assert yard.job("status", record["run_id"])["state"] == "lost"


def test_of_a_killed_run_that_is_cancelled_the_last_lines_are_kept_and_no_directory(
    yard: Any, eventually: Callable[..., Any]
) -> None:
    _, out, _ = finish(yard.start("echo the last; sleep 60", "--detach", "--format", "json"))
    record = json.loads(out)
    run_id, directory = record["run_id"], yard.project / ".modelyard" / "runs" / record["run_id"]
    log = directory / "logs" / "0.log"
    eventually(lambda: log.is_file() and "the last" in log.read_text())
    os.kill(record["supervisor"]["pid"], signal.SIGKILL)
    eventually(lambda: not yard.processes(), GONE_SECONDS)
    with log.open("a") as later:
        later.write("not uploaded\n")
    assert yard.job("cancel", run_id)["state"] == "cancelled"
    assert yard.modelyard("job", "logs", run_id, *yard.where).stdout == "[0] the last\n[0] not uploaded\n"
    assert not directory.exists()


def test_a_supervisor_that_cannot_start_says_why(s3_yard: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from modelyard.errors import SurroundingsError
    from modelyard_launcher.backends.local import detached

    monkeypatch.setattr(detached, "__name__", "modelyard_launcher.no_such_module")
    backend = s3_yard.backend()
    plan = backend.plan(s3_yard.load("echo hi"), s3_yard.resolved())
    with pytest.raises(SurroundingsError, match=r"didn't start.*No module named") as raised:
        backend.submit(plan, detach=True, on_line=lambda *_: None, on_event=lambda _: None)
    assert "without --detach" in raised.value.mend


def test_a_run_on_another_machine_can_neither_be_judged_nor_cancelled_here(yard: Any) -> None:
    from modelyard.errors import SurroundingsError

    record, _ = yard.run("true")
    elsewhere = record.model_copy(
        update={"state": "running", "supervisor": record.supervisor.model_copy(update={"host": "far-away"})}
    )
    backend = yard.backend()
    standing = backend.describe(elsewhere)
    assert (standing.state, "far-away" in standing.reason) == ("running", True)
    with pytest.raises(SurroundingsError, match="runs on far-away"):
        backend.cancel(elsewhere)


def test_a_process_id_that_came_again_is_not_taken_for_the_supervisor(yard: Any) -> None:
    record, _ = yard.run("true")
    reused = record.supervisor.model_copy(update={"pid": os.getpid(), "identity": "an earlier start"})
    standing = yard.backend().describe(record.model_copy(update={"state": "running", "supervisor": reused}))
    assert standing.state == "lost"
