"""What can't be trained, and what can't go on: one message each, and an end in seconds."""

import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from modelyard_node.ports import free_port


@pytest.mark.parametrize(
    ("given", "options", "code", "message"),
    [
        (
            {"MODELYARD_RUN_ID": ""},
            [],
            2,
            "error: the job contract is not met:\n  MODELYARD_RUN_ID is not set",
        ),
        (
            {"GPUS_PER_NODE": "8"},
            [],
            2,
            "node 0 has 8 accelerators and 1 processes, but each process drives one",
        ),
        ({}, ["--steps=0"], 2, "argument --steps: 0 is not a whole number of 1 or more"),
        ({}, ["--steps=many"], 2, "argument --steps: many is not a whole number of 1 or more"),
        ({}, ["--learning-rate=nan"], 2, "argument --learning-rate: nan is not a number above 0"),
        ({}, ["--learning-rate=fast"], 2, "argument --learning-rate: fast is not a number above 0"),
        ({}, ["--seed=-1"], 2, "argument --seed: -1 is not a whole number from 0 to 4294967295"),
        ({}, ["--model=huge"], 2, "argument --model: invalid choice: 'huge'"),
    ],
)
def test_wrong_options_and_a_broken_contract_are_told_at_once(
    start_job, tmp_path: Path, given: dict[str, str], options: list[str], code: int, message: str
) -> None:
    job = start_job(tmp_path, *options, processes=1, **given)
    assert job.wait() == [code]
    assert message in job.output()
    assert "Traceback" not in job.output()


@pytest.mark.parametrize(
    ("given", "options", "code", "message"),
    [
        (
            {"MODELYARD_DATASETS": "file:///nowhere"},
            [],
            2,
            "error: dataset 'paradise-lost' is not in the store",
        ),
        (
            {},
            ["--batch-size=9", "--micro-batch-size=2"],
            2,
            "error: --batch-size 9 can't be used: a multiple of",
        ),
        ({}, ["--learning-rate=1e38", "--steps=20"], 1, "not kept; lower --learning-rate"),
        (
            {"GPUS_PER_NODE": "1"},
            [],
            3,
            "error: GPUS_PER_NODE is 1, but process 0 sees 0 through PyTorch 2",
        ),
    ],
)
def test_what_is_wrong_once_training_begins_is_told_without_a_stack(
    start_job, written, tmp_path: Path, given: dict[str, str], options: list[str], code: int, message: str
) -> None:
    job = start_job(tmp_path, *options, processes=1, **given)
    assert job.wait() == [code], job.output()
    assert message in job.output()
    assert "Traceback" not in job.output()
    assert written(tmp_path).steps() == []


def test_a_run_goes_on_with_the_options_that_it_was_started_with_only(
    start_job, written, tmp_path: Path
) -> None:
    assert start_job(tmp_path, "--steps=2", "--batch-size=4", processes=1).wait() == [0]
    job = start_job(tmp_path, "--steps=3", "--batch-size=4", processes=1)
    assert job.wait() == [2]
    assert "error: run run-1 was started with steps 2 (now 3); use the same options and data" in job.output()
    assert written(tmp_path).steps() == [2]


def test_processes_that_were_started_with_different_options_don_t_wait_for_each_other(
    start_job, tmp_path: Path
) -> None:
    two = {"MASTER_PORT": str(free_port()), "NUM_NODES": "2", "WORLD_SIZE": "2"}
    first = start_job(tmp_path, "--steps=10", processes=1, **two)
    second = start_job(tmp_path, "--steps=20", processes=1, **two, RANK="1", NODE_RANK="1")
    assert first.wait() == [2]
    assert second.wait() == [2]
    assert "the processes of the job were started with different --steps; give all the same" in first.output()


def test_a_process_whose_others_never_come_says_so_and_leaves(start_job, tmp_path: Path) -> None:
    job = start_job(tmp_path, "--peer-timeout-seconds=2", processes=1, NUM_NODES="2", WORLD_SIZE="2")
    assert job.wait() == [3]
    assert "error: process 0 of 2 didn't meet the others at 127.0.0.1:" in job.output()
    assert "in 2 s; do all nodes run, and may they reach this port?" in job.output()


@pytest.mark.parametrize("way", ["alone", "launch"])
def test_a_stop_while_the_others_are_awaited_is_heard_at_once(
    start_job, tmp_path: Path, eventually: Callable[[Callable[[], bool]], None], way: str
) -> None:
    port = free_port()
    job = start_job(tmp_path, way=way, processes=1, NUM_NODES="2", WORLD_SIZE="2", MASTER_PORT=str(port))
    eventually(lambda: _listens(port))
    job.processes[0].send_signal(signal.SIGTERM)
    assert job.wait() == [143], "and not 3, after the five minutes for which the others are awaited"


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
