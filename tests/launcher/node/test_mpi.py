"""Processes that mpirun starts: each is a rank with a program of its own, and one of each node does what a node does once."""

from __future__ import annotations

import os
import signal
import socket
import sys
import tarfile
from collections.abc import Callable
from typing import Any

import pytest

from modelyard_node.contract import RANKED
from modelyard_node.ends import EndedError
from modelyard_node.keys import metrics_key
from modelyard_node.preflight.versions import Interpreter, choose_framework
from modelyard_node.sharing import numbered

TWICE = 2
TOLD = "echo $NODE_RANK/$NUM_NODES $RANK/$WORLD_SIZE $LOCAL_RANK $OMPI_COMM_WORLD_RANK $MASTER_ADDR"
SAVES = f"""exec {sys.executable} -c '
import os, pathlib, signal, sys, time
rank = os.environ["RANK"]
def save(*_):
    time.sleep(0.5)
    pathlib.Path("saved" + rank).touch()
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
pathlib.Path("up" + rank).touch()
time.sleep(100)
'"""
"""Saves when it is asked to, which takes a moment."""


def start(nodes: Any, rank: int, per_node: int = TWICE, **variables: str) -> Any:
    """Start a process as mpirun does on Azure Machine Learning, which fills one node after another."""
    node, local = divmod(rank, per_node)
    told = {
        "MODELYARD_PROCESSES_PER_NODE": str(per_node),
        "NODE_RANK": "",
        "MASTER_ADDR": "",
        "AZ_BATCH_MASTER_NODE": "127.0.0.1:6000",
        "AZUREML_CR_NODE_RANK": str(node),
        "OMPI_COMM_WORLD_RANK": str(rank),
        "OMPI_COMM_WORLD_SIZE": str(nodes.num_nodes * per_node),
        "OMPI_COMM_WORLD_LOCAL_RANK": str(local),
        "OMPI_COMM_WORLD_LOCAL_SIZE": str(per_node),
    }
    return nodes.start(rank, **{**told, **variables})


def start_all(nodes: Any, script: str, num_nodes: int = 2, **changes: Any) -> list[Any]:
    nodes.submit(script, num_nodes=num_nodes, distribution="mpi", **changes)
    return [start(nodes, rank) for rank in range(num_nodes * TWICE)]


def run(nodes: Any, script: str, num_nodes: int = 2, **changes: Any) -> list[Any]:
    started = start_all(nodes, script, num_nodes, **changes)
    for process in started:
        process.wait()
    return started


def ended_by_mpirun(others: list[Any]) -> list[int]:
    """End those that are left, as mpirun does once a process has failed; their exit codes."""
    for process in others:
        process.process.send_signal(signal.SIGTERM)
    return [process.wait() for process in others]


def all_up(nodes: Any, eventually: Callable[..., Any]) -> None:
    eventually(lambda: all(nodes.has(f"up{rank}") for rank in range(4)))


def test_every_process_runs_the_program_as_a_rank_and_finds_what_mpirun_said(nodes: Any):
    started = run(nodes, f'{TOLD}; echo "{{\\"step\\": $RANK}}" >$MODELYARD_METRICS')
    assert [process.wait() for process in started] == [0] * 4
    assert [process.out for process in started] == [
        "0/2 0/4 0 0 127.0.0.1\n",
        "0/2 1/4 1 1 127.0.0.1\n",
        "1/2 2/4 0 2 127.0.0.1\n",
        "1/2 3/4 1 3 127.0.0.1\n",
    ]
    assert [nodes.end(rank)["kind"] for rank in range(4)] == ["succeeded"] * 4
    assert [nodes.read(metrics_key("try-20261126-120000-abcd", rank))["step"] for rank in range(4)] == [
        *range(4)
    ]
    assert list(nodes.heartbeat()["ranks"]) == ["0", "1", "2", "3"]
    assert nodes.lease()["num_nodes"] == 2


def test_one_node_may_have_several_processes(nodes: Any):
    started = run(nodes, TOLD, num_nodes=1)
    assert [process.wait() for process in started] == [0, 0]
    assert [process.out for process in started] == ["0/1 0/2 0 0 127.0.0.1\n", "0/1 1/2 1 1 127.0.0.1\n"]


def test_files_and_setup_are_done_once_on_each_node_and_all_its_processes_have_them(nodes: Any):
    entry = nodes.archive("workdir", (tarfile.TarInfo("word"), b"shared "))
    started = run(
        nodes,
        f"cat word; cat made; pwd >>{nodes.directory}/places",
        files=[entry],
        workdir=None,
        setup=f"sleep 0.3; echo by $NODE_RANK >made; echo $RANK >>{nodes.directory}/setups",
    )
    assert [process.wait() for process in started] == [0] * 4
    assert [process.out for process in started] == ["shared by 0\n"] * 2 + ["shared by 1\n"] * 2
    assert sorted((nodes.directory / "setups").read_text().split()) == ["0", "2"]
    assert len(set((nodes.directory / "places").read_text().split())) == 2


def test_files_stay_until_the_last_process_of_their_node_has_ended(nodes: Any):
    entry = nodes.archive("workdir", (tarfile.TarInfo("word"), b"still here"))
    started = run(nodes, "[ $LOCAL_RANK = 0 ] || { sleep 1; cat word; }", files=[entry], workdir=None)
    assert [process.wait() for process in started] == [0] * 4
    assert [process.out for process in started] == ["", "still here"] * 2


def test_a_setup_that_fails_ends_the_others_that_wait_for_it(nodes: Any):
    started = start_all(nodes, "echo never", num_nodes=1, setup="exit 3")
    assert started[0].wait() == 3
    assert ended_by_mpirun(started[1:]) == [3]
    assert [process.out for process in started] == ["", ""]
    assert started[1].said == ["this attempt ends: rank 0's setup exited with code 3"]


def test_all_can_save_when_one_fails_and_the_main_process_leaves_first(nodes: Any, eventually: Any):
    script = f"[ $RANK != 3 ] || {{ while [ ! -e go ]; do sleep 0.02; done; exit 5; }}\n{SAVES}"
    started = start_all(nodes, script)
    eventually(lambda: all(nodes.has(f"up{rank}") for rank in range(3)))
    (nodes.directory / "go").touch()
    assert started[0].wait() == 5
    assert all(nodes.has(f"saved{rank}") for rank in range(3))
    assert nodes.end()["reason"] == "rank 3 exited with code 5"
    # Each of them would be a failure that has mpirun kill the others, the main process among them.
    assert [process.process.poll() for process in started[1:]] == [None] * 3
    assert ended_by_mpirun(started[1:]) == [5, 5, 5]


def test_what_mpirun_ends_is_no_cancellation_and_is_submitted_again(nodes: Any, eventually: Any):
    started = start_all(nodes, SAVES)
    all_up(nodes, eventually)
    assert ended_by_mpirun(started) == [241] * 4
    assert all(nodes.has(f"saved{rank}") for rank in range(4))
    end = nodes.end()
    assert (end["kind"], end["stopped"]) == ("host", True)
    assert end["reason"].endswith("was told to end (SIGTERM)")


def test_a_process_that_is_lost_is_named(nodes: Any, eventually: Any):
    started = start_all(nodes, f"echo $$ >pid$RANK; {SAVES}")
    all_up(nodes, eventually)
    nodes.killed = True
    started[3].process.kill()
    os.kill(int((nodes.directory / "pid3").read_text()), signal.SIGKILL)
    assert started[0].wait() == 241
    assert nodes.end()["kind"] == "host"
    assert nodes.end()["reason"].startswith("rank 3 was lost: its connection broke off")
    assert ended_by_mpirun(started[1:3]) == [241, 241]


def test_what_a_process_isnt_told_is_named(nodes: Any):
    nodes.submit("echo never", num_nodes=2, distribution="mpi")
    process = start(nodes, 0, OMPI_COMM_WORLD_LOCAL_RANK="")
    said = (
        "OMPI_COMM_WORLD_LOCAL_RANK isn't set: a job with distribution: mpi is started by the mpirun of Open "
        "MPI, which has to be in the image"
    )
    assert (process.wait(), process.said) == (242, [said])
    process = start(nodes, 0, OMPI_COMM_WORLD_SIZE="3")
    said = "mpirun says that this is rank 0 of 3, and 0 on its node; the job has 4, 2 on each node"
    assert (process.wait(), process.said) == (242, [said])


def test_processes_on_other_nodes_than_the_job_has_are_an_error_for_all(nodes: Any):
    nodes.submit("echo never", num_nodes=2, distribution="mpi")
    started = [start(nodes, rank, AZUREML_CR_NODE_RANK="0") for rank in range(4)]
    assert started[0].wait() == 242
    said = f"mpirun started processes on {socket.gethostname()} 0, and the job has 2 nodes"
    assert started[0].said[-1] == f"this attempt ends: {said}"
    assert ended_by_mpirun(started[1:]) == [242] * 3
    assert [process.out for process in started] == [""] * 4


def test_nodes_are_numbered_however_mpirun_spreads_its_ranks():
    names = {0: "b", 1: "a", 2: "b", 3: "a"}
    assert numbered(2, names) == {"b": (0, 0), "a": (1, 1)}
    with pytest.raises(EndedError) as raised:
        numbered(1, names)
    assert str(raised.value) == "mpirun started processes on b, a, and the job has 1 node"


def test_the_main_process_leads_its_node_whatever_its_rank_is_there(nodes: Any):
    entry = nodes.archive("workdir", (tarfile.TarInfo("word"), b"shared"))
    changes: dict[str, Any] = {"files": [entry], "workdir": None, "preflight": {"end_bad_nodes": False}}
    nodes.submit(
        "echo $LOCAL_RANK $(cat word setup)", distribution="mpi", setup="echo $RANK >setup", **changes
    )
    started = [start(nodes, rank, OMPI_COMM_WORLD_LOCAL_RANK=str(1 - rank)) for rank in (0, 1)]
    assert [process.wait() for process in started] == [0, 0]
    assert [process.out for process in started] == ["1 shared0\n", "0 shared0\n"]
    found = sorted(path.stem for path in (nodes.directory / "store").rglob("preflight/*.json"))
    assert found == ["0", "verdict"], "one process of each node takes part in the preflight"


def test_the_preflight_measures_with_whatever_framework_there_is():
    assert choose_framework(Interpreter("python", ("torch", "jax"), {}), "mpi") == "torch"
    assert choose_framework(Interpreter("python", ("jax",), {}), "mpi") == "jax"
    assert "mpi" in RANKED
