"""What can be decided without running anything: places, ends, causes, limits, lines."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard_node import codes
from modelyard_node import place as place_module
from modelyard_node.causes import Cause, first
from modelyard_node.clock import Clock
from modelyard_node.ends import TOLD, Ending, exit_code_of, in_words
from modelyard_node.history import Past
from modelyard_node.limits import limit_reached, spent_usd
from modelyard_node.memory import Memory
from modelyard_node.metrics import progress
from modelyard_node.output import last_lines
from modelyard_node.place import own_address, read_place
from modelyard_node.spec import Limits, Retry

GIVEN = {
    "MODELYARD_RUN_ID": "r",
    "MODELYARD_CHECKPOINTS": "s3://x",
    "MODELYARD_SPEC_SHA256": "0" * 64,
    "MASTER_ADDR": "10.0.0.1",
}
HOSTS = f"""# of the task

127.0.0.1 localhost {socket.gethostname()}
::1 {socket.gethostname()}
10.0.3.8 {socket.gethostname()}-2
10.0.3.9 ip-10-0-3-9 {socket.gethostname()} # the task's own
10.0.3.10 {socket.gethostname()}
"""


def test_a_node_of_several_finds_what_batch_says_of_it():
    place = read_place(
        {
            **GIVEN,
            "MASTER_ADDR": "",
            "MODELYARD_SUBMISSION": "2",
            "AWS_BATCH_JOB_ID": "1f2e#3",
            "AWS_BATCH_JOB_NUM_NODES": "16",
            "AWS_BATCH_JOB_NODE_INDEX": "3",
            "AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS": "10.0.1.17",
            "AWS_BATCH_JOB_ATTEMPT": "4",
        }
    )
    assert (place.rank, place.num_nodes, place.master_addr) == (3, 16, "10.0.1.17")
    assert (place.attempt_name, place.holder, place.is_main) == ("002-04", "1f2e#3 attempt 4", False)


def test_what_whoever_starts_nodes_sets_stands_before_what_batch_says():
    batch = {
        "AWS_BATCH_JOB_NUM_NODES": "16",
        "AWS_BATCH_JOB_NODE_INDEX": "3",
        "AWS_BATCH_JOB_ATTEMPT": "4",
        "AWS_BATCH_JOB_ARRAY_INDEX": "7",
    }
    ours = {"NUM_NODES": "2", "NODE_RANK": "1", "MODELYARD_BATCH_ATTEMPT": "9", "MODELYARD_VARIANT": "0"}
    place = read_place({**GIVEN, **batch, **ours, "MASTER_PORT": "4711"})
    assert (place.num_nodes, place.rank, place.attempt, place.variant) == (2, 1, 9, 0)
    assert (place.master_port, place.own_run_id) == (4711, "r.0")


def test_all_nodes_of_an_attempt_meet_at_one_port_and_other_attempts_at_others():
    def port(job: str, attempt: int) -> int:
        place = read_place({**GIVEN, "AWS_BATCH_JOB_ID": job, "AWS_BATCH_JOB_ATTEMPT": str(attempt)})
        return place.master_port

    assert len({port(f"job#{index}", 1) for index in range(16)}) == 1
    assert len({port(f"job-{number}", attempt) for number in range(10) for attempt in (1, 2)}) == 20


def test_a_node_alone_leaves_a_port_to_the_job_beside_it_that_has_it():
    alone = {**GIVEN, "AWS_BATCH_JOB_ID": "beside"}
    first = read_place(alone).master_port
    for taken in (first, first + 1):
        with socket.create_server(("", taken)):
            assert read_place(alone).master_port > first + 1
            # Of several nodes the others have to know it: they can't see what is free here.
            gang = {**alone, "AWS_BATCH_JOB_NUM_NODES": "2", "AWS_BATCH_JOB_NODE_INDEX": "0"}
            assert read_place(gang).master_port == first
            assert read_place({**alone, "MASTER_PORT": str(taken)}).master_port == taken
    assert read_place(alone).master_port == first


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1), st.integers(1, 10))
def test_ports_keep_clear_of_those_that_linux_gives_away(job: str, attempt: int):
    place = read_place({**GIVEN, "AWS_BATCH_JOB_ID": job, "AWS_BATCH_JOB_ATTEMPT": str(attempt)})
    assert 20_000 <= place.master_port < place.master_port + 1 <= 30_000 < 32_768


@pytest.mark.parametrize("node_count", ["1", "16"])
def test_the_main_node_is_reached_at_its_tasks_own_address(tmp_path: Path, node_count: str):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/hosts").write_text(HOSTS)
    environ = {**GIVEN, "MASTER_ADDR": "", "NUM_NODES": node_count, "MODELYARD_ROOT": str(tmp_path)}
    assert read_place(environ).master_addr == "10.0.3.9"


def test_a_job_on_one_node_needs_no_address_of_its_own(tmp_path: Path):
    assert (
        read_place({**GIVEN, "MASTER_ADDR": "", "MODELYARD_ROOT": str(tmp_path)}).master_addr == "127.0.0.1"
    )
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/hosts").write_text("127.0.0.1 localhost\n")
    assert own_address(tmp_path) is None


@pytest.mark.parametrize(("routed", "address"), [("10.1.2.3", "10.1.2.3"), (None, "127.0.0.1")])
def test_a_main_node_that_no_name_is_given_to_takes_the_address_that_it_speaks_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, routed: str | None, address: str
):
    monkeypatch.setattr(place_module, "routed_address", lambda: routed)
    environ = {**GIVEN, "MASTER_ADDR": "", "NUM_NODES": "2", "MODELYARD_ROOT": str(tmp_path)}
    assert read_place(environ).master_addr == address


def test_the_address_that_a_machine_speaks_from_is_found_without_a_word_to_anybody():
    ask = "from modelyard_node.place import routed_address; print(routed_address())"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    found = done.stdout.strip()
    assert found == "None" or not ip_address(found).is_loopback


def test_a_node_knows_its_machine_where_the_host_says_so(tmp_path: Path):
    path = tmp_path / "opt/modelyard/entrypoint/instance-id"
    environ = {**GIVEN, "MODELYARD_ROOT": str(tmp_path)}
    assert read_place(environ).instance_id is None
    path.parent.mkdir(parents=True)
    path.write_text("i-0123456789abcdef0\n")
    assert read_place(environ).instance_id == "i-0123456789abcdef0"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1, "exited with code 1"),
        (128, "exited with code 128"),
        (137, "was ended by SIGKILL (exit code 137)"),
        (255, "exited with code 255"),
    ],
)
def test_exit_codes_in_words(code: int, words: str):
    assert in_words(code) == words


ONCE, OFTEN = Retry(1, None, ()), Retry(9, None, ("host_failure",))


@pytest.mark.parametrize(
    ("ending", "retry", "failed_before", "code"),
    [
        (Ending(codes.SUCCEEDED, None), ONCE, 0, 0),
        (Ending(codes.PROGRAM, "", 0, 3), ONCE, 0, 3),
        (Ending(codes.PROGRAM, "", 0, 3), OFTEN, 7, codes.RETRY_EXIT_CODE),
        (Ending(codes.PROGRAM, "", 0, 3), OFTEN, 8, 3),
        (Ending(codes.PROGRAM, "", 0, 3), Retry(9, (4, 5), ()), 0, 3),
        (Ending(codes.PROGRAM, "", 0, 4), Retry(9, (4, 5), ()), 0, codes.RETRY_EXIT_CODE),
        (Ending(codes.PROGRAM, "", 0, 137, "out_of_memory"), Retry(9, (), ("out_of_memory",)), 0, 241),
        (Ending(codes.PROGRAM, "", 0, 137), Retry(9, (), ("out_of_memory",)), 0, 137),
        (Ending(codes.HOST, ""), OFTEN, 8, codes.RETRY_EXIT_CODE),
        (Ending(codes.HOST, ""), ONCE, 0, codes.LEAVE_EXIT_CODE),
        (Ending(codes.PREFLIGHT, ""), OFTEN, 0, codes.RETRY_EXIT_CODE),
        (Ending(codes.DUPLICATE, ""), OFTEN, 0, codes.LEAVE_EXIT_CODE),
        (Ending(codes.LIMIT, ""), OFTEN, 0, codes.LEAVE_EXIT_CODE),
        (Ending(codes.STOPPED, ""), OFTEN, 0, codes.LEAVE_EXIT_CODE),
        (Ending(codes.TIMEOUT, ""), OFTEN, 0, codes.LEAVE_EXIT_CODE),
        (Ending(codes.BROKEN, ""), OFTEN, 0, codes.BROKEN_EXIT_CODE),
    ],
)
def test_what_is_to_follow_is_said_by_the_exit_code(
    ending: Ending, retry: Retry, failed_before: int, code: int
):
    assert exit_code_of(ending, retry, failed_before) == code


def failed(rank: int) -> Ending:
    return Ending(codes.PROGRAM, f"rank {rank} failed", rank, 1)


LOST = Ending(codes.HOST, "rank 3 was lost", 3)


@pytest.mark.parametrize(
    ("causes", "reason"),
    [
        ([Cause(5.0, failed(0)), Cause(4.9, failed(2))], "rank 2 failed"),
        ([Cause(5.0, failed(0)), Cause(5.4, LOST, lost=True)], "rank 3 was lost"),
        ([Cause(5.0, failed(0)), Cause(7.0, LOST, lost=True)], "rank 0 failed"),
        (
            [
                Cause(5.0, Ending(codes.HOST, "told", 1, event=TOLD)),
                Cause(6.0, Ending(codes.STOPPED, "asked")),
            ],
            "asked",
        ),
        ([Cause(5.0, Ending(codes.HOST, "told", 1, event=TOLD)), Cause(6.0, failed(0))], "told"),
    ],
)
def test_the_first_thing_that_happened_is_the_cause(causes: list[Cause], reason: str):
    assert first(causes).ending.reason == reason
    assert first(causes[::-1]).ending.reason == reason


START = datetime(2026, 11, 26, 8, tzinfo=UTC)
FREE = Limits(None, None, None, None, 0)


def past(hours: float, hourly_usd: float | None) -> Past:
    return Past("001-01", None, START, START + timedelta(hours=hours), hourly_usd)


def test_what_a_run_has_cost_is_the_sum_of_its_attempts():
    priced = FREE._replace(hourly_usd=60.0, spent_before_usd=5)
    assert spent_usd(priced, [past(2, 10.0), past(1, None), past(-1, 10.0)], 60) == 5 + 20 + 1
    assert spent_usd(FREE, [past(2, 10.0)], 60) is None


def test_an_attempt_that_was_counted_before_isnt_counted_again_when_it_is_copied_here_later():
    priced = FREE._replace(hourly_usd=60.0, spent_before_usd=20, spent_before_attempts=("001-01",))
    own = past(1, 60.0)._replace(name="002-01")
    assert spent_usd(priced, [past(2, 10.0), own], 60) == 20 + 60 + 1
    assert spent_usd(priced, [own], 60) == 20 + 60 + 1


@given(
    st.floats(0.1, 500),
    st.floats(1, 1000),
    st.floats(0, 3600),
    st.floats(0, 86_400),
    st.floats(0, 500),
)
def test_a_job_that_is_asked_in_time_never_costs_more_than_its_budget(
    hourly: float, budget: float, grace: float, seconds: float, before: float
):
    limits = FREE._replace(hourly_usd=hourly, max_total_cost_usd=budget, spent_before_usd=before)
    at_the_end = before + hourly * (seconds + grace) / 3600
    reached = limit_reached(limits, [], seconds, START, grace)
    assert (reached is not None) == (at_the_end >= budget)


def test_a_deadline_is_reached_when_saving_would_last_until_then():
    limits = FREE._replace(deadline="2026-11-26T09:00:00Z")
    assert limit_reached(limits, [], 0, START + timedelta(minutes=57), 120) is None
    assert limit_reached(limits, [], 0, START + timedelta(minutes=58), 120) == (
        "the deadline of 2026-11-26T09:00:00Z is reached: it is 2026-11-26T08:58:00.000Z, and saving takes time"
    )


def test_a_budget_without_a_price_ends_nothing():
    assert limit_reached(FREE._replace(max_total_cost_usd=0.01), [], 10**9, START, 10) is None


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"\n\n", []),
        (b"one", ["one"]),
        (b"one\ntwo\r\n", ["one", "two"]),
        (b"1%\r2%\r\nend\n", ["2%", "end"]),
        (b"\n".join(b"%d" % number for number in range(100)), [str(number) for number in range(80, 100)]),
        (b"x" * 5_000, ["x" * 2_000]),
        (b"\xff\n", ["\ufffd"]),
    ],
)
def test_the_last_lines_are_those_that_a_reader_would_have_seen(content: bytes, lines: list[str]):
    assert last_lines(content) == lines


@pytest.mark.parametrize(
    ("content", "step"),
    [
        (b'{"step": 1}\n', 1),
        (b'{"step": 1}\n{"step": 2}', 1),
        (b'{"step": 1}\n{"held_out": 3}\nnonsense\n[]\n\n', 1),
        (b'{"step": 1}\n' + b'{"x": 1}\n' * 20_000, None),
        (b"", None),
        (b"\xff\xfe\n", None),
    ],
)
def test_progress_is_the_last_whole_line_that_says_a_step(tmp_path: Path, content: bytes, step: Any):
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(content)
    found = progress(path, Clock())
    assert (found["step"] if found else None) == step
    assert progress(tmp_path / "none", Clock()) is None


def test_the_time_of_progress_is_put_right_as_all_times_are(tmp_path: Path):
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(b'{"step": 1}\n')
    clock = Clock()
    clock.offset_seconds = 3_600
    found = progress(path, clock)
    assert found is not None
    assert datetime.fromisoformat(found["at"]).timestamp() == pytest.approx(time.time() + 3_600, abs=60)


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("sys/fs/cgroup/memory.events", "low 0\noom_kill 1\n", "low 0\noom_kill 2\n"),
        ("sys/fs/cgroup/memory/memory.oom_control", "under_oom 0\noom_kill 0\n", "under_oom 0\noom_kill 1\n"),
    ],
)
def test_memory_that_ran_out_is_seen_once(tmp_path: Path, file: str, before: str, after: str):
    assert not Memory(tmp_path).ran_out()
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(before)
    memory = Memory(tmp_path)
    assert not memory.ran_out()
    (tmp_path / file).write_text(after)
    assert memory.ran_out()
    assert not memory.ran_out()
