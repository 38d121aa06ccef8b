"""Processes that don't meet: real ones, since it is JAX's own behaviour that must not come through."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from patience import PATIENCE_SECONDS

TIMEOUT = "--rendezvous-timeout-seconds=1"


def test_a_node_that_finds_no_first_node_says_so(start_gang, tmp_path: Path) -> None:
    gang = start_gang(tmp_path, TIMEOUT, NUM_NODES="2", NODE_RANK="1", MASTER_PORT="9")
    assert gang.wait() == [3]
    assert "error: node 1 of 2 waited 1 s at 127.0.0.1:9, where nothing answers" in gang.output()
    assert "Check failure stack trace" not in gang.output()


def test_a_first_node_to_which_nobody_comes_says_so(start_gang, tmp_path: Path) -> None:
    gang = start_gang(tmp_path, TIMEOUT, NUM_NODES="2", NODE_RANK="0")
    assert gang.wait() == [3]
    assert "and not every other node came" in gang.output()
    assert "Check failure stack trace" not in gang.output()


@pytest.mark.parametrize(("asked", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_node_that_waits_for_others_can_be_stopped(
    start_gang, clean_environment, eventually, tmp_path: Path, asked: signal.Signals, code: int
) -> None:
    # Ctrl-C is ignored by what runs in the background of a shell, as these tests may.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    port = int(clean_environment(tmp_path)["MASTER_PORT"])
    gang = start_gang(tmp_path, NUM_NODES="2", NODE_RANK="0", MASTER_PORT=str(port))
    signal.signal(signal.SIGINT, before)
    eventually(lambda: is_open(port))
    gang.processes[0].send_signal(asked)
    assert gang.processes[0].wait(PATIENCE_SECONDS) == code
    assert "Traceback" not in gang.output()


def is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_without_its_accelerators_a_job_does_not_train_on_the_cpu(start_gang, tmp_path: Path) -> None:
    gang = start_gang(tmp_path, GPUS_PER_NODE="8")
    assert gang.wait() == [3]
    assert "GPUS_PER_NODE is 8, but node 0 has 1 of cpu" in gang.output()


def test_a_signal_before_there_is_anything_to_save_ends_at_once() -> None:
    program = (
        "import time; from modelyard_training.stopping import StopRequest\n"
        "StopRequest(); print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 143
