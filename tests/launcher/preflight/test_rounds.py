"""Rounds of all-reduces, as the main node decides them, and what is said of what they measured."""

from __future__ import annotations

from typing import Any

import pytest

from modelyard_node.preflight.expected import Expected
from modelyard_node.preflight.findings import Finding
from modelyard_node.preflight.judged import gbps_text, judge_all_reduce
from modelyard_node.preflight.rounds import DONE, Measured, Rounds, bus_gbps, together

MIB = 1 << 20
END = "end its instance, so that the job gets another (preflight.end_bad_nodes has that done)"
COMMON_MEND = (
    "see that all nodes are in one zone and placement group, that their security group lets everything through "
    "between them, and which network NCCL takes (efa_used)"
)


class Yard:
    """Nodes that answer without measuring: each pair or group takes as long as its slowest node."""

    def __init__(self, seconds: dict[int, float | str], gpus: int = 0, **expected: Any) -> None:
        """By rank, the seconds that a node needs for 64 MiB, or what goes wrong on it."""
        self.seconds, self.gpus = seconds, gpus
        self.rounds = Rounds(Expected(**expected), 100, 30)
        self.steps: list[str] = []

    def run(self, framework: dict[int, str | None] | None = None) -> list[Finding]:
        named = framework or dict.fromkeys(self.seconds, "torch")
        brought: dict[int, Any] = {
            rank: {"framework": named[rank], "gpus": self.gpus, "address": f"10.0.0.{rank}:1"}
            for rank in self.seconds
        }
        step = self.rounds.first(brought)
        while step is not DONE:
            self.steps.append(step["do"])
            step = self.rounds.next(
                {rank: {"result": self._result(rank, step), "address": "10.0.0.1:2"} for rank in brought}
            )
        return judge_all_reduce(self.rounds)

    def _result(self, rank: int, step: dict[str, Any]) -> dict[str, Any] | None:
        if step["do"] == "start":
            wrong = self.seconds[rank]
            return {"error": wrong[6:]} if isinstance(wrong, str) and wrong.startswith("start:") else {}
        group = next((group for group in step["groups"] if rank in group), None)
        if group is None:
            return None
        own = self.seconds[rank]
        if isinstance(own, str):
            return {"error": own, "network": {}}
        times = [self.seconds[member] for member in group]
        if any(isinstance(each, str) for each in times):
            return {"error": "it didn't come to an end in time", "late": True, "network": {}}
        return {"sizes": [[64 * MIB, max(times)]], "network": {"network": "Socket", "nccl": None}}


def test_bus_bandwidth_is_what_nccl_tests_call_so() -> None:
    # all_reduce_perf of two nodes with 8 GPUs: 1 GiB in 4.9 ms is 219 GB/s by the clock, 411 GB/s on the bus.
    assert bus_gbps(1 << 30, 0.0049, 16) / 8 == pytest.approx(410.9, abs=0.1)
    assert bus_gbps(1 << 30, 0.0049, 2) / 8 == pytest.approx(219.1, abs=0.1)


def test_a_bandwidth_is_told_as_networks_and_as_nccl_tests_do() -> None:
    assert gbps_text(2_400) == "2,400 Gbit/s (300 GB/s)"
    assert gbps_text(1.2345) == "1.23 Gbit/s (0.154 GB/s)"


def test_all_nodes_at_once_is_all_there_is_where_nothing_is_wrong() -> None:
    yard = Yard({0: 0.1, 1: 0.1, 2: 0.1, 3: 0.1})
    assert yard.run() == [
        Finding(
            "all_reduce",
            "passed",
            "8.05 Gbit/s (1.01 GB/s) between 4 processes by Gloo",
            "the right sums",
        )
    ]
    assert yard.steps == ["start", "whole"]
    assert yard.rounds.networks[3] == {"network": "Socket"}


def test_on_cpus_speed_is_judged_only_by_what_the_job_asks_for() -> None:
    slow = {0: 10.0, 1: 10.0}
    assert Yard(slow, type_gbps=2_400.0).run()[0].status == "passed"
    (finding,) = Yard(slow, min_gbps=1.0).run()
    assert finding == Finding(
        "all_reduce",
        "failed",
        "0.0537 Gbit/s (0.00671 GB/s) between 2 processes by Gloo; which of two nodes it is can't be told",
        "1 Gbit/s (0.125 GB/s) at least",
        f"check three nodes or more: they tell which one it is; {COMMON_MEND}",
        "common",
    )


def test_between_gpus_what_the_type_does_is_expected() -> None:
    yard = Yard({0: 0.0003, 1: 0.0003}, gpus=8, type_gbps=2_400.0)
    assert yard.run()[0].found == "3,355 Gbit/s (419 GB/s) between 16 GPUs by NCCL"
    assert yard.steps == ["start", "alone", "whole"]
    assert Yard({0: 0.003, 1: 0.003}, gpus=8, type_gbps=2_400.0).run()[0].status == "failed"
    assert Yard({0: 0.003, 1: 0.003}, gpus=8, type_gbps=2_400.0, min_gbps=100.0).run()[0].status == "passed"


def test_a_slow_node_is_named() -> None:
    yard = Yard({0: 0.1, 1: 0.1, 2: 5.0, 3: 0.1}, min_gbps=1.0)
    assert yard.run() == [
        Finding(
            "all_reduce",
            "failed",
            "0.107 Gbit/s (0.0134 GB/s) at most with ranks 1 and 3, where others reach "
            "5.37 Gbit/s (0.671 GB/s)",
            "1 Gbit/s (0.125 GB/s) at least",
            END,
            "node",
            2,
        )
    ]
    assert yard.steps == ["start", "whole", "pairs", "pairs"]


def test_two_slow_nodes_are_named() -> None:
    findings = Yard(dict.fromkeys(range(8), 0.1) | {1: 5.0, 6: 5.0}, min_gbps=1.0).run()
    assert [finding.rank for finding in findings] == [1, 6]


def test_a_node_that_fails_is_named_with_its_own_words() -> None:
    (finding,) = Yard({0: 0.1, 1: 0.1, 2: "CUDA error: unhandled"}).run()
    assert (finding.rank, finding.blame) == (2, "node")
    assert finding.found == (
        "CUDA error: unhandled (with ranks 1 and 0), where others reach 5.37 Gbit/s (0.671 GB/s)"
    )


def test_a_node_whose_processes_do_not_start_is_named_at_once() -> None:
    yard = Yard({0: 0.1, 1: "start:CUDA driver is too old", 2: 0.1})
    assert yard.run() == [
        Finding(
            "all_reduce",
            "failed",
            "its processes don't start: CUDA driver is too old",
            "the right sums",
            f"see that it starts in the image; if it does on other nodes, {END}",
            "node",
            1,
        )
    ]
    assert yard.steps == ["start"]


def test_a_node_whose_gpus_fail_alone_is_named_before_it_holds_up_others() -> None:
    yard = Yard({0: 0.001, 1: "NCCL error: unhandled cuda error"}, gpus=8)
    assert yard.run() == [
        Finding(
            "all_reduce",
            "failed",
            "its own GPUs can't do it together: rank 1: NCCL error: unhandled cuda error",
            "the right sums",
            END,
            "node",
            1,
        )
    ]
    assert yard.steps == ["start", "alone"]


def test_where_no_pair_is_fast_it_is_nobodys_own_fault() -> None:
    (finding,) = Yard(dict.fromkeys(range(4), 5.0), min_gbps=1.0).run()
    assert (finding.blame, finding.rank, finding.mend) == ("common", None, COMMON_MEND)
    assert finding.found.endswith("; no node is faster with another (ranks 0, 1, 2 and 3)")


def test_where_every_pair_is_fast_it_is_the_network_between_them() -> None:
    yard = Yard(dict.fromkeys(range(4), 0.1), min_gbps=7.0)
    real = yard._result

    def congested(rank: int, step: dict[str, Any]) -> dict[str, Any] | None:
        factor = 0.5 if step["do"] == "pairs" else 2.0
        result = real(rank, step)
        if result and "sizes" in result:
            result["sizes"] = [[size, seconds * factor] for size, seconds in result["sizes"]]
        return result

    yard._result = congested  # type: ignore[method-assign]
    (finding,) = yard.run()
    assert finding.blame == "common"
    assert finding.found == (
        "4.03 Gbit/s (0.503 GB/s) between 4 processes by Gloo; yet each pair of nodes reaches "
        "10.7 Gbit/s (1.34 GB/s)"
    )


@pytest.mark.parametrize(
    ("frameworks", "why"),
    [
        ({0: "torch", 1: None, 2: None}, "no Python of ranks 1 and 2 has PyTorch or JAX"),
        ({0: "torch", 1: "jax", 2: "jax"}, "some nodes would do it by PyTorch, and others by JAX"),
    ],
)
def test_without_a_framework_on_all_nodes_nothing_is_measured(
    frameworks: dict[int, str | None], why: str
) -> None:
    yard = Yard({0: 0.1, 1: 0.1, 2: 0.1})
    assert yard.run(frameworks) == [Finding("all_reduce", "unknown", f"not measured: {why}")]
    assert yard.steps == []


def test_one_node_measures_between_its_gpus() -> None:
    yard = Yard({0: 0.001}, gpus=8)
    assert yard.run() == []
    assert yard.steps == ["start", "alone"]
    assert yard.rounds.alone[0].gbps == pytest.approx(939.5, abs=0.1)
    assert Yard({0: 0.1}).run() == [
        Finding("all_reduce", "unknown", "not measured: one process has nobody to speak to")
    ]


def test_without_time_left_the_search_ends() -> None:
    yard = Yard({0: 0.1, 1: 5.0, 2: 0.1}, min_gbps=1.0)
    real = yard._result

    def late(rank: int, step: dict[str, Any]) -> dict[str, Any] | None:
        if step["do"] == "whole":
            yard.rounds._until = 0
        return real(rank, step)

    yard._result = late  # type: ignore[method-assign]
    (finding,) = yard.run()
    assert finding.found.endswith("; the node wasn't looked for: there was no time left")
    assert finding.blame == "common"


def test_of_several_errors_the_one_that_says_most_comes_first() -> None:
    results = {
        0: {"error": "it didn't come to an end in time", "late": True},
        1: {"error": "Connection closed by peer"},
        2: {"error": "it got wrong sums of 4 bytes", "wrong": True},
    }
    measured = together([0, 1, 2], results, 3)
    assert measured.error == "rank 2: it got wrong sums of 4 bytes"
    assert dict(measured.errors)[1] == "Connection closed by peer"
    assert not measured.is_well(None)
    assert measured.as_dict()["bus_gbps"] is None


def test_the_slowest_process_counts() -> None:
    results = {0: {"sizes": [[MIB, 0.1], [8 * MIB, 0.2]]}, 1: {"sizes": [[MIB, 0.3], [8 * MIB, 0.1]]}}
    measured = together([0, 1], results, 2)
    assert measured.sizes == ((MIB, 0.3), (8 * MIB, 0.2))
    assert measured == Measured((0, 1), measured.gbps, measured.sizes)
    assert measured.gbps == pytest.approx(8 * MIB * 8e-9 / 0.2)
