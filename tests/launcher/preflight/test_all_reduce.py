"""All-reduces for real: processes of several nodes on this machine, by PyTorch and by JAX, over Gloo."""

from __future__ import annotations

import venv
from collections.abc import Callable

import pytest
from preflight_nodes import Gang

from modelyard_node import codes

MakeGang = Callable[..., Gang]


@pytest.mark.slow
@pytest.mark.parametrize("num_nodes", [2, 4])
def test_nodes_measure_together_by_pytorch(gang: MakeGang, pytorch: None, num_nodes: int) -> None:
    nodes = gang(num_nodes)
    assert nodes.run({}) == [0] * num_nodes
    measured = nodes.verdict["all_reduce"]
    assert (measured["framework"], measured["gpus_per_node"], measured["pairs"]) == ("torch", 0, [])
    assert measured["whole"]["ranks"] == list(range(num_nodes))
    assert measured["whole"]["bus_gbps"] > 0
    assert measured["whole"]["sizes"][0]["bytes"] == 1 << 20
    assert nodes.check("all_reduce")["status"] == "passed"
    assert nodes.check("all_reduce")["found"].endswith(f" between {num_nodes} processes by Gloo")
    assert "began" in nodes.log(num_nodes - 1)


def test_nodes_measure_together_by_jax(gang: MakeGang) -> None:
    nodes = gang(2)
    assert nodes.run({}, distribution="jax") == [0, 0]
    measured = nodes.verdict["all_reduce"]
    assert (measured["framework"], measured["whole"]["errors"]) == ("jax", {})
    assert measured["whole"]["bus_gbps"] > 0


@pytest.mark.slow
def test_a_slow_node_of_four_is_named_and_the_job_does_not_begin(gang: MakeGang, pytorch: None) -> None:
    nodes = gang(4)
    codes_ = nodes.run({"min_gbps": 0.08}, envs=nodes.wrong("slow", 2))
    assert codes_ == [codes.RETRY_EXIT_CODE] * 4
    assert nodes.verdict["bad_nodes"] == [
        {"rank": 2, "host": nodes.end()["host"], "instance_id": None, "checks": ["all_reduce"]}
    ]
    end = nodes.end()
    assert (end["kind"], end["cause_rank"], end["own_exit_code"]) == ("preflight", 2, None)
    assert end["reason"].startswith(f"preflight: all_reduce of rank 2 ({end['host']}): ")
    assert " at most with ranks 1 and 3, where others reach " in end["reason"]
    assert all("began" not in nodes.log(rank) for rank in range(4))
    assert nodes.end(1)["reason"] == end["reason"]


def test_a_node_whose_processes_die_is_named_without_waiting_for_it(gang: MakeGang, pytorch: None) -> None:
    nodes = gang(3)
    assert nodes.run({"end_bad_nodes": True}, envs=nodes.wrong("dies", 1)) == [240] * 3
    (fault,) = nodes.verdict["faults"]
    assert (fault["rank"], fault["found"]) == (
        1,
        "its processes don't start: it ended before its time: CUDA driver version is insufficient",
    )
    assert nodes.verdict["seconds"] < 60


def test_without_pytorch_and_jax_nothing_is_measured_and_the_job_begins(gang: MakeGang) -> None:
    nodes = gang(2)
    venv.create(nodes.directory / "bare", symlinks=True)
    nodes.python = nodes.directory / "bare" / "bin" / "python"
    assert nodes.run({"min_gbps": 50_000}) == [0, 0]
    assert nodes.check("all_reduce") == {
        "check": "all_reduce",
        "status": "unknown",
        "found": "not measured: no Python of ranks 0 and 1 has PyTorch or JAX",
        "expected": None,
        "mend": None,
    }
    assert "began" in nodes.log(1)
